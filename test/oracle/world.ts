import { Oracle } from "../../host/oracle/index.js";
import { registersOf, type Features } from "./registers-by-hand.js";
import { SparseMemory } from "./sparse-memory.js";

/** Tables have bit 12 of their address set, the lowest one that counts. The requester is on bus 3, in the lower half of its bus. */
export const SID = 0x0308;
/** PASID of requests with PASID, and the one of requests without. Both lead to the same page tables. */
export const PASID = 0x45;
export const RID_PASID = 0x43;

export const ROOT_TABLE = 0x1000n;
export const ROOT_ENTRY = ROOT_TABLE + 3n * 16n;
const CONTEXT_TABLE = 0x5000n;
export const LEGACY_CONTEXT = CONTEXT_TABLE + 0x08n * 16n;
export const SCALABLE_CONTEXT = CONTEXT_TABLE + 0x08n * 32n;
export const PASID_DIRECTORY = 0x7000n;
export const DIRECTORY_ENTRY = PASID_DIRECTORY + 8n;
const PASID_TABLE = 0x9000n;
export const PASID_ENTRY = PASID_TABLE + 5n * 64n;
export const RID_PASID_ENTRY = PASID_TABLE + 3n * 64n;
export const PASID_ENTRIES = [PASID_ENTRY, RID_PASID_ENTRY] as const;

/** First-stage and second-stage root tables; the first-stage one is a guest address when nested. */
export const FIRST_STAGE_ROOT = 0x10_1000n;
export const SECOND_STAGE_ROOT = 0x20_1000n;
/** Under nesting, guest address g lies at host address g + GUEST_BASE. */
export const GUEST_BASE = 0x1_0000_0000n;

export const LEGACY = 0n << 10n;
export const SCALABLE = 1n << 10n;
export const RESERVED_MODE = 2n << 10n;
export const ABORT_DMA = 3n << 10n;
export const SSIRWE = 1n << 7n;

/** First-stage bits. */
export const P = 1n << 0n;
export const RW = 1n << 1n;
export const US = 1n << 2n;
export const FS_A = 1n << 5n;
export const FS_D = 1n << 6n;
export const EA = 1n << 10n;
/** Second-stage bits. */
export const R = 1n << 0n;
export const W = 1n << 1n;
export const SS_A = 1n << 8n;
export const SS_D = 1n << 9n;
export const SNP = 1n << 11n;
export const IR = 1n << 61n;
export const IW = 1n << 62n;
export const PS = 1n << 7n;

export interface MapOptions {
  /** Levels of the table. Default 4. */
  levels?: number;
  /** Level of the leaf: 1, or 2 or 3 for large pages. Default 1. */
  leaf?: number;
  /** Bits of the leaf besides address and PS. */
  flags?: bigint;
  /** Bits of the entries above the leaf besides the address. */
  tableFlags?: bigint;
}

/** A unit and its memory, with tables that tests build entry by entry. */
export class World {
  readonly memory = new SparseMemory();
  readonly oracle: Oracle;
  #nextTable = 0x30_0000n;
  #nested = false;

  constructor(features: Features = {}, faultCollapse = false) {
    this.oracle = new Oracle({ memory: this.memory, faultCollapse, ...registersOf(features) });
  }

  enable(mode: bigint): this {
    this.oracle.state = {
      translationEnabled: true,
      rootTableAddress: ROOT_TABLE | mode,
      interruptRemappingEnabled: false,
    };
    return this;
  }

  /** Root and context entry of legacy mode with 4-level tables: TT = 01b unless said otherwise. */
  legacy(translationType = 1n): this {
    this.memory.write64(ROOT_ENTRY, CONTEXT_TABLE | P);
    this.memory.write64(LEGACY_CONTEXT, SECOND_STAGE_ROOT | (translationType << 2n) | P);
    this.memory.write64(LEGACY_CONTEXT + 8n, (7n << 8n) | 2n);
    return this.enable(LEGACY);
  }

  /** Everything down to two PASID-table entries of the type, with 4-level tables and PWSNP. */
  scalable(pgtt: bigint): this {
    this.#nested = pgtt === 3n;
    this.memory.write64(ROOT_ENTRY, CONTEXT_TABLE | P);
    // P, DTE, PASIDE, PRE, EPTR; PDTS = 0: PASIDs of 13 bits.
    this.memory.write64(SCALABLE_CONTEXT, PASID_DIRECTORY | 0b1011101n);
    this.memory.write64(SCALABLE_CONTEXT + 8n, BigInt(RID_PASID));
    this.memory.write64(DIRECTORY_ENTRY, PASID_TABLE | P);
    for (const entry of PASID_ENTRIES) {
      this.memory.setField(entry, 0, 0, 1n);
      this.memory.setField(entry, 8, 6, pgtt);
      this.memory.setField(entry, 79, 64, 9n);
      this.memory.setField(entry, 87, 87, 1n);
      if (pgtt === 2n || pgtt === 3n) {
        this.memory.setField(entry, 4, 2, 2n);
        this.memory.setField(entry, 63, 12, SECOND_STAGE_ROOT >> 12n);
      }
      if (pgtt === 1n || pgtt === 3n) {
        this.memory.setField(entry, 191, 140, FIRST_STAGE_ROOT >> 12n);
      }
    }
    if (this.#nested) this.mapGuestPage(FIRST_STAGE_ROOT);
    return this.enable(SCALABLE);
  }

  /** Sets a field in both PASID-table entries. */
  setPasidField(high: number, low: number, value: bigint): this {
    for (const entry of PASID_ENTRIES) this.memory.setField(entry, high, low, value);
    return this;
  }

  setField(entry: bigint, high: number, low: number, value: bigint): this {
    this.memory.setField(entry, high, low, value);
    return this;
  }

  /** Host address of a first-stage entry. */
  firstStageHost(address: bigint): bigint {
    return this.#nested ? address + GUEST_BASE : address;
  }

  /** Maps a page in the first stage; the host addresses of its entries, topmost first. */
  mapFirst(input: bigint, output: bigint, options: MapOptions = {}): bigint[] {
    const flags = options.flags ?? P | RW | US;
    const tableFlags = options.tableFlags ?? P | RW | US;
    return this.#map(
      FIRST_STAGE_ROOT,
      input,
      output,
      { ...options, flags, tableFlags },
      (table) => {
        if (this.#nested) this.mapGuestPage(table);
      },
    ).map((entry) => this.firstStageHost(entry));
  }

  /** Maps a page in the second stage; the addresses of its entries, topmost first. */
  mapSecond(input: bigint, output: bigint, options: MapOptions = {}): bigint[] {
    const flags = options.flags ?? R | W;
    const tableFlags = options.tableFlags ?? R | W;
    return this.#map(SECOND_STAGE_ROOT, input, output, { ...options, flags, tableFlags });
  }

  /** Maps the 4 KiB guest page at its place in host memory. */
  mapGuestPage(guest: bigint, options: MapOptions = {}): bigint[] {
    return this.mapSecond(guest, guest + GUEST_BASE, options);
  }

  #map(
    root: bigint,
    input: bigint,
    output: bigint,
    options: MapOptions,
    onNewTable?: (table: bigint) => void,
  ): bigint[] {
    const place = (address: bigint): bigint =>
      onNewTable === undefined ? address : this.firstStageHost(address);
    const { levels = 4, leaf = 1, flags = 0n, tableFlags = 0n } = options;
    const entries: bigint[] = [];
    let table = root;
    for (let level = levels; ; level--) {
      const index = (input >> BigInt(12 + 9 * (level - 1))) & 0x1ffn;
      const entry = table + 8n * index;
      entries.push(entry);
      if (level === leaf) {
        this.memory.write64(place(entry), output | flags | (leaf > 1 ? PS : 0n));
        return entries;
      }
      const present = this.memory.read64(place(entry)) ?? 0n;
      table = present & 0xf_ffff_ffff_f000n;
      if (table === 0n) {
        table = this.#nextTable;
        this.#nextTable += 0x1000n;
        this.memory.write64(place(entry), table | tableFlags);
        onNewTable?.(table);
      }
    }
  }

  /** The word at an address, to look at flags. */
  word(address: bigint | undefined): bigint {
    if (address === undefined) throw new RangeError("no entry at that level");
    return this.memory.read64(address) ?? 0n;
  }
}
