import type { Iommu } from "../iommu.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { invalidationDescriptors } from "../spec/descriptors.js";
import { encodeEntry, type EntryFields } from "../tables/entry.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../tables/index.js";
import { batchRecords, type BatchRequest } from "./batch-records.js";
import type { LazyCase } from "./lazy-case.js";
import type { SingleCase } from "./single-cases.js";
import { offsetOf, startedUnit, startInvalidationQueue } from "./unit-setup.js";

const DEVICE = 0x0100;
const IOVA = 0x40_0000_0000n;
const OUTPUT = 0x1_0000_0000n;
/** More sets than entries, so that none is replaced. */
const IOTLB = 2 ** 18;
/** What one run invalidates: each the one page of a PASID and domain of its own. */
const TARGETS = 64;
const FIRST_TARGET = 2;
/** 512 descriptors of 256 bits. */
const QUEUE_SIZE = 2;
const QUEUE_BYTES = 4096 << QUEUE_SIZE;
const DESCRIPTOR_BYTES = 32;

/** Entries of one other PASID and domain that are cached besides, and stay. */
const others = [1, 1000, 100_000] as const;

/** The descriptors that remove one entry, by what they select; the PASID is the domain. */
const granularities: Readonly<Record<string, (pasid: number) => bigint[]>> = {
  page: (PASID) => descriptor("PASID_IOTLB_INV", { G: 3, DID: PASID, PASID, ADDR: IOVA }),
  pasid: (PASID) => descriptor("PASID_IOTLB_INV", { G: 2, DID: PASID, PASID }),
  domain: (DID) => descriptor("IOTLB_INV", { G: 2, DID }),
  "domain-page": (DID) => descriptor("IOTLB_INV", { G: 3, DID, ADDR: IOVA }),
};

export const invalidationCases: readonly LazyCase[] = [
  ...Object.entries(granularities).flatMap(([granularity, invalidate]) =>
    others.map((count) => ({
      name: `invalidation/${granularity}-of-${count}`,
      create: () => oneOfMany(granularity, invalidate, count),
    })),
  ),
  ...others.map((count) => ({
    name: `invalidation/global-of-${count}`,
    create: () => everything(count),
  })),
];

async function oneOfMany(
  granularity: string,
  invalidate: (pasid: number) => bigint[],
  count: number,
): Promise<SingleCase> {
  const setup = await prepare(count);
  const targets = Array.from({ length: TARGETS }, (_, index) => FIRST_TARGET + index);
  const refill = batchRecords(targets.map((pasid) => ({ sourceId: DEVICE, pasid, address: IOVA })));
  const fill = () => {
    setup.iommu.translateBatch(refill);
  };
  fill();
  const words = targets.flatMap(invalidate);
  return {
    name: `${granularity}-of-${count}`,
    title: `an invalidation by ${granularity} of one entry beside ${count} others`,
    operations: TARGETS,
    run: () => {
      setup.submit(words);
    },
    restore: fill,
  };
}

async function everything(count: number): Promise<SingleCase> {
  const { iommu, submit, fillOthers } = await prepare(count);
  const words = descriptor("IOTLB_INV", { G: 1 });
  return {
    name: `global-of-${count}`,
    title: `for each of ${count} entries that a global invalidation removes`,
    operations: count,
    run: () => {
      submit(words);
    },
    restore: () => {
      iommu.read32(offsetOf("GSTS"));
      fillOthers();
    },
  };
}

interface Setup {
  readonly iommu: Iommu;
  /** Writes descriptors into the queue and lets the unit execute them. */
  readonly submit: (words: readonly bigint[]) => void;
  readonly fillOthers: () => void;
}

async function prepare(count: number): Promise<Setup> {
  const queue = 4096n;
  const tables = BigInt(QUEUE_BYTES) + queue;
  const size = Math.ceil((8 * count + (TARGETS + 8) * 5 * 4096 + 2 ** 16) / 2 ** 20 + 1) * 2 ** 20;
  const memory = GuestMemory.create({ size });
  const frames = new FrameAllocator({ start: tables, end: BigInt(size) });
  const scalable = ScalableTables.create({ memory, frames });
  scalable.context(DEVICE, { paside: true });
  const space = (pasid: number, pages: number) => {
    const firstStage = new FirstStageTable({ memory, frames, accessed: true });
    firstStage.map(IOVA, OUTPUT, { accessed: true, dirty: true, count: pages });
    scalable.pasid(DEVICE, pasid, { kind: "first-stage", firstStage, domain: pasid });
  };
  space(1, count);
  for (let target = 0; target < TARGETS; target++) space(FIRST_TARGET + target, 1);
  const iommu = await startedUnit({ memory, caches: { iotlb: IOTLB } }, scalable.rootTableAddress);
  startInvalidationQueue(iommu, queue, QUEUE_SIZE);
  const fill = batchRecords(
    Array.from({ length: count }, (_, index): BatchRequest => ({
      sourceId: DEVICE,
      pasid: 1,
      address: IOVA + BigInt(index) * 4096n,
    })),
  );
  const fillOthers = () => {
    if (iommu.translateBatch(fill) > 0) throw new Error("a page of the bench is not mapped");
  };
  fillOthers();
  let tail = 0;
  const submit = (words: readonly bigint[]) => {
    for (let at = 0; at < words.length; at += 4) {
      const slot = queue + BigInt(tail);
      for (let word = 0; word < 4; word++)
        memory.write64(slot + BigInt(8 * word), words[at + word]!);
      tail = (tail + DESCRIPTOR_BYTES) % QUEUE_BYTES;
    }
    iommu.write64(offsetOf("IQT"), BigInt(tail));
    if (iommu.read64(offsetOf("IQH")) !== BigInt(tail)) {
      throw new Error("the invalidation queue of the bench has stopped");
    }
  };
  return { iommu, submit, fillOthers };
}

function descriptor(name: string, fields: EntryFields): bigint[] {
  const kind = invalidationDescriptors.find((each) => each.name === name)!;
  const type = { TYPE_LOW: kind.type & 0xf, TYPE_HIGH: kind.type >> 4 };
  return encodeEntry({ ...kind, bits: 256 }, { ...type, ...fields });
}
