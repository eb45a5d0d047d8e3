import { BATCH_RECORDS } from "../core/layout.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../tables/index.js";
import { batchRecords, scatteredNumbers, type BatchRequest } from "./batch-records.js";
import type { LazyCase } from "./lazy-case.js";
import type { SingleCase } from "./single-cases.js";
import { startedUnit } from "./unit-setup.js";
import { mapWholeTables } from "./whole-tables.js";

const DEVICE = 0x0100;
const IOVA = 0x40_0000_0000n;
const OUTPUT = 0x1_0000_0000n;
const FRAME = 4096;
const MIB = 2 ** 20;
const PAGES_OF_TABLE = 512;
const BATCHES = 4;

/** Source-ids, PASIDs and mapped pages that requests choose from at random. */
export const growthCases: readonly LazyCase[] = [
  ...[1, 256, 65_536].map((count) => ({
    name: `growth/requesters-${count}`,
    create: () => requesters(count),
  })),
  ...[1, 1024, 2 ** 20].map((count) => ({
    name: `growth/pasids-${count}`,
    create: () => pasids(count),
  })),
  ...[1000, 100_000, 10_000_000].map((count) => ({
    name: `growth/pages-${count}`,
    create: () => pages(count),
  })),
];

interface World {
  readonly memory: GuestMemory;
  readonly frames: FrameAllocator;
  readonly scalable: ScalableTables;
}

function world(bytes: number): World {
  const size = Math.ceil(bytes / MIB) * MIB;
  const memory = GuestMemory.create({ size });
  const frames = new FrameAllocator({ start: 0n, end: BigInt(size) });
  return { memory, frames, scalable: ScalableTables.create({ memory, frames }) };
}

function onePage({ memory, frames }: World): FirstStageTable {
  const firstStage = new FirstStageTable({ memory, frames, accessed: true });
  firstStage.map(IOVA, OUTPUT, { accessed: true, dirty: true });
  return firstStage;
}

async function measured(
  { memory, scalable }: World,
  name: string,
  title: string,
  choose: (number: number) => BatchRequest,
  count: number,
): Promise<SingleCase> {
  const iommu = await startedUnit({ memory }, scalable.rootTableAddress);
  const numbers = scatteredNumbers(BATCHES * BATCH_RECORDS, count);
  const batch = batchRecords(numbers.map(choose));
  return {
    name,
    title,
    operations: numbers.length,
    run: () => {
      if (iommu.translateBatch(batch) > 0) throw new Error(`a request of ${name} failed`);
    },
  };
}

/** All use one page of PASID 1 through context entries that are alike. */
async function requesters(count: number): Promise<SingleCase> {
  const here = world(MIB);
  const { memory, scalable } = here;
  scalable.context(0, { paside: true });
  scalable.pasid(0, 1, { kind: "first-stage", firstStage: onePage(here), domain: 1 });
  const { root, context } = scalable.entryAddresses(0);
  // One context table serves both halves of every bus.
  const entry = memory.readBytes(context, 32);
  for (let device = 1n; device < 128n; device++) memory.writeBytes(context + 32n * device, entry);
  const table = memory.read64(root)!;
  for (let half = 1n; half < 512n; half++) memory.write64(root + 8n * half, table);
  const title = `requests of ${count} requesters, one page`;
  return measured(
    here,
    `requesters-${count}`,
    title,
    (sourceId) => ({ sourceId, pasid: 1, address: IOVA }),
    count,
  );
}

/** All have the same page table, and PASID 0 is that of requests without. */
async function pasids(count: number): Promise<SingleCase> {
  const here = world(MIB);
  const { memory, scalable } = here;
  const firstStage = onePage(here);
  scalable.context(DEVICE, { paside: true, pdts: 7 });
  for (let pasid = 1; pasid < 64; pasid++) {
    scalable.pasid(DEVICE, pasid, { kind: "first-stage", firstStage, domain: 1 });
  }
  scalable.pasid(DEVICE, 0, { kind: "first-stage", firstStage, domain: 1 });
  // One PASID table serves every entry of the directory.
  const { directory } = scalable.entryAddresses(DEVICE, 1);
  const table = memory.read64(directory)!;
  for (let entry = 1n; entry < 2n ** 14n; entry++) memory.write64(directory + 8n * entry, table);
  const title = `requests of ${count} PASIDs of a device, one page`;
  return measured(
    here,
    `pasids-${count}`,
    title,
    (number) => ({ sourceId: DEVICE, pasid: number || 1, address: IOVA }),
    count,
  );
}

async function pages(count: number): Promise<SingleCase> {
  const tables = Math.ceil(count / PAGES_OF_TABLE);
  const here = world(tables * FRAME + MIB);
  const { memory, frames, scalable } = here;
  const firstStage = new FirstStageTable({ memory, frames, accessed: true });
  mapWholeTables(firstStage, memory, IOVA, OUTPUT, tables);
  scalable.context(DEVICE, { paside: true });
  scalable.pasid(DEVICE, 1, { kind: "first-stage", firstStage, domain: 1 });
  const title = `requests of one PASID with ${count} mapped pages`;
  return measured(
    here,
    `pages-${count}`,
    title,
    (page) => ({ sourceId: DEVICE, pasid: 1, address: IOVA + BigInt(page) * 4096n }),
    count,
  );
}
