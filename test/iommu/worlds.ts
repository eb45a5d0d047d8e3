/** Translation structures for one device, complete and good: what the tests then spoil. */
import {
  FirstStageTable,
  LegacyTables,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type CommonPasidOptions,
  type FirstStageAttributes,
  type FrameSource,
  type LegacyPassThrough,
  type PageSize,
  type ScalableContextOptions,
  type SecondStageAttributes,
  type TableEntry,
} from "../../host/tables/index.js";
import type { Unit } from "./unit.js";

/** Bus 3, device 2, function 0. */
export const SID = 0x0310;
export const PASID = 5;
/** In the same PASID table as PASID. */
export const RID_PASID = 9;
export const DOMAIN = 0x21;

/** An input address that every table can map, its guest-physical page, and its output. */
export const INPUT = 0x12_3456_7000n;
export const GUEST = 0x5_4321_0000n;
export const OUTPUT = 0x9_8765_4000n;
/** Guest-physical addresses of nested first-stage tables: the first of their frames is the root table. */
const GUEST_TABLES = 0x10_0000_0000n;

/** Entries that have a Fault Processing Disable bit (§7.1.3). */
export type FpdPlace = "context" | "directory" | "pasid";

export interface World {
  readonly unit: Unit;
  readonly rootTableAddress: bigint;
  /** Sets FPD in an entry of that kind; false if the mode has none. */
  setFpd(place: FpdPlace): boolean;
}

export type Kind = "first-stage" | "second-stage" | "nested" | "pass-through";

export interface ScalableOptions {
  readonly kind: Kind;
  readonly firstLevels?: 4 | 5;
  readonly secondLevels?: 3 | 4 | 5;
  readonly context?: ScalableContextOptions;
  readonly pasid?: Partial<CommonPasidOptions>;
  readonly sourceId?: number;
  /** SSIRWE: second-stage entries have IR and IW besides R and W. */
  readonly ssirwe?: boolean;
}

/** One page: where, how large, and with which rights in the stages that there are. */
export interface Mapping {
  readonly input?: bigint;
  readonly guest?: bigint;
  readonly output?: bigint;
  readonly size?: PageSize;
  /** Size in the second stage of a nested world. Default: `size`. */
  readonly secondSize?: PageSize;
  readonly first?: FirstStageAttributes;
  readonly second?: SecondStageAttributes;
}

/** Scalable mode: a context entry that allows everything, and one translation for all its PASIDs. */
export class ScalableWorld implements World {
  readonly unit: Unit;
  readonly kind: Kind;
  readonly sourceId: number;
  readonly tables: ScalableTables;
  readonly ridPasid: number;
  readonly #options: ScalableOptions;
  readonly #first: FirstStageTable | undefined;
  readonly #second: SecondStageTable | undefined;

  constructor(unit: Unit, options: ScalableOptions) {
    this.unit = unit;
    this.#options = options;
    this.kind = options.kind;
    this.sourceId = options.sourceId ?? SID;
    this.ridPasid = options.context?.ridPasid ?? (unit.announces("RPS") ? RID_PASID : 0);
    const ground = { memory: unit.words, frames: unit.frames };
    const { kind, secondLevels = 4, firstLevels = 4, ssirwe = false } = options;
    this.tables = ScalableTables.create({ ...ground, ssirwe });
    if (kind === "second-stage" || kind === "nested") {
      this.#second = new SecondStageTable({ ...ground, levels: secondLevels, ssirwe });
    }
    if (kind === "first-stage") {
      this.#first = new FirstStageTable({ ...ground, levels: firstLevels });
    } else if (kind === "nested") {
      const memory = throughSecondStage(unit.words, this.second);
      const frames = guestFrames(this.second, unit.frames);
      this.#first = new FirstStageTable({ memory, frames, levels: firstLevels });
    }
    this.#writeEntries();
  }

  get first(): FirstStageTable {
    if (this.#first === undefined) throw new Error(`a ${this.kind} world has no first stage`);
    return this.#first;
  }

  get second(): SecondStageTable {
    if (this.#second === undefined) throw new Error(`a ${this.kind} world has no second stage`);
    return this.#second;
  }

  get rootTableAddress(): bigint {
    return this.tables.rootTableAddress;
  }

  #writeEntries(): void {
    const { unit, sourceId } = this;
    const { context = {} } = this.#options;
    this.tables.context(sourceId, {
      dte: unit.announces("DT"),
      paside: unit.announces("PASID"),
      pre: unit.announces("PRS"),
      ridPasid: this.ridPasid,
      ...context,
    });
    for (const pasid of this.#pasids) this.addPasid(pasid);
  }

  /** PASID and RID_PASID, as far as the PASID directory reaches. */
  get #pasids(): number[] {
    const limit = 2 ** ((this.#options.context?.pdts ?? 0) + 13);
    return [PASID, this.ridPasid].filter((pasid) => pasid < limit);
  }

  /** Writes the entry of a PASID, with other flags than the world's if given. */
  addPasid(pasid: number, flags: Partial<CommonPasidOptions> = {}): TableEntry {
    const common = {
      domain: DOMAIN,
      pwsnp: this.unit.announces("SMPWCS"),
      ...this.#options.pasid,
      ...flags,
    };
    const { kind } = this;
    const stages = {
      ...(this.#first !== undefined && { firstStage: this.#first }),
      ...(this.#second !== undefined && { secondStage: this.#second }),
    };
    return this.tables.pasid(this.sourceId, pasid, { kind, ...stages, ...common } as never);
  }

  map(mapping: Mapping = {}): this {
    const { size = 0x1000, secondSize = size, first = {}, second = {} } = mapping;
    const { input = INPUT, guest = GUEST, output = OUTPUT } = mapping;
    const page = (address: bigint, bytes: PageSize) => (address / BigInt(bytes)) * BigInt(bytes);
    if (this.kind === "first-stage") {
      this.first.map(page(input, size), page(output, size), { size, ...first });
    } else if (this.kind === "second-stage") {
      this.second.map(page(input, size), page(output, size), { size, ...second });
    } else if (this.kind === "nested") {
      this.first.map(page(input, size), page(guest, size), { size, ...first });
      const within = page(guest, size) + (input % BigInt(size));
      this.second.map(page(within, secondSize), page(output, secondSize), {
        size: secondSize,
        ...second,
      });
    }
    return this;
  }

  get contextEntry(): TableEntry {
    return this.tables.contextEntry(this.sourceId);
  }

  /** Changes the PASID table entries of PASID and of RID_PASID alike. */
  eachPasidEntry(change: (entry: TableEntry) => void): this {
    for (const pasid of this.#pasids) {
      change(this.tables.pasidEntry(this.sourceId, pasid));
    }
    return this;
  }

  /** Second-stage entry that translates the page of a nested first-stage entry for INPUT. */
  tableMapping(level: 1 | 2 | 3 | 4 | 5): TableEntry {
    return this.second.entry(this.first.entryAddress(INPUT, level), 1);
  }

  start(): this {
    this.unit.start(this.rootTableAddress);
    return this;
  }

  setFpd(place: FpdPlace): boolean {
    if (place === "context") this.contextEntry.set({ FPD: 1 });
    else if (place === "pasid") this.eachPasidEntry((entry) => entry.set({ FPD: 1 }));
    else this.tables.directoryEntry(this.sourceId, PASID).set({ FPD: 1 });
    return true;
  }
}

/** Guest-physical frames behind GUEST_TABLES, each mapped to a host frame of its own. */
function guestFrames(second: SecondStageTable, host: FrameSource): FrameSource {
  let next = GUEST_TABLES;
  return {
    allocate(count) {
      const first = next;
      for (let i = 0; i < count; i++, next += 0x1000n) second.map(next, host.allocate(1));
      return first;
    },
  };
}

export interface LegacyOptions {
  readonly levels?: 3 | 4 | 5;
  /** TT 01b. Default true. */
  readonly deviceTlb?: boolean;
  /** TT 10b with this address width instead of a second stage. */
  readonly passThrough?: LegacyPassThrough["addressWidth"];
}

/** Legacy mode: root and context entry, and a second stage. */
export class LegacyWorld implements World {
  readonly unit: Unit;
  readonly tables: LegacyTables;
  readonly second: SecondStageTable;

  constructor(unit: Unit, options: LegacyOptions = {}) {
    this.unit = unit;
    const ground = { memory: unit.words, frames: unit.frames };
    this.tables = LegacyTables.create(ground);
    this.second = new SecondStageTable({ ...ground, levels: options.levels ?? 4 });
    const { deviceTlb = true, passThrough } = options;
    const domain = DOMAIN;
    if (passThrough === undefined) {
      const secondStage = this.second;
      this.tables.context(SID, { kind: "second-stage", domain, deviceTlb, secondStage });
    } else {
      this.tables.context(SID, { kind: "pass-through", domain, addressWidth: passThrough });
    }
  }

  get rootTableAddress(): bigint {
    return this.tables.rootTableAddress;
  }

  get contextEntry(): TableEntry {
    return this.tables.contextEntry(SID);
  }

  map({ input = INPUT, output = OUTPUT, size = 0x1000, second = {} }: Mapping = {}): this {
    const start = (address: bigint) => (address / BigInt(size)) * BigInt(size);
    this.second.map(start(input), start(output), { size, ...second });
    return this;
  }

  start(): this {
    this.unit.start(this.rootTableAddress);
    return this;
  }

  setFpd(place: FpdPlace): boolean {
    if (place !== "context") return false;
    this.contextEntry.set({ FPD: 1 });
    return true;
  }
}
