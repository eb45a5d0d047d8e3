const KIB = 1024;
const MIB = 1024 * KIB;
const device = { sourceId: 0x0100, pasid: 1 };
/** Sixteen: eight functions on four buses, each with two PASIDs. */
const manyRequesters = Array.from({ length: 16 }, (_, index) => ({
    sourceId: ((index >> 2) << 8) | (((index >> 1) & 1) << 3),
    pasid: 1 + (index & 1),
}));
const oneEntry = { iotlb: 1, firstStagePaging: 1 };
export const batchCases = [
    {
        name: "hit-few-pages",
        title: "IOTLB hit, 8 pages of one device without PASID",
        caches: {},
        requesters: [{ sourceId: 0x0100 }],
        pages: 8,
        stride: 4 * KIB,
        batches: 1,
        order: "random",
        counts: { iotlbHits: 1, firstStageReads: 0 },
    },
    {
        name: "hit-any-way",
        title: "IOTLB hit, 960 pages of one PASID, in any way of their set",
        caches: {},
        requesters: [device],
        pages: 960,
        stride: 4 * KIB,
        batches: 4,
        order: "random",
        counts: { iotlbHits: 1, firstStageReads: 0 },
    },
    {
        name: "hit-many-requesters",
        title: "IOTLB hit, 16 pages each of 16 requesters with PASID",
        caches: {},
        requesters: manyRequesters,
        pages: 16,
        stride: 4 * KIB,
        batches: 4,
        order: "random",
        counts: { iotlbHits: 1, firstStageReads: 0 },
    },
    {
        name: "miss-paging-hit",
        title: "IOTLB miss, paging-structure cache hit: one entry read, 128 MiB",
        caches: {},
        requesters: [device],
        // A prime: with a power of two the same way of a set would be replaced each time.
        pages: 32_771,
        stride: 4 * KIB,
        batches: 8,
        order: "scattered",
        counts: { iotlbHits: 0, firstStagePagingHits: 1, firstStageReads: 1 },
    },
    {
        name: "walk-4-level",
        title: "IOTLB and paging-structure miss: four entries read, tables of 2 MiB",
        caches: oneEntry,
        requesters: [device],
        pages: 16_384,
        stride: 64 * KIB,
        batches: 4,
        order: "scattered",
        counts: { iotlbHits: 0, firstStagePagingHits: 0, firstStageReads: 4, pasidHits: 1 },
    },
    {
        name: "walk-4-level-sparse",
        title: "the same with a page table of its own for every page: tables of 32 MiB",
        caches: oneEntry,
        requesters: [device],
        pages: 8192,
        stride: 2 * MIB,
        batches: 2,
        order: "scattered",
        counts: { iotlbHits: 0, firstStagePagingHits: 0, firstStageReads: 4, pasidHits: 1 },
    },
    {
        name: "walk-from-root",
        title: "every cache misses: root, context, PASID directory and entry, four levels",
        caches: { ...oneEntry, context: 1, pasid: 1 },
        requesters: [device, { sourceId: 0x0200, pasid: 1 }],
        pages: 16_384,
        stride: 64 * KIB,
        batches: 8,
        order: "scattered",
        counts: { iotlbHits: 0, contextHits: 0, pasidHits: 0, rootReads: 1, firstStageReads: 4 },
    },
];
