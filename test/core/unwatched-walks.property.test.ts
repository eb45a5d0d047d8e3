import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMachine } from "../../host/bench/unit.js";
import type { CacheSizes } from "../../host/core/configuration.js";
import type { Core } from "../../host/core/core.js";
import { at } from "../../host/core/layout.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import {
  FirstStageTable,
  FrameAllocator,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type FrameSource,
  type PageSize,
} from "../../host/tables/index.js";

/** A requester that its PASID entry sends through one stage or both, and what is mapped there. */
interface Device {
  readonly kind: "first-stage" | "second-stage" | "nested";
  readonly firstLevels: 4 | 5;
  readonly secondLevels: 3 | 4 | 5;
  readonly flags: Readonly<Record<"sre" | "wpe" | "eafe" | "ssade" | "pwsnp" | "pgsnp", boolean>>;
  readonly pages: readonly Page[];
}

interface Page {
  readonly first: {
    readonly size: PageSize;
    readonly write: boolean;
    readonly user: boolean;
    readonly accessed: boolean;
    readonly dirty: boolean;
  };
  readonly second: {
    readonly size: PageSize;
    readonly read: boolean;
    readonly write: boolean;
    readonly accessed: boolean;
    readonly dirty: boolean;
    readonly snoop: boolean;
  };
  /** Where the page lies: some are in the interrupt address range (§3.15). */
  readonly output: bigint;
}

interface Access {
  readonly device: number;
  readonly page: number;
  readonly offset: number;
  /** The access word of the batch form. */
  readonly access: number;
  readonly withPasid: boolean;
}

const PASID = 5;
const RAM = 2 ** 20;
const GIB = 2n ** 30n;
const LARGE = 2n ** 21n;
const GUEST = 2n ** 33n;
const GUEST_TABLES = 2n ** 35n;
/** explain(): fetches and hits go to the outbox, for which requests take the general path. */
const TELL = 2;

const size = fc.constantFrom<PageSize>(0x1000, 0x1000, 0x20_0000, 0x4000_0000);
const mostly = fc.boolean().chain((rare) => (rare ? fc.boolean() : fc.constant(true)));
const page: fc.Arbitrary<Page> = fc.record({
  first: fc.record({ size, write: mostly, user: mostly, accessed: mostly, dirty: mostly }),
  second: fc.record({
    size,
    read: fc.constant(true),
    write: mostly,
    accessed: mostly,
    dirty: mostly,
    snoop: fc.boolean(),
  }),
  output: fc.constantFrom(1n * GIB, 3n * GIB, 3n * GIB + 0x3ee0_0000n),
});
const device: fc.Arbitrary<Device> = fc.record({
  kind: fc.constantFrom("first-stage", "second-stage", "nested", "nested"),
  firstLevels: fc.constantFrom(4, 5),
  secondLevels: fc.constantFrom(3, 4, 5),
  flags: fc.record({
    sre: fc.boolean(),
    wpe: fc.boolean(),
    eafe: fc.boolean(),
    ssade: fc.boolean(),
    pwsnp: mostly,
    pgsnp: fc.boolean(),
  }),
  pages: fc.array(page, { minLength: 1, maxLength: 4 }),
});
const access: fc.Arbitrary<Access> = fc.record({
  device: fc.nat(1),
  // Page 4 is mapped by nobody.
  page: fc.nat(4),
  offset: fc.nat(3),
  access: fc.constantFrom(0, 1, 1, 2, 4, 8).map((type) => type | (8 << 16)),
  withPasid: mostly,
});
const entries = fc.constantFrom(1, 2, 4, 16);
const world = fc.record({
  devices: fc.tuple(device, device),
  caches: fc.record<CacheSizes>({
    context: entries,
    pasid: entries,
    iotlb: entries,
    firstStagePaging: entries,
    secondStagePaging: entries,
  }),
  /** Bits of the tables that are not as they should be. */
  spoilt: fc.array(fc.record({ word: fc.nat(), bit: fc.nat(63) }), { maxLength: 2 }),
  accesses: fc.array(access, { minLength: 8, maxLength: 40 }),
});

const inputOf = (page: number) => 2n * GIB * BigInt(page + 1);
const aligned = (address: bigint, bytes: number) => address & -BigInt(bytes);

/** Guest-physical frames, each mapped to a host frame of its own. */
function guestFrames(second: SecondStageTable, host: FrameSource): FrameSource {
  let next = GUEST_TABLES;
  return {
    allocate: () => {
      next += LARGE;
      second.map(next, host.allocate(1), { accessed: true, dirty: true });
      return next;
    },
  };
}

function buildDevice(device: Device, ground: { memory: GuestMemory; frames: FrameAllocator }) {
  const { kind, firstLevels, secondLevels, pages } = device;
  const secondStage = new SecondStageTable({ ...ground, levels: secondLevels });
  const mapSecond = (input: bigint, { second, output }: Page) =>
    secondStage.map(aligned(input, second.size), aligned(output, second.size), second);
  if (kind === "second-stage") {
    pages.forEach((each, index) => mapSecond(inputOf(index), each));
    return { kind, secondStage };
  }
  const nested = kind === "nested";
  const below = nested
    ? {
        memory: throughSecondStage(ground.memory, secondStage),
        frames: guestFrames(secondStage, ground.frames),
      }
    : ground;
  const firstStage = new FirstStageTable({ ...below, levels: firstLevels });
  pages.forEach((each, index) => {
    const { first } = each;
    const guest = GUEST + inputOf(index);
    const target = aligned(nested ? guest : each.output, first.size);
    firstStage.map(aligned(inputOf(index), first.size), target, first);
    if (nested) mapSecond(guest, each);
  });
  return nested ? { kind, firstStage, secondStage } : { kind, firstStage };
}

function buildMemory(devices: readonly Device[]) {
  const memory = GuestMemory.create({ size: RAM });
  const frames = new FrameAllocator({ start: 0x1000n, end: BigInt(RAM) });
  const tables = ScalableTables.create({ memory, frames });
  devices.forEach((device, index) => {
    const sourceId = 0x100 * (index + 1);
    tables.context(sourceId, { paside: true, dte: true, pre: true });
    const stages = buildDevice(device, { memory, frames });
    for (const pasid of [0, PASID]) {
      tables.pasid(sourceId, pasid, { ...stages, ...device.flags, domain: index + 1 });
    }
  });
  return { memory, rootTableAddress: tables.rootTableAddress };
}

/** Flips bits of words that are not zero: entries of all kinds. */
function spoil(ram: Uint8Array, spoilt: readonly { word: number; bit: number }[]): void {
  const words = new BigUint64Array(ram.buffer, ram.byteOffset, ram.length / 8);
  const entries = Array.from(words.keys()).filter((index) => words[index] !== 0n);
  for (const { word, bit } of spoilt) words[entries[word % entries.length]!]! ^= 1n << BigInt(bit);
}

/** Sends one request as a batch of one; answers its record, and takes what it put into the outbox. */
function send(core: Core, { device, page, offset, access, withPasid }: Access): Uint8Array {
  const { view } = core;
  const record = at("BATCH");
  const address = inputOf(page) + BigInt(0x1000 * offset);
  view.setBigUint64(record + at("REQUEST_ADDRESS"), address, true);
  view.setUint32(record + at("REQUEST_SOURCE_ID"), 0x100 * (device + 1), true);
  view.setUint32(record + at("REQUEST_PASID"), withPasid ? PASID : 0xffff_ffff, true);
  view.setUint32(record + at("REQUEST_ACCESS"), access, true);
  core.exports.translateBatch(record, 1);
  drain(core);
  return new Uint8Array(view.buffer, record, at("REQUEST_SIZE")).slice();
}

/** Guest RAM, behind the state. */
function tablesOf(core: Core): Buffer {
  return Buffer.from(core.view.buffer as ArrayBuffer, core.stateEnd);
}

/** The unit's state, but for the messages to the host. */
function stateOf(core: Core): Buffer {
  const copy = Buffer.from(core.copyState());
  const outbox = at("OUTBOX") - at("STATE_START");
  copy.fill(0, outbox, outbox + at("OUTBOX_SIZE") * at("OUTBOX_COUNT"));
  const latch = at("LATCH") - at("STATE_START");
  for (const end of ["LATCH_OUTBOX_HEAD", "LATCH_OUTBOX_TAIL"]) {
    copy.fill(0, latch + at(end), latch + at(end) + 4);
  }
  return copy;
}

function drain(core: Core): void {
  const latch = at("LATCH");
  const { view } = core;
  const head = view.getUint32(latch + at("LATCH_OUTBOX_HEAD"), true);
  const tail = view.getUint32(latch + at("LATCH_OUTBOX_TAIL"), true);
  view.setUint32(latch + at("LATCH_OUTBOX_HEAD"), Math.max(head, tail), true);
  view.setUint32(latch + at("LATCH_OUTBOX_TAIL"), Math.max(head, tail), true);
}

describe("a request that nobody watches", () => {
  it("leaves answer, caches, counters, fault records and flags as one whose walk is reported", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ devices, caches, spoilt, accesses }) => {
        const { memory, rootTableAddress } = buildMemory(devices);
        const ram = memory.readBytes(0n, RAM);
        if (spoilt.length > 0) spoil(ram, spoilt);
        const workload = { ramBytes: RAM, ram, rootTableAddress, batches: [] };
        const [plain, watched] = await Promise.all(
          [0, TELL].map(async (mode) => {
            const { core } = await createMachine("core", { caches } as never, workload);
            core.exports.explain(mode);
            return core;
          }),
        );
        for (const [index, each] of accesses.entries()) {
          const [answer, told] = [plain!, watched!].map((core) => send(core, each));
          expect(answer, `request ${index}`).toEqual(told);
          const same = stateOf(plain!).equals(stateOf(watched!));
          if (!same) expect(plain!.counters(), `request ${index}`).toEqual(watched!.counters());
          expect(same, `the state of both units is the same after request ${index}`).toBe(true);
        }
        expect(tablesOf(plain!).equals(tablesOf(watched!)), "so are the tables").toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
