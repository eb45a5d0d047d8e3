/** Steps that several kinds of duel draw: registers, commands, descriptors, time. */
import fc from "fast-check";
import { invalidationDescriptors } from "../../host/spec/descriptors.js";
import type { Descriptor } from "../../host/spec/fields.js";
import type { Duel } from "./duel.js";
import type { Ground } from "./ground.js";
import { MEMORY_SIZE } from "./table-image.js";
import { bool, DEVICES, rarely, seldom } from "./world.js";

/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const KEPT = 0x96ff_ffffn;
const ADDRESS = 0x000f_ffff_ffff_f000n;
/** Somewhere behind RAM. */
const NOWHERE = BigInt(4 * MEMORY_SIZE);
const U64 = (1n << 64n) - 1n;

export const anyWord = fc.oneof(
  fc.bigInt({ min: 0n, max: U64 }),
  fc.constantFrom(0n, U64, 1n, 0x8000_0000n, 0xffff_ffffn),
  fc.nat({ max: 63 }).map((bit) => 1n << BigInt(bit)),
);

/** Frames of a duel that no table lies in. */
export interface Frames {
  /** Four pages for the invalidation queue. */
  readonly invalidationQueue: number;
  /** Four pages for the page request queue. */
  readonly pageRequestQueue: number;
  /** Where waits write, and posted-interrupt descriptors lie. */
  readonly status: number;
  /** Two pages of interrupt entries. */
  readonly interruptTable: number;
}

export function framesOf({ image }: Ground): Frames {
  const several = (name: string, count: number) => {
    const first = image.frame(name);
    for (let frame = 1; frame < count; frame++) image.frame(name);
    return first;
  };
  return {
    invalidationQueue: several("invalidation queue", 4),
    pageRequestQueue: several("page request queue", 4),
    status: several("status", 1),
    interruptTable: several("interrupt remapping table", 2),
  };
}

// ---- commands ----

export const commandDraw = fc.record({
  kind: fc.constant("command" as const),
  bit: fc.constantFrom(31, 30, 27, 26, 26, 26, 25, 24, 23),
  hostile: rarely(fc.bigInt({ min: 0n, max: 0xffff_ffffn })),
});
export type CommandStep = typeof commandDraw extends fc.Arbitrary<infer T> ? T : never;

/** Changes one bit of GCMD as software should, or writes anything. */
export function command(duel: Duel, { bit, hostile }: CommandStep): void {
  const changed = (duel.read("GSTS") & KEPT) ^ (1n << BigInt(bit));
  duel.write("GCMD", hostile ?? changed);
}

// ---- registers ----

/** Registers that a stranger may write without moving tables or queues onto each other. */
const WRITABLE = [
  "FSTS",
  "FECTL",
  "FEDATA",
  "FEADDR",
  "FEUADDR",
  "ICS",
  "IECTL",
  "IEDATA",
  "IEADDR",
  "IEUADDR",
  "PRS",
  "PECTL",
  "PEDATA",
  "PEADDR",
  "PEUADDR",
  "PQH",
  "IQH",
  "IQERCD",
  "GSTS",
  "VER",
  "CAP",
  "ECAP",
  "CCMD",
  "IVA",
  "IOTLB",
  "PMEN",
  "PLMBASE",
  "PLMLIMIT",
  "PHMBASE",
  "PHMLIMIT",
  "FRCD0",
  "FRCD1",
  "FRCD7",
] as const;

export const writeDraw = fc.record({
  kind: fc.constant("write" as const),
  register: fc.constantFrom(...WRITABLE),
  value: anyWord,
  /** Bytes from the start of the register; 64-bit registers may be written in halves. */
  step: fc.constantFrom(0, 0, 0, 4, 8, 12),
  size: fc.constantFrom(4, 8, 8),
});
export type WriteStep = typeof writeDraw extends fc.Arbitrary<infer T> ? T : never;

export function write(duel: Duel, { register, value, step, size }: WriteStep): void {
  const place = duel.place(register);
  if (place === undefined) return;
  const offset = place.offset + (step % place.bytes);
  const bytes = place.bytes === 4 || offset % 8 !== 0 ? 4 : size;
  duel.access(
    { kind: "write", offset, size: bytes, value: BigInt.asUintN(8 * bytes, value) },
    register,
  );
}

/** Accesses that the manual leaves undefined, and registers that are not there. */
export const oddAccessDraw = fc.record({
  kind: fc.constant("odd-access" as const),
  write: bool,
  offset: fc.oneof(fc.nat({ max: 0x1010 }), fc.constantFrom(0x60, 0x98, 0xd8, 0xf2, 0xffc)),
  size: fc.constantFrom(1, 2, 4, 8, 16),
  value: anyWord,
});
export type OddAccessStep = typeof oddAccessDraw extends fc.Arbitrary<infer T> ? T : never;

/** Registers whose value decides where tables and queues lie: other steps write those. */
/** Registers from here up are those that the oracle does not have, in units that have them. */
const UNMODELLED = 0x300;

const MOVING = ["RTADDR", "IQA", "PQA", "IRTA", "GCMD", "IQT", "PQT"];

export function oddAccess(duel: Duel, step: OddAccessStep): void {
  const { offset, size, value } = step;
  // Performance monitoring and enhanced commands are not in the oracle.
  if (offset + size > UNMODELLED && (duel.has("PMS") || duel.has("ECMDS"))) return;
  const reach = Math.max(size, 8);
  const moves = MOVING.map((name) => duel.place(name)).some(
    (place) => place !== undefined && offset < place.offset + 8 && place.offset < offset + reach,
  );
  const kind = step.write && !moves ? "write" : "read";
  duel.access({ kind, offset, size, value: BigInt.asUintN(8 * Math.min(size, 8), value) });
}

/** Software clears what a status register shows. */
export const clearDraw = fc.record({
  kind: fc.constant("clear" as const),
  register: fc.constantFrom("FSTS", "FSTS", "ICS", "PRS", "FRCD0", "FRCD1"),
});
export type ClearStep = typeof clearDraw extends fc.Arbitrary<infer T> ? T : never;

export function clear(duel: Duel, { register }: ClearStep): void {
  const place = duel.place(register);
  if (place === undefined) return;
  const value = duel.read(register);
  if (place.bytes < 16) {
    duel.write(register, value);
    return;
  }
  duel.access({ kind: "write", offset: place.offset + 8, size: 8, value: value >> 64n }, register);
}

/** The message of an event, and its mask. */
export const eventDraw = fc.record({
  kind: fc.constant("event" as const),
  control: fc.constantFrom("FECTL", "IECTL", "PECTL"),
  mask: fc.constantFrom(0n, 0n, 0x8000_0000n),
  data: fc.nat({ max: 0xffff }).map(BigInt),
});
export type EventStep = typeof eventDraw extends fc.Arbitrary<infer T> ? T : never;

export function event(duel: Duel, { control, mask, data }: EventStep): void {
  duel.write(control.replace("CTL", "DATA"), data);
  duel.write(control, mask);
}

// ---- the invalidation queue ----

const fieldValues = fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 8, maxLength: 8 });

export const queueAddressDraw = fc.record({
  kind: fc.constant("queue-address" as const),
  page: fc.constantFrom(0, 0, 0, 1, 99),
  size: fc.constantFrom(0, 0, 0, 1, 2, 7),
  wide: fc.constantFrom(true, true, true, false),
});
export type QueueAddressStep = typeof queueAddressDraw extends fc.Arbitrary<infer T> ? T : never;

export function queueAddress(duel: Duel, frames: Frames, step: QueueAddressStep): void {
  const base = step.page === 99 ? NOWHERE : BigInt(frames.invalidationQueue + 4096 * step.page);
  duel.write("IQA", base | (step.wide ? 1n << 11n : 0n) | BigInt(step.size));
}

/** What is wrong with a descriptor. */
const corruptDraw = fc.oneof(
  { arbitrary: fc.constant(null), weight: 12 },
  {
    arbitrary: fc.record({ word: fc.nat({ max: 3 }), bits: anyWord }),
    weight: 1,
  },
);

const descriptorDraw = fc.record({
  /** Place in host/spec/descriptors.ts. */
  type: fc.constantFrom(...invalidationDescriptors.map(({ name }) => name), "WAIT", "DEV_TLB_INV"),
  values: fieldValues,
  corrupt: corruptDraw,
});
export type DrawnDescriptor = typeof descriptorDraw extends fc.Arbitrary<infer T> ? T : never;

export const submitDraw = fc.record({
  kind: fc.constant("submit" as const),
  descriptors: fc.array(descriptorDraw, { minLength: 1, maxLength: 4 }),
});
export type SubmitStep = typeof submitDraw extends fc.Arbitrary<infer T> ? T : never;

/** Writes descriptors at the tail, and the new tail. */
export function submit(duel: Duel, ground: Ground, frames: Frames, step: SubmitStep): void {
  const address = duel.read("IQA");
  const stride = (address & 0x800n) === 0n ? 16 : 32;
  const bytes = 4096 << Number(address & 7n);
  let tail = Number(duel.read("IQT")) & ~(stride - 1);
  for (const drawn of step.descriptors) {
    const words = encode(drawn, duel, frames);
    const lies = Number(address & ADDRESS) + tail;
    for (let word = 0; word < stride / 8; word++) poke(ground, lies + 8 * word, words[word]!);
    duel.note(
      `memory 0x${lies.toString(16)}: ${drawn.type} ${words.map((w) => `0x${w.toString(16)}`).join(" ")}`,
    );
    tail = (tail + stride) % bytes;
  }
  duel.write("IQT", BigInt(tail));
}

/** Writes a word to both memories, poisoned or not; nothing outside of RAM. */
export function poke(ground: Ground, address: number, value: bigint): void {
  for (const memory of [ground.own, ground.other]) {
    if (!memory.contains(BigInt(address), 8)) continue;
    memory.write32(BigInt(address), Number(value & 0xffff_ffffn));
    memory.write32(BigInt(address) + 4n, Number(value >> 32n));
  }
}

function encode({ type, values, corrupt }: DrawnDescriptor, duel: Duel, frames: Frames): bigint[] {
  const descriptor = invalidationDescriptors.find(({ name }) => name === type)!;
  const words = [0n, 0n, 0n, 0n];
  descriptor.fields.forEach((field, index) => {
    const value = fieldValue(descriptor, field, values[index % values.length]!, duel, frames);
    const width = BigInt(field.high - field.low + 1);
    const kept = value & ((1n << width) - 1n);
    words[field.low >> 6] = words[field.low >> 6]! | (kept << BigInt(field.low & 63));
  });
  if (corrupt !== null) words[corrupt.word] = words[corrupt.word]! ^ corrupt.bits;
  return words;
}

function fieldValue(
  descriptor: Descriptor,
  field: Descriptor["fields"][number],
  drawn: number,
  duel: Duel,
  frames: Frames,
): bigint {
  const among = <T>(choices: readonly T[]) => choices[drawn % choices.length]!;
  switch (field.name) {
    case "TYPE_LOW":
      return BigInt(descriptor.type & 0xf);
    case "TYPE_HIGH":
      return BigInt(descriptor.type >> 4);
    case "G":
      return drawn % 16 === 0 ? BigInt(drawn >> 4) : BigInt(among(field.values!).value);
    case "SID":
    case "RID":
      return BigInt(among(DEVICES));
    case "AM":
      return BigInt(among([0, 0, 1, 9, 18, 19, 63]));
    case "IM":
      return BigInt(among([0, 0, 1, 4, 15, 31]));
    case "IIDX":
      return BigInt(among([0, 1, 5, 16, 0xffff]));
    case "MIP":
      return BigInt(among([0, 0, 0, 1, 2, 31]));
    case "RC":
      return BigInt(among([0, 0, 1, 15, 15, 7]));
    case "PASID":
      return BigInt(among([0, 1, 5, 64, 0xfffff]));
    case "DID":
      return BigInt(drawn % 64);
    case "STATUS_ADDR": {
      const place = frames.status + 4 * (drawn % 64);
      return among([BigInt(place), BigInt(place), BigInt(place), NOWHERE]) >> 2n;
    }
    case "PFSID_LOW":
    case "PFSID_HIGH":
      return duel.has("DIT") || drawn % 16 === 0 ? BigInt(drawn % 2) : 0n;
    case "PD":
      return duel.has("PDS") || drawn % 16 === 0 ? BigInt(drawn) : 0n;
    default:
      return BigInt(drawn);
  }
}

export const tailDraw = fc.record({
  kind: fc.constant("tail" as const),
  value: fc.oneof(
    fc.nat({ max: 255 }).map((entry) => BigInt(16 * entry)),
    anyWord,
  ),
});

// ---- devices and time ----

export const completeDraw = fc.record({
  kind: fc.constant("complete" as const),
  /** Which of the requests that were sent, from the last one back. */
  which: fc.nat({ max: 7 }),
  wrong: seldom,
});
export type CompleteStep = typeof completeDraw extends fc.Arbitrary<infer T> ? T : never;

/** A device answers an invalidate request; or one that nobody waits for. */
export function complete(duel: Duel, { which, wrong }: CompleteStep): void {
  const requests = duel.sent.filter(([kind]) => kind === "deviceTlbInvalidate");
  const request = requests.at(-1 - which)?.[1] as { sourceId: number; itag: number } | undefined;
  if (request === undefined && !wrong) return;
  const { sourceId, itag } = request ?? { sourceId: DEVICES[0], itag: which };
  const completion = { sourceId, itag: wrong ? (itag + 1) % 32 : itag };
  duel.both(
    `completeInvalidation of ${JSON.stringify(completion)}`,
    () => duel.iommu.completeInvalidation(completion),
    () => duel.oracle.completeInvalidation(completion),
  );
}

export const advanceDraw = fc.record({
  kind: fc.constant("advance" as const),
  ticks: fc.constantFrom(1, 500_000, 999_999, 1_000_000, 3_000_000),
});
export type AdvanceStep = typeof advanceDraw extends fc.Arbitrary<infer T> ? T : never;

export function advance(duel: Duel, { ticks }: AdvanceStep): void {
  duel.both(
    `advance ${ticks}`,
    () => duel.iommu.advance(ticks),
    () => duel.oracle.advance(ticks),
  );
}

export const resetDraw = fc.record({
  kind: fc.constant("reset" as const),
  how: fc.constantFrom("warm" as const, "warm" as const, "power-good" as const),
});
/** IQE and ITE. */
const QUEUE_ERRORS = 0x50n;

export const poisonDraw = fc.record({
  kind: fc.constant("poison" as const),
  where: fc.constantFrom("invalidationQueue", "pageRequestQueue", "status", "interruptTable"),
  offset: fc.nat({ max: 511 }).map((word) => 8 * word),
  length: fc.constantFrom(8, 32, 4096),
  access: fc.constantFrom("reads", "writes", "both", "heal", "heal"),
});
export type PoisonStep = typeof poisonDraw extends fc.Arbitrary<infer T> ? T : never;

/** Accesses to a queue, a table or a status word begin to fail, or are all well again. */
export function poison(duel: Duel, ground: Ground, frames: Frames, step: PoisonStep): void {
  const { where, offset, length, access } = step;
  // A descriptor that is held may be fetched again, or not: only what was not fetched may begin to fail.
  const stopped = (duel.read("FSTS") & QUEUE_ERRORS) !== 0n;
  const holds = duel.read("IQH") !== duel.read("IQT") && !stopped;
  if (where === "invalidationQueue" && holds) return;
  const start = BigInt(frames[where] + (length === 4096 ? 0 : offset));
  duel.note(
    access === "heal"
      ? "memory is healed"
      : `${access} of ${where} fail at 0x${start.toString(16)}, ${length} bytes`,
  );
  for (const memory of [ground.own, ground.other]) {
    if (access === "heal") memory.heal();
    else memory.poison(start, length, { reads: access !== "writes", writes: access !== "reads" });
  }
}
