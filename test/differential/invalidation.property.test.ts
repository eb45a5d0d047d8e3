import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { Iommu } from "../../host/iommu.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { Oracle } from "../../host/oracle/index.js";
import type { Access } from "../../host/spec/requests.js";
import {
  FirstStageTable,
  FrameAllocator,
  PAGE_1G,
  PAGE_2M,
  PAGE_4K,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type PageSize,
} from "../../host/tables/index.js";

/**
 * Software changes tables and invalidates exactly what §6.5.3.3 and Table 28 ask for, no more; the
 * unit with its caches must then answer as the oracle, which has none.
 */
const RAM = 2 ** 20;
const QUEUE = 0x1000n;
const QUEUE_ENTRIES = 128;
const DEVICE = 0x10;

const GCMD = 0x18;
const RTADDR = 0x20;
const IQT = 0x88;
const IQH = 0x80;
const IQA = 0x90;
const [TE, SRTP, QIE] = [2 ** 31, 2 ** 30, 2 ** 26] as const;

const RUNS = Number(process.env["VIOMMU_RUNS"] ?? 200);
const TIME_LIMIT = 600_000;

/** Two address spaces with a first stage, one with a second stage, one nested; the PASID is the domain. */
const [FIRST, OTHER, SECOND, NESTED] = [1, 2, 3, 4] as const;
type Space = typeof FIRST | typeof OTHER | typeof SECOND | typeof NESTED;

/** Few, so that steps meet each other. */
const PLACES = [0x0n, 0x20_0000n, 0x4000_0000n];
const SIZES: readonly PageSize[] = [PAGE_4K, PAGE_4K, PAGE_2M, PAGE_1G];

const spot = fc.record({
  space: fc.constantFrom<Space>(FIRST, OTHER, SECOND, NESTED),
  place: fc.nat({ max: PLACES.length - 1 }),
  page: fc.nat({ max: 1 }),
});
const stepDraw = fc.oneof(
  fc.record({
    kind: fc.constant("request" as const),
    at: spot,
    access: fc.constantFrom<Access>("read", "write"),
    translation: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("map" as const),
    at: spot,
    size: fc.constantFrom(...SIZES),
    output: fc.nat({ max: 15 }),
    write: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("unmap" as const),
    at: spot,
    prune: fc.boolean(),
    reach: fc.constantFrom("page", "narrow", "wide"),
  }),
  fc.record({ kind: fc.constant("clean" as const), at: spot }),
  fc.record({ kind: fc.constant("exchange" as const) }),
);
type Step = typeof stepDraw extends fc.Arbitrary<infer T> ? T : never;
type Spot = Extract<Step, { kind: "clean" }>["at"];

const iovaOf = ({ place, page }: Spot) => PLACES[place]! + BigInt(page) * 0x1000n;

/** The same tables twice: for the unit, and for the oracle. */
class Tables {
  readonly memory = GuestMemory.create({ size: RAM });
  readonly tables: ScalableTables;
  readonly #frames = new FrameAllocator({ start: 0x4000n, end: BigInt(RAM) });
  readonly #spaces: Readonly<Record<Space, FirstStageTable | SecondStageTable>>;
  readonly #guest: SecondStageTable;
  #exchanged = false;

  constructor() {
    const { memory } = this;
    const frames = this.#frames;
    this.tables = ScalableTables.create({ memory, frames });
    this.#guest = new SecondStageTable({ memory, frames, levels: 4 });
    this.#guest.map(0n, 0n, { size: PAGE_4K, count: RAM / PAGE_4K, read: true, write: true });
    this.#guest.map(0x4000_0000n, 0x8000_0000n, { size: PAGE_1G, read: true, write: true });
    const guestMemory = throughSecondStage(memory, this.#guest);
    this.#spaces = {
      [FIRST]: new FirstStageTable({ memory, frames, levels: 4 }),
      [OTHER]: new FirstStageTable({ memory, frames, levels: 4 }),
      [SECOND]: new SecondStageTable({ memory, frames, levels: 4 }),
      [NESTED]: new FirstStageTable({ memory: guestMemory, frames, levels: 4 }),
    };
    this.tables.context(DEVICE, { dte: true, paside: true, pdts: 0, ridPasid: SECOND });
    this.describe();
  }

  /** Writes the PASID table entries. */
  describe(): void {
    const { tables } = this;
    const [one, two] = this.#exchanged ? [OTHER, FIRST] : [FIRST, OTHER];
    const firstStage = (space: Space) => this.#spaces[space] as FirstStageTable;
    tables.pasid(DEVICE, FIRST, { kind: "first-stage", domain: 1, firstStage: firstStage(one) });
    tables.pasid(DEVICE, OTHER, { kind: "first-stage", domain: 2, firstStage: firstStage(two) });
    const secondStage = this.#spaces[SECOND] as SecondStageTable;
    tables.pasid(DEVICE, SECOND, { kind: "second-stage", domain: 3, secondStage, ssade: true });
    tables.pasid(DEVICE, NESTED, {
      kind: "nested",
      domain: 4,
      firstStage: firstStage(NESTED),
      secondStage: this.#guest,
      ssade: true,
    });
  }

  exchange(): void {
    this.#exchanged = !this.#exchanged;
    this.describe();
  }

  /** The PASID under which a table is used now. */
  pasidOf(space: Space): Space {
    if (!this.#exchanged || space > OTHER) return space;
    return space === FIRST ? OTHER : FIRST;
  }

  /** False if something is in the way. */
  map({ at, size, output, write }: Extract<Step, { kind: "map" }>): boolean {
    const iova = (iovaOf(at) / BigInt(size)) * BigInt(size);
    const base = at.space === NESTED ? 0x4000_0000n : 0x8000_0000n;
    const offset = size === PAGE_1G ? 0n : BigInt(output) * BigInt(size);
    const table = this.#spaces[at.space];
    try {
      if (table instanceof FirstStageTable) {
        table.map(iova, base + offset, { size, write, user: true });
      } else {
        table.map(iova, base + offset, { size, read: true, write });
      }
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** Clears the leaf that maps the spot; its address and size. With `prune` empty tables go as well. */
  unmap({
    at,
    prune,
  }: Extract<Step, { kind: "unmap" }>): { iova: bigint; size: number } | undefined {
    const table = this.#spaces[at.space];
    const page = table.lookup(iovaOf(at));
    if (page === undefined) return undefined;
    const size = BigInt(page.size);
    const iova = (iovaOf(at) / size) * size;
    table.unmap(iova, { size: page.size });
    if (prune) table.prune().forEach((frame) => this.#spoil(frame));
    return { iova, size: page.size };
  }

  /** A table that is gone is filled with bits that no entry has, so that a stale pointer to it shows. */
  #spoil(frame: bigint): void {
    this.memory.fill(frame, PAGE_4K, 0xff);
    this.#frames.release(frame, 1);
  }

  /** Software clears A and D of the leaf that maps the spot. */
  clean(at: Spot): { iova: bigint; size: number } | undefined {
    const table = this.#spaces[at.space];
    const page = table.lookup(iovaOf(at));
    if (page === undefined) return undefined;
    const level = page.size === PAGE_4K ? 1 : page.size === PAGE_2M ? 2 : 3;
    const entry = table.entry(iovaOf(at), level);
    entry.set({ A: 0, D: 0 });
    const size = BigInt(page.size);
    return { iova: (iovaOf(at) / size) * size, size: page.size };
  }
}

/** Submits 256-bit descriptors, each with a wait behind it. */
class Queue {
  #tail = 0;
  constructor(
    private readonly iommu: Iommu,
    private readonly memory: GuestMemory,
  ) {}

  submit(word0: bigint, word1 = 0n): void {
    const at = QUEUE + BigInt(32 * this.#tail);
    [word0, word1, 0n, 0n].forEach((word, index) => {
      this.memory.write64(at + 8n * BigInt(index), word);
    });
    this.#tail = (this.#tail + 1) % QUEUE_ENTRIES;
    this.iommu.write64(IQT, BigInt(32 * this.#tail));
    expect(this.iommu.read64(IQH)).toBe(BigInt(32 * this.#tail));
  }

  /** §6.5.2.4; `mask` is AM, undefined for the whole PASID. */
  pasidIotlb(pasid: Space, iova: bigint, mask: number | undefined, leafOnly: boolean): void {
    const word0 = 6n | (BigInt(pasid) << 16n) | (BigInt(pasid) << 32n);
    if (mask === undefined) this.submit(word0 | (2n << 4n));
    else this.submit(word0 | (3n << 4n), iova | BigInt(mask) | (leafOnly ? 1n << 6n : 0n));
  }

  /** §6.5.2.3. */
  iotlb(domain: Space, iova: bigint, mask: number | undefined, leafOnly: boolean): void {
    const word0 = 2n | (BigInt(domain) << 16n);
    if (mask === undefined) this.submit(word0 | (2n << 4n));
    else this.submit(word0 | (3n << 4n), iova | BigInt(mask) | (leafOnly ? 1n << 6n : 0n));
  }

  /** §6.5.2.2, PASID-selective within the domain. */
  pasidCache(pasid: Space): void {
    this.submit(7n | (1n << 4n) | (BigInt(pasid) << 16n) | (BigInt(pasid) << 32n));
  }
}

interface Both {
  readonly unit: Tables;
  readonly copy: Tables;
  readonly iommu: Iommu;
  readonly oracle: Oracle;
  readonly queue: Queue;
}

async function make(entries: number): Promise<Both> {
  const [unit, copy] = [new Tables(), new Tables()];
  const caches = {
    context: entries,
    pasid: entries,
    iotlb: entries,
    firstStagePaging: entries,
    secondStagePaging: entries,
  };
  const iommu = await Iommu.create({ memory: unit.memory, caches });
  iommu.write64(IQA, QUEUE | (1n << 11n));
  iommu.write64(RTADDR, unit.tables.rootTableAddress);
  iommu.write32(GCMD, SRTP);
  iommu.write32(GCMD, QIE);
  iommu.write32(GCMD, QIE + TE);
  const oracle = new Oracle({ ...resolveCapabilities(), memory: copy.memory });
  const rootTableAddress = copy.tables.rootTableAddress;
  oracle.state = { translationEnabled: true, rootTableAddress, interruptRemappingEnabled: false };
  return { unit, copy, iommu, oracle, queue: new Queue(iommu, unit.memory) };
}

/** Invalidates what Table 28 asks for after leaves (or also tables) of an address space have changed. */
function invalidate(
  { unit, queue }: Both,
  space: Space,
  { iova, size }: { iova: bigint; size: number },
  { leafOnly, reach }: { leafOnly: boolean; reach: "page" | "narrow" | "wide" },
): void {
  // A large page goes with any address in it; a table that is gone translated all of its range.
  const narrow = reach === "narrow" && leafOnly;
  const mask = reach === "wide" ? undefined : narrow ? 0 : Math.log2(size / PAGE_4K);
  const at = narrow ? iova + BigInt(size - PAGE_4K) : iova;
  if (space === SECOND) queue.iotlb(SECOND, at, mask, leafOnly);
  else queue.pasidIotlb(unit.pasidOf(space), at, mask, leafOnly);
}

function perform(both: Both, step: Step, index: number): void {
  const { unit, copy, iommu, oracle, queue } = both;
  switch (step.kind) {
    case "request": {
      const pasid = unit.pasidOf(step.at.space);
      const withPasid = pasid !== SECOND;
      const address = iovaOf(step.at) + 8n;
      const requester = { sourceId: DEVICE, ...(withPasid && { pasid }), address };
      const ask = (judge: Iommu | Oracle): object =>
        step.translation
          ? judge.requestTranslation({ ...requester, noWrite: step.access === "read" })
          : judge.translate({ ...requester, access: step.access });
      expect(ask(iommu), `step ${index}`).toMatchObject(common(ask(oracle)));
      break;
    }
    case "map": {
      const mapped = unit.map(step);
      copy.map(step);
      // From not present to present: nothing to invalidate (CM = 0). But a large page may have taken
      // the place of an empty table.
      if (mapped && step.size !== PAGE_4K) {
        const size = BigInt(step.size);
        const page = { iova: (iovaOf(step.at) / size) * size, size: step.size };
        invalidate(both, step.at.space, page, { leafOnly: false, reach: "page" });
      }
      break;
    }
    case "unmap": {
      touch(both, step.at, index);
      const gone = unit.unmap(step);
      copy.unmap(step);
      const how = { leafOnly: !step.prune, reach: step.reach };
      if (gone !== undefined) invalidate(both, step.at.space, gone, how);
      touch(both, step.at, index);
      break;
    }
    case "clean": {
      touch(both, step.at, index);
      const changed = unit.clean(step.at);
      copy.clean(step.at);
      const how = { leafOnly: true, reach: "page" as const };
      if (changed !== undefined) invalidate(both, step.at.space, changed, how);
      touch(both, step.at, index);
      break;
    }
    case "exchange":
      unit.exchange();
      copy.exchange();
      for (const pasid of [FIRST, OTHER] as const) {
        queue.pasidCache(pasid);
        queue.pasidIotlb(pasid, 0n, undefined, false);
      }
      break;
  }
}

/** A read of the spot just before and after it changes, so that something is cached that could be stale. */
function touch(both: Both, at: Spot, index: number): void {
  const read = { kind: "request", access: "read", translation: false } as const;
  perform(both, { ...read, at }, index);
}

/** What both say, without the fate of the fault: the records are compared elsewhere. */
function common(said: object): object {
  const shared: Record<string, unknown> = { ...said };
  for (const key of ["logged", "fields", "record"]) delete shared[key];
  return shared;
}

describe("caches of the unit under changing tables", () => {
  for (const entries of [1, 4, 256]) {
    const claim = `with ${entries} entries each, what Table 28 asks for is enough`;
    const run = (steps: readonly Step[]) => check(entries, steps);
    it(
      `VTD-6.5.3.3: ${claim}`,
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(stepDraw, { minLength: 10, maxLength: 100 }), run),
          { numRuns: RUNS },
        );
      },
      TIME_LIMIT,
    );
  }
});

async function check(entries: number, steps: readonly Step[]): Promise<void> {
  const both = await make(entries);
  steps.forEach((step, index) => perform(both, step, index));
  // The flags that the walks have set are the same; the queue lies below the tables.
  const tables = ({ memory }: Tables) => memory.readBytes(0x4000n, RAM - 0x4000);
  expect(Buffer.compare(tables(both.unit), tables(both.copy))).toBe(0);
}
