import fc from "fast-check";
import { decodeCapabilities, type UnitCapabilities } from "../../host/oracle/capabilities.js";
import { FaultRecorder } from "../../host/oracle/fault-recording.js";
import { InterruptRemapping } from "../../host/oracle/interrupt-remapping.js";
import { interruptTableOf, type InterruptTable } from "../../host/oracle/interrupt-table.js";
import type { InterruptRequest, RemapInterruptResult } from "../../host/spec/requests.js";
import { inWords, same, type Account } from "./difference.js";
import { Duel } from "./duel.js";
import {
  anyWord,
  clear,
  clearDraw,
  command,
  commandDraw,
  eventDraw,
  event,
  framesOf,
  poison,
  poisonDraw,
  poke,
  queueAddress,
  type CommandStep,
  type Frames,
} from "./duel-steps.js";
import type { Ground } from "./ground.js";
import { bool, DEVICES, mostly, rarely, seldom } from "./world.js";

const ENTRY_BYTES = 16;
/** Indices that entries are drawn for; the table of the smallest size has two. */
const INDICES = [0, 1, 2, 3, 8, 255, 256, 0xffff] as const;
const index = fc.constantFrom(...INDICES, 0, 0, 1, 1, 1, 2, 2, 3);

/** An interrupt remapping table entry (§9.9, §9.10), mostly a good one. */
const entryDraw = fc.record({
  index,
  present: mostly,
  fpd: seldom,
  posted: fc.constantFrom(false, false, true),
  /** DM, RH, TM, DLM of one format; URG of the other. */
  low: fc.nat({ max: 0xff }),
  urgent: bool,
  vector: fc.nat({ max: 255 }),
  destination: fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
  isWide: bool,
  /** Which posted-interrupt descriptor. */
  descriptor: fc.nat({ max: 3 }),
  sourceType: fc.constantFrom(0, 0, 0, 1, 1, 1, 1, 2, 2, 3),
  qualifier: fc.nat({ max: 3 }),
  sourceId: fc.constantFrom(...DEVICES, 0x0011, 0x0002),
  flip: rarely(fc.nat({ max: 127 })),
});
type DrawnEntry = typeof entryDraw extends fc.Arbitrary<infer T> ? T : never;

const stepDraw = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("request" as const),
      /** Through the entry that was written that many entries ago, by the device that it is for. */
      entry: fc.nat({ max: 7 }),
      stranger: rarely(fc.record({ sourceId: fc.constantFrom(...DEVICES, 0x0014, 0x01ff), index })),
      /** Compatibility format. */
      compatible: seldom,
      subhandle: fc.constantFrom(null, null, null, 0, 1, 0xffff),
      reserved: seldom,
      low: fc.nat({ max: 0xff }),
    }),
    weight: 12,
  },
  { arbitrary: fc.record({ kind: fc.constant("entry" as const), entry: entryDraw }), weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant("invalidate" as const),
      global: seldom,
      index,
      mask: fc.constantFrom(0, 0, 1, 2, 4, 15),
    }),
    weight: 6,
  },
  {
    // Posted-interrupt descriptors are software's as well: ON, SN, vectors, and what is reserved.
    arbitrary: fc.record({
      kind: fc.constant("descriptor" as const),
      descriptor: fc.nat({ max: 3 }),
      word: fc.constantFrom(0, 3, 4, 4, 4, 5, 7),
      value: fc.oneof(fc.constantFrom(0n, 1n, 2n, 3n, 0x1234_0055_0000n), anyWord),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("table" as const),
      page: fc.constantFrom(0, 0, 1),
      size: fc.constantFrom(0, 1, 7, 8, 8, 15, 15),
      extended: bool,
      latch: mostly,
    }),
    weight: 2,
  },
  { arbitrary: commandDraw, weight: 2 },
  { arbitrary: clearDraw, weight: 2 },
  { arbitrary: eventDraw, weight: 1 },
  { arbitrary: poisonDraw, weight: 1 },
);
type Step = typeof stepDraw extends fc.Arbitrary<infer T> ? T : never;
type Of<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Draws of `interrupts`. */
export const interruptsDraw = fc.record({
  unit: fc.nat({ max: 0xff }),
  extended: bool,
  entries: fc.array(entryDraw, { minLength: 1, maxLength: 6 }),
  steps: fc.array(stepDraw, { minLength: 1, maxLength: 25 }),
});
type Interrupts = typeof interruptsDraw extends fc.Arbitrary<infer T> ? T : never;

/**
 * Interrupt requests in all formats through entries in all formats: both deliver, post, block and report
 * alike. Until it is invalidated, an entry may be used as it was when it was read (§5.1.7, §6.2.7).
 * @throws Difference
 */
export function interrupts(drawn: Interrupts, ground: Ground, account?: Account): void {
  new Interruptions(drawn, ground, account).play(drawn.steps);
}

/** An entry as it was read. */
type EntryWords = readonly [bigint, bigint];

class Interruptions {
  readonly #ground: Ground;
  readonly #duel: Duel;
  readonly #frames: Frames;
  readonly #decoded: UnitCapabilities;
  /** What the interrupt entry cache may hold. */
  readonly #cached = new Map<number, EntryWords[]>();
  #latched = 0n;
  readonly #written: DrawnEntry[] = [];

  constructor(drawn: Interrupts, ground: Ground, account: Account | undefined) {
    this.#ground = ground;
    ground.image.clear();
    this.#frames = framesOf(ground);
    ground.lay();
    this.#duel = new Duel(ground.unit(drawn.unit), ground, account);
    this.#decoded = decodeCapabilities(this.#duel.unit.capabilities);
    const duel = this.#duel;
    queueAddress(duel, this.#frames, {
      kind: "queue-address",
      page: 0,
      size: 0,
      wide: duel.has("SMTS"),
    });
    this.#table({ page: 0, size: 8, extended: drawn.extended, latch: true });
    this.#command(26);
    this.#command(25);
    drawn.entries.forEach((entry) => this.#write(entry));
  }

  play(steps: readonly Step[]): void {
    const { entries } = this.#duel.unit;
    entries.clear();
    for (const step of steps) this.#perform(step);
    entries.clear();
    this.#duel.compareAll();
  }

  #perform(step: Step): void {
    const duel = this.#duel;
    switch (step.kind) {
      case "request":
        return this.#request(step);
      case "entry":
        return this.#write(step.entry);
      case "invalidate":
        return this.#invalidate(step);
      case "descriptor":
        return this.#descriptor(step);
      case "table":
        return this.#table(step);
      case "command": {
        // Not the root table, which is not there, and not several commands at once.
        const disabled = step.bit === 25 && (duel.read("GSTS") & (1n << 25n)) !== 0n;
        if (step.bit === 30 || step.bit === 31) return;
        if (step.bit === 24) this.#latched = duel.read("IRTA");
        command(duel, { ...step, hostile: null });
        if (duel.has("ESIRTPS") && (step.bit === 24 || disabled)) this.#cached.clear();
        return;
      }
      case "clear":
        return clear(duel, step);
      case "event":
        return event(duel, step);
      case "poison":
        if (step.where !== "pageRequestQueue") poison(duel, this.#ground, this.#frames, step);
        return;
    }
  }

  #command(bit: CommandStep["bit"]): void {
    command(this.#duel, { kind: "command", bit, hostile: null });
  }

  #table({ page, size, extended, latch }: Omit<Of<"table">, "kind">): void {
    const duel = this.#duel;
    const mode = extended && duel.has("EIM") ? 1n << 11n : 0n;
    duel.write("IRTA", BigInt(this.#frames.interruptTable + 4096 * page) | mode | BigInt(size));
    if (!latch || !duel.has("IR")) return;
    this.#latched = duel.read("IRTA");
    this.#command(24);
    if (duel.has("ESIRTPS")) this.#cached.clear();
  }

  /** Software writes an entry of the first page of the table. */
  #write(drawn: DrawnEntry): void {
    this.#written.push(drawn);
    const words = wordsOf(drawn, this.#frames.status);
    const address = this.#frames.interruptTable + ENTRY_BYTES * (drawn.index & 0xff);
    words.forEach((word, place) => poke(this.#ground, address + 8 * place, word));
    this.#duel.note(`memory ${inWords(BigInt(address))}: interrupt entry ${inWords(words)}`);
  }

  #descriptor({ descriptor, word, value }: Of<"descriptor">): void {
    const address = this.#frames.status + 64 * descriptor + 8 * word;
    poke(this.#ground, address, value);
    this.#duel.note(
      `memory ${inWords(BigInt(address))}: posted-interrupt descriptor, ${inWords(value)}`,
    );
  }

  #invalidate({ global, index: first, mask }: Of<"invalidate">): void {
    const duel = this.#duel;
    if (!duel.has("IR")) return;
    const wide = (duel.read("IQA") & 0x800n) !== 0n;
    const tail = Number(duel.read("IQT"));
    const most = duel.unit.capabilities.values["MHMV"]!;
    const used = Math.min(mask, most);
    const selective = (1n << 4n) | (BigInt(used) << 27n) | (BigInt(first) << 32n);
    const words = [4n | (global ? 0n : selective), 0n, 0n, 0n];
    const address = this.#frames.invalidationQueue + tail;
    words
      .slice(0, wide ? 4 : 2)
      .forEach((word, place) => poke(this.#ground, address + 8 * place, word));
    const next = (tail + (wide ? 32 : 16)) % 4096;
    duel.note(
      global
        ? "invalidate all interrupt entries"
        : `invalidate interrupt entries ${first}, mask ${used}`,
    );
    duel.write("IQT", BigInt(next));
    const done = duel.read("IQH") === BigInt(next) && (duel.read("FSTS") & 0x70n) === 0n;
    if (!done || (duel.read("GSTS") & (1n << 26n)) === 0n) return;
    for (const known of [...this.#cached.keys()]) {
      if (global || known >> used === first >> used) this.#cached.delete(known);
    }
  }

  #request(step: Of<"request">): void {
    const duel = this.#duel;
    const written = this.#written[this.#written.length - 1 - (step.entry % this.#written.length)]!;
    const request = requestOf(step, step.stranger ?? written);
    const own = duel.iommu.remapInterrupt(request);
    const entry = this.#entryUsed(request, own);
    const { entries } = duel.unit;
    entries.clear();
    if (entry !== undefined) {
      entries.set(entry.address, entry.words[0]);
      entries.set(entry.address + 8n, entry.words[1]);
    }
    duel.both(
      `remapInterrupt ${inWords(request)}${entry === undefined ? "" : `, with the entry that was ${inWords(entry.words)}`}`,
      () => own,
      () => duel.oracle.remapInterrupt(request),
    );
    entries.clear();
  }

  /** The cached entry with which the answer is legal, if it is not what memory alone gives. */
  #entryUsed(
    request: InterruptRequest,
    own: RemapInterruptResult,
  ): { address: bigint; words: EntryWords } | undefined {
    const table = interruptTableOf(this.#decoded, this.#latched);
    const index = indexOf(request);
    const address = table.address + BigInt(ENTRY_BYTES * index);
    const written = this.#ground.differences();
    const matches = ({ result, writes }: Attempt) =>
      same(comparable(result), comparable(own)) &&
      writes.size === written.length &&
      written.every((word) => writes.get(word.address) === word.unit);
    const { other } = this.#ground;
    const [low, high] = [other.read64(address), other.read64(address + 8n)];
    const fetched: EntryWords | undefined =
      low === undefined || high === undefined ? undefined : [low, high];
    const options = this.#cached.get(index) ?? [];
    const fresh = this.#attempt(request, table, address, undefined);
    const used = matches(fresh)
      ? undefined
      : options.find((words) => matches(this.#attempt(request, table, address, words)));
    const kept = used ?? fetched;
    const isNew = kept !== undefined && !options.some((words) => same(words, kept));
    if (fresh.readsEntry && isNew && this.#isKept(own)) this.#cached.set(index, [...options, kept]);
    return used === undefined ? undefined : { address, words: used };
  }

  /** What the oracle makes of a request, with the entry in memory or with another; memory stays. */
  #attempt(
    request: InterruptRequest,
    table: InterruptTable,
    entryAt: bigint,
    words: EntryWords | undefined,
  ): Attempt {
    const { other } = this.#ground;
    const writes = new Map<bigint, bigint>();
    let readsEntry = false;
    const read = (address: bigint): bigint | undefined => {
      const isEntry = address === entryAt || address === entryAt + 8n;
      readsEntry ||= isEntry;
      if (isEntry && words !== undefined) return words[address === entryAt ? 0 : 1];
      return writes.get(address) ?? other.read64(address);
    };
    const memory = {
      read64: read,
      write64: () => false,
      compareExchange64: (address: bigint, expected: bigint, value: bigint) => {
        if (other.compareExchange64(address, 0n, 0n) === undefined) return undefined;
        const found = read(address);
        if (found === expected && value !== other.read64(address)) writes.set(address, value);
        return found;
      },
    };
    const status = this.#duel.read("GSTS");
    const state = {
      enabled: (status & (1n << 25n)) !== 0n,
      compatibilityFormat: (status & (1n << 23n)) !== 0n,
      table,
    };
    const recorder = new FaultRecorder(8, false);
    const remapping = new InterruptRemapping(this.#decoded, memory, recorder, () => undefined);
    const result = remapping.process(request, state);
    return { result, writes, readsEntry };
  }

  /** Entries with which a request fails may be kept with caching mode alone (§6.1). */
  #isKept(result: RemapInterruptResult): boolean {
    if (result.status !== "fault" || this.#duel.has("CM")) return true;
    return !["IR.22", "IR.23", "IR.24"].includes(result.condition);
  }
}

/** What happens with one of the entries that may be used. */
interface Attempt {
  readonly result: RemapInterruptResult;
  readonly writes: ReadonlyMap<bigint, bigint>;
  readonly readsEntry: boolean;
}

/** The index that a remappable request names (§5.1.3). */
function indexOf({ address, data }: InterruptRequest): number {
  const bits = Number(address);
  const handle = ((bits >> 5) & 0x7fff) | (((bits >> 2) & 1) << 15);
  return (bits & 8) === 0 ? handle : handle + (data & 0xffff);
}

/** An answer without its record, which depends on the faults before it. */
function comparable(result: object): object {
  const { record, fields, logged, ...rest } = result as Record<string, unknown>;
  void fields;
  void logged;
  return { ...rest, suppressed: record === "suppressed" };
}

function requestOf(
  { compatible, subhandle, reserved, low }: Of<"request">,
  { sourceId, index }: { readonly sourceId: number; readonly index: number },
): InterruptRequest {
  if (compatible) return { sourceId, address: 0xfee0_0000n + BigInt(low << 12), data: low };
  const handle = subhandle === null ? index : (index - subhandle) & 0xffff;
  const format = (1 << 4) | (subhandle === null ? 0 : 8);
  const address = 0xfee0_0000 | ((handle & 0x7fff) << 5) | format | ((handle >> 15) << 2);
  const upper = reserved ? 0x1_0000 : 0;
  return { sourceId, address: BigInt(address >>> 0), data: (subhandle ?? low) | upper };
}

function wordsOf(drawn: DrawnEntry, descriptors: number): EntryWords {
  const flag = (set: boolean, bit: number): bigint => (set ? 1n << BigInt(bit) : 0n);
  const { present, fpd, posted, low, urgent, vector, destination, isWide } = drawn;
  const common = flag(present, 0) | flag(fpd, 1) | flag(posted, 15) | (BigInt(vector) << 16n);
  const source =
    BigInt(drawn.sourceId) | (BigInt(drawn.qualifier) << 16n) | (BigInt(drawn.sourceType) << 18n);
  const address = BigInt(descriptors + 64 * drawn.descriptor);
  const target = isWide ? destination : destination & 0xff00n;
  const format = posted
    ? flag(urgent, 14) | ((address & 0xffff_ffffn) << 32n)
    : (BigInt(low & 0xfc) & 0xfcn) | (target << 32n);
  let words: [bigint, bigint] = [common | format, source];
  if (drawn.flip !== null) {
    const bit = 1n << BigInt(drawn.flip & 63);
    words = drawn.flip < 64 ? [words[0] ^ bit, words[1]] : [words[0], words[1] ^ bit];
  }
  return words;
}
