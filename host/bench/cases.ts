import type { CacheSizes } from "../core/configuration.js";
import type { RequestedPages } from "./page-request-stream.js";
import type { CounterName } from "../core/layout.js";

export interface Requester {
  readonly sourceId: number;
  /** Undefined: requests without PASID. */
  readonly pasid?: number;
}

/** A stream of requests in batches of 4096, and the tables and caches that it meets. */
export interface BatchCase {
  readonly name: string;
  readonly title: string;
  /** Caches that are not of their default size. */
  readonly caches: CacheSizes;
  readonly requesters: readonly Requester[];
  /** Pages of 4 KiB that every requester uses. */
  readonly pages: number;
  /** Bytes from one page to the next. */
  readonly stride: number;
  /** Batches until the stream repeats. */
  readonly batches: number;
  /** The requests are page requests for these pages, in place of memory requests for those mapped. */
  readonly pageRequests?: RequestedPages;
  /** What the PASID entries ask for. Default: a first stage. */
  readonly kind?: "first-stage" | "second-stage" | "nested";
  /**
   * Pages at random; or each once and never two neighbours in the same 2 MiB, at a fixed distance or
   * ("shuffled", of 2^24 pages) at random.
   */
  readonly order: "random" | "scattered" | "shuffled";
  /** Whether batches read ahead of their walks. Default true. */
  readonly readAhead?: boolean;
  /** What each request counts, once the caches are as the stream leaves them. */
  readonly counts: Readonly<Partial<Record<CounterName, number>>>;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const device: Requester = { sourceId: 0x0100, pasid: 1 };

/** Sixteen: eight functions on four buses, each with two PASIDs. */
const manyRequesters: readonly Requester[] = Array.from({ length: 16 }, (_, index) => ({
  sourceId: ((index >> 2) << 8) | (((index >> 1) & 1) << 3),
  pasid: 1 + (index & 1),
}));

const oneEntry: CacheSizes = { iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };

const walk64GiB = {
  caches: oneEntry,
  requesters: [device],
  pages: 2 ** 24,
  stride: 4 * KIB,
  batches: 64,
  order: "shuffled",
  counts: { iotlbHits: 0, firstStagePagingHits: 0, firstStageReads: 4, pasidHits: 1 },
} as const satisfies Partial<BatchCase>;

export const batchCases: readonly BatchCase[] = [
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
    name: "walk-64-gib",
    title: "the same at random over 64 GiB of mapped pages: tables of 128 MiB",
    ...walk64GiB,
  },
  {
    name: "walk-64-gib-in-turn",
    title: "the same without reading ahead",
    ...walk64GiB,
    readAhead: false,
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
  {
    name: "walk-second-stage",
    title: "through a second stage, four entries read: tables of 2 MiB",
    caches: oneEntry,
    requesters: [device],
    pages: 16_384,
    stride: 64 * KIB,
    batches: 4,
    kind: "second-stage",
    order: "scattered",
    counts: { iotlbHits: 0, secondStagePagingHits: 0, secondStageReads: 4, pasidHits: 1 },
  },
  {
    name: "walk-nested",
    title:
      "nested, 24 entries read: four of the first stage, each and the page through four others",
    caches: oneEntry,
    requesters: [device],
    pages: 8192,
    stride: 128 * KIB,
    batches: 2,
    kind: "nested",
    order: "scattered",
    counts: { iotlbHits: 0, firstStageReads: 4, secondStageReads: 20, pasidHits: 1 },
  },
  {
    name: "miss-nested-paging-hit",
    title: "nested, with both paging-structure caches: three entries read",
    caches: { firstStagePaging: 16_384, secondStagePaging: 16_384 },
    requesters: [device],
    pages: 32_771,
    stride: 4 * KIB,
    batches: 8,
    kind: "nested",
    order: "scattered",
    counts: { iotlbHits: 0, firstStageReads: 1, secondStageReads: 2, pasidHits: 1 },
  },
  {
    name: "page-request",
    title:
      "page request, until its descriptor is in the queue; 960 pages of the PASID in the IOTLB",
    caches: {},
    requesters: [device],
    pages: 960,
    stride: 4 * KIB,
    batches: 1,
    // The first 64 are in the IOTLB until they are asked for.
    pageRequests: { first: 896, count: 4096 },
    order: "random",
    counts: { pageRequestsQueued: 1, contextHits: 1, pasidHits: 1, iotlbLookups: 0 },
  },
];
