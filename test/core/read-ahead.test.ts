import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import type { CoreOptions } from "../../host/core/configuration.js";
import { createCore, createCoreOver, type Core } from "../../host/core/core.js";
import { createEmbeddedCore } from "../../host/core/embedded.js";
import {
  portImports,
  type MemorySource,
  type PortImports,
} from "../../host/core/guest-memory-port.js";
import { at } from "../../host/core/layout.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { memoryMap } from "../../host/memory/memory-map.js";
import type { MemoryPort } from "../../host/memory/port.js";
import {
  FirstStageTable,
  FrameAllocator,
  LegacyTables,
  PAGE_2M,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
} from "../../host/tables/index.js";

const RAM = 2 ** 19;
const HIGH = { start: 0x1_0000_0000n, size: 2 ** 16 };
const WORDS = (RAM + HIGH.size) / 8;
const RECORD = at("REQUEST_SIZE");
const DEVICE = 0x0010;
const OTHER_DEVICE = 0x0108;
const IOVA = 0x20_0000_0000n;
const STRIDE = 0x20_0000n;
const PAGES = 16;
const GROUP = 32;
const NO_PASID = 0xffff_ffff;
const READ_64 = 64 << 16;
const SRTP = 1 << 30;
const TE = 1 << 31;

/** PASIDs of the two devices; the first stage of the second device has large pages, too. */
const FIRST_STAGE = 1;
const SECOND_STAGE = 2;
const NESTED = 3;

const options: CoreOptions = {
  capabilities: resolveCapabilities({ preset: "full" }),
  caches: { iotlb: 2, firstStagePaging: 2, secondStagePaging: 2, context: 4, pasid: 4 },
  faultCollapse: true,
  invalidationTimeout: 1000n,
  reportWrites: false,
  trace: false,
};

interface Tables {
  readonly memory: GuestMemory;
  readonly root: bigint;
  /** Address of the entry of the lowest level for page `index` of a stage. */
  readonly leaf: (stage: "first" | "second", index: number) => bigint;
}

const iova = (index: number) => IOVA + BigInt(index) * STRIDE;

/** Tables in both regions of memory; every page has a page table of its own. */
function buildTables(mode: "scalable" | "legacy"): Tables {
  const memory = GuestMemory.create({ size: RAM, regions: [HIGH] });
  const frames = new FrameAllocator({ start: 0x1000n, end: BigInt(RAM) });
  const high = new FrameAllocator({ start: HIGH.start, end: HIGH.start + BigInt(HIGH.size) });
  const firstStage = new FirstStageTable({ memory, frames });
  const secondStage = new SecondStageTable({ memory, frames });
  const elsewhere = new FirstStageTable({ memory, frames: high });
  for (let index = 0; index < PAGES; index++) {
    firstStage.map(iova(index), 0x9_0000n + BigInt(index) * 0x1000n);
    secondStage.map(iova(index), 0xa_0000n + BigInt(index) * 0x1000n);
    if (index % 8 === 0) elsewhere.map(iova(index), 0xb000n);
    else elsewhere.map(iova(index), 0x20_0000n, { size: PAGE_2M });
  }
  const leaf: Tables["leaf"] = (stage, index) =>
    (stage === "first" ? firstStage : secondStage).entry(iova(index), 1).address;
  if (mode === "legacy") {
    const legacy = LegacyTables.create({ memory, frames });
    legacy.context(DEVICE, { kind: "second-stage", secondStage, domain: 2 });
    legacy.context(OTHER_DEVICE, { kind: "pass-through", addressWidth: 48, domain: 3 });
    return { memory, root: legacy.rootTableAddress, leaf };
  }
  const scalable = ScalableTables.create({ memory, frames });
  const inner = new SecondStageTable({ memory, frames });
  for (let page = 0n; page < 8n; page++) {
    inner.map(0x5000_0000n + page * 0x1000n, frames.allocate());
  }
  const guest = new FrameAllocator({ start: 0x5000_0000n, end: 0x5000_8000n });
  const nested = new FirstStageTable({ memory: throughSecondStage(memory, inner), frames: guest });
  nested.map(IOVA, 0x5000_0000n, { count: 2 });
  for (const device of [DEVICE, OTHER_DEVICE]) {
    const stage = device === DEVICE ? firstStage : elsewhere;
    scalable.context(device, { paside: true, ridPasid: 4 });
    scalable.pasid(device, 4, { kind: "first-stage", firstStage: stage, domain: 1 });
    scalable.pasid(device, FIRST_STAGE, { kind: "first-stage", firstStage: stage, domain: 1 });
    scalable.pasid(device, SECOND_STAGE, { kind: "second-stage", secondStage, domain: 2 });
    const both = { firstStage: nested, secondStage: inner, domain: 3 };
    scalable.pasid(device, NESTED, { kind: "nested", ...both });
  }
  return { memory, root: scalable.rootTableAddress, leaf };
}

interface BatchRequest {
  readonly sourceId?: number;
  readonly pasid: number;
  readonly address: bigint;
  readonly access?: number;
}

function recordsOf(requests: readonly BatchRequest[]): Uint8Array {
  const batch = new Uint8Array(requests.length * RECORD);
  const view = new DataView(batch.buffer);
  requests.forEach(({ sourceId = DEVICE, pasid, address, access = READ_64 }, index) => {
    const record = index * RECORD;
    view.setBigUint64(record + at("REQUEST_ADDRESS"), address, true);
    view.setUint32(record + at("REQUEST_SOURCE_ID"), sourceId, true);
    view.setUint32(record + at("REQUEST_PASID"), pasid, true);
    view.setUint32(record + at("REQUEST_ACCESS"), access, true);
  });
  return batch;
}

function start({ exports }: Core, root: bigint, mode: "scalable" | "legacy"): void {
  const address = root | (mode === "scalable" ? 1n << 10n : 0n);
  const half = (value: bigint) => Number(BigInt.asIntN(32, value));
  exports.writeRegister(0x20, 8, half(address), half(address >> 32n));
  exports.writeRegister(0x18, 4, SRTP, 0);
  exports.writeRegister(0x18, 4, TE, 0);
}

/** Runs a batch, and answers its records with what the unit knows afterwards. */
function run({ exports }: Core, requests: readonly BatchRequest[]): Uint8Array {
  const records = recordsOf(requests);
  const room = new Uint8Array(exports.memory.buffer, at("BATCH"), records.length);
  room.set(records);
  exports.translateBatch(at("BATCH"), requests.length);
  return room.slice();
}

/** Requests for the leaf entries of pages in turn, so that with two entries in each cache all miss. */
const missing = (count: number, pasid: number): BatchRequest[] =>
  Array.from({ length: count }, (_, index) => ({ pasid, address: iova((index * 5) % PAGES) }));

interface Watched {
  readonly core: Core;
  readonly tables: Tables;
  /** Arguments of every call of `lastEntry`, and places that `touch` was called for. */
  readonly walks: [bigint, bigint, number][];
  readonly places: number[];
}

async function watchedCore(mode: "scalable" | "legacy" = "scalable"): Promise<Watched> {
  const tables = buildTables(mode);
  const walks: Watched["walks"] = [];
  const places: number[] = [];
  const port = await portImports(tables.memory);
  const imports: PortImports = {
    ...port,
    lastEntry: (table, address, levels) => {
      walks.push([table, address, levels]);
      return port.lastEntry!(table, address, levels);
    },
    touch: (place) => {
      places.push(place);
      return port.touch!(place);
    },
  };
  const core = await createCoreOver(imports, options);
  start(core, tables.root, mode);
  return { core, tables, walks, places };
}

describe("reading ahead", () => {
  it("begins when most requests of a group have missed", async () => {
    const { core, walks } = await watchedCore();
    run(core, missing(GROUP, FIRST_STAGE));
    expect(walks).toHaveLength(0);
    run(core, missing(3 * GROUP, FIRST_STAGE));
    expect(walks).toHaveLength(3 * GROUP);
  });

  it("ends when most requests hit, and costs them nothing", async () => {
    const { core, walks } = await watchedCore();
    const page = { pasid: FIRST_STAGE, address: IOVA };
    run(core, [...missing(GROUP, FIRST_STAGE), ...Array<BatchRequest>(100).fill(page)]);
    walks.length = 0;
    run(core, Array<BatchRequest>(100).fill(page));
    expect(walks).toHaveLength(0);
    const rare = Array.from({ length: 200 }, (_, index) =>
      index % 8 === 0 ? { ...page, address: iova(index % PAGES) } : page,
    );
    run(core, rare);
    walks.length = 0;
    run(core, rare);
    expect(walks).toHaveLength(0);
  });

  it.each([
    ["scalable", "first", FIRST_STAGE],
    ["scalable", "first", NO_PASID],
    ["scalable", "second", SECOND_STAGE],
    ["legacy", "second", NO_PASID],
  ] as const)(
    "touches in %s mode the entry of the %s stage that decides (PASID %i)",
    async (...at) => {
      const [mode, stage, pasid] = at;
      const { core, tables, places } = await watchedCore(mode);
      const requests = missing(2 * GROUP, pasid);
      run(core, requests);
      const word = new DataView(tables.memory.wasmMemory.buffer);
      const expected = requests
        .slice(GROUP)
        .map(({ address }) => tables.leaf(stage, Number((address - IOVA) / STRIDE)))
        .map((leaf) => tables.memory.read64(leaf));
      expect(places.map((place) => word.getBigUint64(place, true))).toEqual(expected);
    },
  );

  it.each([
    ["a requester that has no context entry", { sourceId: 0x0333, pasid: NO_PASID, address: IOVA }],
    ["a PASID that has no entry", { pasid: 77, address: IOVA }],
    ["nested translation", { pasid: NESTED, address: IOVA }],
    ["large pages", { sourceId: OTHER_DEVICE, pasid: FIRST_STAGE, address: iova(1) }],
    ["an address that is not mapped", { pasid: FIRST_STAGE, address: 0x7000_0000_0000n }],
  ])("touches nothing for %s", async (_, request) => {
    const { core, places } = await watchedCore();
    run(core, missing(GROUP, FIRST_STAGE));
    run(core, [request]);
    places.length = 0;
    run(core, [...missing(1, FIRST_STAGE), request]);
    expect(places.slice(1)).toEqual([0]);
  });

  it("reads no port that is written in JavaScript, which may see it", async () => {
    const reads = async (batches: (requests: BatchRequest[]) => BatchRequest[][]) => {
      const { memory, root } = buildTables("scalable");
      const seen: bigint[] = [];
      const port: MemoryPort = {
        read64: (address) => {
          seen.push(address);
          return memory.read64(address);
        },
        write64: (address, value) => memory.write64(address, value),
        compareExchange64: (...words) => memory.compareExchange64(...words),
      };
      const core = await createCore(port, options);
      start(core, root, "scalable");
      for (const batch of batches(missing(4 * GROUP, FIRST_STAGE))) run(core, batch);
      return seen;
    };
    const together = await reads((requests) => [requests]);
    expect(together.length).toBeGreaterThan(4 * GROUP);
    expect(together).toEqual(await reads((requests) => requests.map((request) => [request])));
  });
});

/** A word of memory that is changed: an entry that leads anywhere, itself included, or any bits. */
const damage = fc.record({
  word: fc.nat(WORDS - 1),
  value: fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc
      .tuple(fc.nat(RAM / 4096 + 20), fc.constantFrom(3n, 7n, 0x83n, 0x67n, 1n, 2n))
      .map(([frame, flags]) => (BigInt(frame) << 12n) | flags),
    fc.bigInt({ min: HIGH.start - 0x1000n, max: HIGH.start + 0x2_0000n }).map((a) => a | 3n),
  ),
});

const request: fc.Arbitrary<BatchRequest> = fc.record({
  sourceId: fc.constantFrom(DEVICE, DEVICE, DEVICE, OTHER_DEVICE, 0x0333),
  pasid: fc.constantFrom(FIRST_STAGE, FIRST_STAGE, SECOND_STAGE, NESTED, 77, NO_PASID),
  address: fc.oneof(
    { weight: 8, arbitrary: fc.nat(PAGES).map((index) => iova(index) + BigInt(index)) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
    { weight: 1, arbitrary: fc.constant(0xfee0_0000n) },
  ),
  access: fc.constantFrom(READ_64, READ_64 | 1, READ_64 | 2, READ_64 | 4, READ_64 | 8, 0),
});

const sources: Readonly<Record<string, (memory: GuestMemory) => MemorySource>> = {
  mapped: (memory) => memory,
  flat: ({ wasmMemory }) => ({ wasmMemory, base: memoryMap.ramAt, size: RAM - 4 }),
};

type Build = "core" | "mapped" | "flat";

/** A unit of one build whose guest memory is a copy of `tables`. */
async function unitOf(build: Build, tables: Tables): Promise<{ core: Core; memory: GuestMemory }> {
  const size = { size: RAM, regions: [HIGH] };
  const { core, memory } =
    build === "core" ? await createEmbeddedCore(options, size) : await overAccessor(build, size);
  for (const { start, size } of tables.memory.regions) {
    memory.writeBytes(start, tables.memory.readBytes(start, size));
  }
  return { core, memory };
}

async function overAccessor(
  build: "mapped" | "flat",
  size: Parameters<typeof GuestMemory.create>[0],
): Promise<{ core: Core; memory: GuestMemory }> {
  const memory = GuestMemory.create(size);
  return { core: await createCore(sources[build]!(memory), options), memory };
}

describe.each(["core", "mapped", "flat"] as const)("a batch in the build %s", (build) => {
  it.each(["scalable", "legacy"] as const)(
    "leaves in %s mode the same records, state, messages and memory with reading ahead and without",
    async (mode) => {
      const tables = buildTables(mode);
      const units = [await unitOf(build, tables), await unitOf(build, tables)] as const;
      for (const { core } of units) {
        start(core, tables.root, mode);
        const pasid = mode === "legacy" ? NO_PASID : FIRST_STAGE;
        run(core, missing(PAGES, pasid));
        expect(core.counters().faults).toBe(0n);
      }
      units[1].core.exports.readAhead(0);
      const states = units.map(({ core }) => core.copyState());
      const images = units.map(({ memory }) => new Uint8Array(memory.wasmMemory.buffer).slice());

      fc.assert(
        fc.property(
          fc.array(damage, { maxLength: 12 }),
          fc.array(request, { minLength: GROUP, maxLength: 2 * GROUP }),
          fc.option(fc.nat(RAM / 4096 - 1)),
          (damages, drawn, poisoned) => {
            const requests = [...drawn, ...drawn];
            const [one, other] = units.map(({ core, memory }, index) => {
              new Uint8Array(memory.wasmMemory.buffer).set(images[index]!);
              core.putState(states[index]!);
              for (const { word, value } of damages) {
                const high = BigInt(8 * word) - BigInt(RAM);
                memory.write64(high < 0n ? BigInt(8 * word) : HIGH.start + high, value);
              }
              if (poisoned !== null) memory.poison(BigInt(poisoned) * 4096n, 4096n);
              const records = [run(core, requests), run(core, requests)];
              if (poisoned !== null) memory.heal(BigInt(poisoned) * 4096n, 4096n);
              const outcome = [...records, core.copyState()];
              if (build !== "core") outcome.push(new Uint8Array(memory.wasmMemory.buffer));
              else
                for (const each of memory.regions)
                  outcome.push(memory.readBytes(each.start, each.size));
              return outcome.map((bytes) => Buffer.from(bytes));
            });
            one!.forEach((bytes, index) => {
              expect(Buffer.compare(bytes, other![index]!), `part ${index}`).toBe(0);
            });
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
