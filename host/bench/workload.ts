import { at, BATCH_RECORDS } from "../core/layout.js";
import { GuestMemory } from "../memory/guest-memory.js";
import {
  FirstStageTable,
  FrameAllocator,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type FrameSource,
} from "../tables/index.js";
import { batchRecords } from "./batch-records.js";
import type { BatchCase } from "./cases.js";
import { pageRequestStream, type RequestedPages } from "./page-request-stream.js";
import { mapWholeTables } from "./whole-tables.js";

/** Guest RAM with the tables of a case, and its stream of requests. */
export interface Workload {
  readonly ramBytes: number;
  /** The tables: the first bytes of RAM; the rest is zero. */
  readonly ram: Uint8Array;
  /** The page request queue, for page requests. */
  readonly queue?: PageRequestPlace;
  /** Value for RTADDR_REG. */
  readonly rootTableAddress: bigint;
  /** Batches of 4096 records, as `translateBatch` takes them. */
  readonly batches: readonly Uint8Array[];
}

const MIB = 2 ** 20;
/** Root, context, PASID and upper page tables, with much to spare. */
const OTHER_TABLES = MIB;
const IOVA = 0x40_0000_0000n;
const OUTPUT = 0x1_0000_0000n;
const GUEST_PAGES = 0x10_0000_0000n;
const GUEST_TABLES = 0x20_0000_0000n;
const REGION = 2 * MIB;
const TABLE = 4096;
const PAGES_OF_TABLE = 512;

const NO_PASID = 0xffff_ffff;
const WRITE = 1;
const ACCESS_BYTES = 64;

/** Where the page request queue is, and how many bytes; a power of two of pages. */
export interface PageRequestPlace {
  readonly address: number;
  readonly bytes: number;
}

/** More than a batch. */
const QUEUE_BYTES = 64 * TABLE;

/** Builds what a case needs; the same each time. */
export function buildWorkload(benchCase: BatchCase): Workload {
  const tables = Math.ceil((benchCase.pages * benchCase.stride) / REGION) * TABLE;
  // A nested first-stage table has one of the second stage to itself (`apart`).
  const nested = benchCase.kind === "nested" ? 2 * tables : 0;
  const tableBytes = Math.ceil((tables + nested + OTHER_TABLES) / MIB) * MIB;
  const queue = benchCase.pageRequests && { address: tableBytes, bytes: QUEUE_BYTES };
  const ramBytes = tableBytes + (queue?.bytes ?? 0);
  const memory = GuestMemory.create({ size: ramBytes });
  const frames = new FrameAllocator({ start: 0n, end: BigInt(tableBytes) });
  const scalable = ScalableTables.create({ memory, frames });
  const stages = buildStages(benchCase, memory, frames);
  benchCase.requesters.forEach(({ sourceId, pasid = 0 }, index) => {
    scalable.context(sourceId, { paside: true, dte: true, pre: true });
    scalable.pasid(sourceId, pasid, { ...stages, domain: index + 1 });
  });
  return {
    ramBytes,
    ram: memory.readBytes(0n, ramBytes),
    ...(queue !== undefined && { queue }),
    rootTableAddress: scalable.rootTableAddress,
    batches:
      benchCase.pageRequests === undefined
        ? requestStream(benchCase)
        : pageStream(benchCase, benchCase.pageRequests),
  };
}

type Stages =
  | { readonly kind: "first-stage"; readonly firstStage: FirstStageTable }
  | { readonly kind: "second-stage"; readonly secondStage: SecondStageTable }
  | {
      readonly kind: "nested";
      readonly firstStage: FirstStageTable;
      readonly secondStage: SecondStageTable;
    };

function buildStages(benchCase: BatchCase, memory: GuestMemory, frames: FrameAllocator): Stages {
  const { kind = "first-stage", pages, order } = benchCase;
  if (kind === "first-stage") {
    const firstStage = new FirstStageTable({ memory, frames, accessed: true });
    if (order === "shuffled") {
      mapWholeTables(firstStage, memory, IOVA, OUTPUT, pages / PAGES_OF_TABLE);
    } else {
      mapPages(firstStage, benchCase, OUTPUT);
    }
    return { kind, firstStage };
  }
  const secondStage = new SecondStageTable({ memory, frames });
  if (kind === "second-stage") {
    mapPages(secondStage, benchCase, OUTPUT);
    return { kind, secondStage };
  }
  secondStage.map(GUEST_PAGES, OUTPUT, { count: pages });
  const firstStage = new FirstStageTable({
    memory: throughSecondStage(memory, secondStage),
    frames: apart(secondStage, frames),
    accessed: true,
  });
  mapPages(firstStage, benchCase, GUEST_PAGES);
  return { kind, firstStage, secondStage };
}

/** Guest-physical frames, each in 2 MiB of its own: no two have an entry of the second stage in common. */
function apart(secondStage: SecondStageTable, frames: FrameAllocator): FrameSource {
  let next = GUEST_TABLES;
  return {
    allocate: () => {
      const frame = next;
      next += BigInt(REGION);
      secondStage.map(frame, frames.allocate());
      return frame;
    },
  };
}

function mapPages(
  table: FirstStageTable | SecondStageTable,
  { pages, stride }: BatchCase,
  output: bigint,
): void {
  const flags = { accessed: true, dirty: true };
  if (stride === 4096) {
    table.map(IOVA, output, { ...flags, count: pages });
    return;
  }
  for (let page = 0; page < pages; page++) {
    // Outputs in another order than inputs, so that an output tells which page it is.
    table.map(IOVA + BigInt(page) * BigInt(stride), output + BigInt(page) * 4096n, flags);
  }
}

const addressOf = (page: number, { stride }: BatchCase) => IOVA + BigInt(page) * BigInt(stride);

function pageStream(benchCase: BatchCase, pages: RequestedPages): Uint8Array[] {
  const { sourceId, pasid = NO_PASID } = benchCase.requesters[0]!;
  return pageRequestStream(benchCase.batches, pages, (page) => ({
    sourceId,
    pasid,
    address: addressOf(page, benchCase),
  }));
}

/** Reads of every page that the first requester has mapped. */
export function readsOfPages(benchCase: BatchCase): Uint8Array {
  const { sourceId, pasid = NO_PASID } = benchCase.requesters[0]!;
  const pages = Array.from({ length: benchCase.pages }, (_, page) => page);
  return batchRecords(
    pages.map((page) => ({ sourceId, pasid, address: addressOf(page, benchCase) })),
  );
}

/** The stream of a case: batches of records whose last two fields are still zero. */
function requestStream(benchCase: BatchCase): Uint8Array[] {
  const size = at("REQUEST_SIZE");
  const next = pageOrder(benchCase);
  return Array.from({ length: benchCase.batches }, () => {
    const batch = new Uint8Array(BATCH_RECORDS * size);
    const view = new DataView(batch.buffer);
    for (let record = 0; record < batch.length; record += size) {
      const { requester, page, random } = next();
      const { sourceId, pasid } = benchCase.requesters[requester]!;
      const address = addressOf(page, benchCase) + BigInt(random & 0xfc0);
      const access = ((random >>> 12) & WRITE) | (ACCESS_BYTES << 16);
      view.setBigUint64(record + at("REQUEST_ADDRESS"), address, true);
      view.setUint32(record + at("REQUEST_SOURCE_ID"), sourceId, true);
      view.setUint32(record + at("REQUEST_PASID"), pasid ?? NO_PASID, true);
      view.setUint32(record + at("REQUEST_ACCESS"), access, true);
    }
    return batch;
  });
}

interface Choice {
  readonly requester: number;
  readonly page: number;
  readonly random: number;
}

/** Odd, so that every page comes once; and 2 MiB apart or more for every stride of the cases. */
const SCATTER = 20_011;

const PAGES_MASK = 2 ** 24 - 1;
const regionOf = (page: number) => Math.floor(page / PAGES_OF_TABLE);

/** The numbers of 24 bits in an order that looks random: multiplication by what is odd, and XOR, lose nothing. */
function shuffled(index: number): number {
  let page = Math.imul(index, 0x9e37_79b1) & PAGES_MASK;
  page ^= page >>> 13;
  page = Math.imul(page, 0x85eb_ca6b) & PAGES_MASK;
  return page ^ (page >>> 11);
}

function pageOrder({ requesters, pages, order }: BatchCase): () => Choice {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    // The low bits of such a generator repeat soon.
    return state >>> 8;
  };
  if (order === "random") {
    return () => ({
      requester: random() % requesters.length,
      page: random() % pages,
      random: random(),
    });
  }
  if (order === "shuffled") {
    let index = 0;
    let last = -1;
    return () => {
      let page = shuffled(index++);
      if (regionOf(page) === last) page = shuffled(index++);
      last = regionOf(page);
      return { requester: 0, page, random: random() };
    };
  }
  let index = 0;
  return () => {
    const requester = index % requesters.length;
    const page = (Math.floor(index / requesters.length) * SCATTER) % pages;
    index++;
    return { requester, page, random: random() };
  };
}
