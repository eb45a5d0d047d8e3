import { parseSourceId, type SourceId } from "../spec/source-id.js";
import type { MessageSignaledInterrupt } from "../spec/requests.js";
import { encodeEntry, entryAt, type EntryFields, type TableEntry } from "./entry.js";
import { allocateTable, type FrameSource } from "./frames.js";
import { FRAME_SIZE, hex, type TableMemory } from "./table-memory.js";
import { INTERRUPT_ENTRY, IRTA, POSTED_INTERRUPT_ENTRY } from "./structures.js";

/** Who may use an entry (§9.9): everybody, one requester (all but some function bits), or a range of buses. */
export type InterruptSource =
  | "any"
  | {
      readonly sourceId: SourceId;
      /** Function bits of the source-id that are not compared. Default "none". */
      readonly ignore?: "none" | "2" | "2:1" | "2:0";
    }
  | { readonly firstBus: number; readonly lastBus: number };

interface CommonInterruptOptions {
  /** P. Default true. */
  readonly present?: boolean;
  /** FPD: faults of this entry are not recorded, whatever `present` says. Default false. */
  readonly fpd?: boolean;
  /** SVT, SQ and SID. Default "any". */
  readonly source?: InterruptSource;
  /** 0 to 255: V of a remapped entry, VV of a posted one. */
  readonly vector: number;
}

export type DeliveryMode = "fixed" | "lowest-priority" | "smi" | "nmi" | "init" | "extint";

/** A remapped entry (§9.9). */
export interface RemappedInterrupt extends CommonInterruptOptions {
  /** APIC id, 8 bits, or 32 in a table with `extended`. */
  readonly destination: number;
  /** DM: the destination is a logical one. Default false. */
  readonly logical?: boolean;
  /** RH. Default false. */
  readonly redirectionHint?: boolean;
  /** TM: level-triggered. Default false. */
  readonly level?: boolean;
  /** DLM. Default "fixed". */
  readonly delivery?: DeliveryMode;
}

/** A posted entry (§9.10). */
export interface PostedInterruptOptions extends CommonInterruptOptions {
  /** Address of the posted-interrupt descriptor, a multiple of 64. */
  readonly descriptor: bigint;
  /** URG: notified although the descriptor suppresses notifications. Default false. */
  readonly urgent?: boolean;
}

export interface InterruptTableOptions {
  readonly memory: TableMemory;
  readonly frames: FrameSource;
  /** A power of two from 2 to 65536. Default 256, one frame. */
  readonly entries?: number;
  /** EIME: destinations have 32 bits. Default false. */
  readonly extended?: boolean;
}

const ENTRY_BYTES = 16;
const MOST_ENTRIES = 65536;
const REMAPPABLE = 1n << 4n;
const SUBHANDLE_VALID = 1n << 3n;

const DELIVERY: Readonly<Record<DeliveryMode, number>> = {
  fixed: 0,
  "lowest-priority": 1,
  smi: 2,
  nmi: 4,
  init: 5,
  extint: 7,
};
const QUALIFIER = { none: 0, "2": 1, "2:1": 2, "2:0": 3 } as const;

/**
 * An interrupt remapping table in guest memory (§5.1.3). It checks that values fit in their fields, and not
 * that the unit accepts them: entries that must fault are built the same way.
 */
export class InterruptTable {
  /** Address of entry 0. */
  readonly table: bigint;
  readonly entries: number;
  readonly extended: boolean;
  /** Value for the Interrupt Remapping Table Address Register (§11.4.10). */
  readonly tableAddress: bigint;
  readonly #memory: TableMemory;

  private constructor({ memory, frames, entries = 256, extended = false }: InterruptTableOptions) {
    if (!Number.isInteger(entries) || entries < 2 || entries > MOST_ENTRIES) {
      throw new RangeError(`entries is ${entries}: expected a power of two, 2 to ${MOST_ENTRIES}`);
    }
    const size = Math.log2(entries) - 1;
    if (!Number.isInteger(size)) {
      throw new RangeError(`entries is ${entries}: expected a power of two, 2 to ${MOST_ENTRIES}`);
    }
    this.#memory = memory;
    this.entries = entries;
    this.extended = extended;
    const count = Math.ceil((entries * ENTRY_BYTES) / Number(FRAME_SIZE));
    this.table = allocateTable(memory, frames, count);
    const [value = 0n] = encodeEntry(IRTA, { IRTA: this.table, EIME: extended, S: size });
    this.tableAddress = value;
  }

  /** Makes a table without present entries. Throws a RangeError if frames or memory fail. */
  static create(options: InterruptTableOptions): InterruptTable {
    return new InterruptTable(options);
  }

  /** Writes an entry that remaps. @throws {RangeError} if a value does not fit. */
  remapped(index: number, options: RemappedInterrupt): TableEntry {
    const { destination } = options;
    const fields = {
      ...commonFields(options),
      V: options.vector,
      DM: options.logical ?? false,
      RH: options.redirectionHint ?? false,
      TM: options.level ?? false,
      DLM: DELIVERY[options.delivery ?? "fixed"],
      DST: this.extended ? destination : xapicDestination(destination),
    };
    return this.entry(index).write(encodeEntry(INTERRUPT_ENTRY, fields));
  }

  /** Writes an entry that posts. @throws {RangeError} if a value does not fit. */
  posted(index: number, options: PostedInterruptOptions): TableEntry {
    const { descriptor } = options;
    if (descriptor % 64n !== 0n) {
      throw new RangeError(`descriptor is ${hex(descriptor)}: expected a multiple of 0x40`);
    }
    const fields = {
      ...commonFields(options),
      IM: 1,
      VV: options.vector,
      URG: options.urgent ?? false,
      PDAL: (descriptor & 0xffffffffn) >> 6n,
      PDAH: descriptor >> 32n,
    };
    return this.postedEntry(index).write(encodeEntry(POSTED_INTERRUPT_ENTRY, fields));
  }

  /** Clears an entry. */
  remove(index: number): void {
    this.entry(index).clear();
  }

  /** Entry `index`, with the fields of a remapped one. */
  entry(index: number): TableEntry {
    return entryAt(this.#memory, INTERRUPT_ENTRY, this.table, this.#checked(index));
  }

  /** Entry `index`, with the fields of a posted one. */
  postedEntry(index: number): TableEntry {
    return entryAt(this.#memory, POSTED_INTERRUPT_ENTRY, this.table, this.#checked(index));
  }

  #checked(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.entries) {
      throw new RangeError(`index is ${index}: expected 0 to ${this.entries - 1}`);
    }
    return index;
  }
}

/**
 * The message that a device sends to use entry `handle`, or `handle + subhandle` (§5.1.2.2).
 * @throws {RangeError} if one is not within 16 bits.
 */
export function remappableMessage(handle: number, subhandle?: number): MessageSignaledInterrupt {
  for (const [name, value] of Object.entries({ handle, subhandle: subhandle ?? 0 })) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
      throw new RangeError(`${name} is ${value}: expected 0 to 0xffff`);
    }
  }
  const bits = BigInt(handle);
  const address = 0xfee00000n | REMAPPABLE | ((bits & 0x7fffn) << 5n) | ((bits >> 15n) << 2n);
  if (subhandle === undefined) return { address, data: 0 };
  return { address: address | SUBHANDLE_VALID, data: subhandle };
}

/** In xAPIC mode the 8-bit APIC id lies in bits 15:8 of a destination field. */
export function xapicDestination(destination: number): number {
  if (!Number.isInteger(destination) || destination < 0 || destination > 0xff) {
    throw new RangeError(`destination is ${destination}: expected 0 to 0xff without EIME`);
  }
  return destination << 8;
}

function commonFields(options: CommonInterruptOptions): EntryFields {
  return {
    P: options.present ?? true,
    FPD: options.fpd ?? false,
    ...sourceFields(options.source ?? "any"),
  };
}

function sourceFields(source: InterruptSource): EntryFields {
  if (source === "any") return { SVT: 0, SQ: 0, SID: 0 };
  if ("firstBus" in source) {
    const { firstBus, lastBus } = source;
    for (const [name, bus] of Object.entries({ firstBus, lastBus })) {
      if (!Number.isInteger(bus) || bus < 0 || bus > 0xff) {
        throw new RangeError(`${name} is ${bus}: expected 0 to 0xff`);
      }
    }
    return { SVT: 2, SQ: 0, SID: (firstBus << 8) | lastBus };
  }
  return { SVT: 1, SQ: QUALIFIER[source.ignore ?? "none"], SID: parseSourceId(source.sourceId) };
}
