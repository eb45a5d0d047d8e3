import {
  FirstStageTable,
  LegacyTables,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type CommonPasidOptions,
  type FirstStageAttributes,
  type FrameSource,
  type PageSize,
  type ScalableContextOptions,
  type SecondStageAttributes,
  type TableEntry,
  type TableMemory,
} from "../../tables/index.js";
import type { CaseNeeds } from "../case.js";
import type { ReportedCapabilities } from "../capabilities.js";

/** How a request is translated: in legacy mode, or by PGTT in scalable mode. */
export const worldKinds = [
  "legacy",
  "legacy-pass-through",
  "first-stage",
  "second-stage",
  "nested",
  "pass-through",
] as const;

export type WorldKind = (typeof worldKinds)[number];

/** What a unit must report for a kind of translation. */
export const needsOfWorld: Readonly<Record<WorldKind, CaseNeeds>> = {
  legacy: { capabilities: [{ SAGAW: { words: "not 0", holds: (value) => value !== 0 } }] },
  "legacy-pass-through": { capabilities: ["PT", "SAGAW"] },
  "first-stage": { capabilities: ["SMTS", "FSTS"] },
  "second-stage": { capabilities: ["SMTS", "SSTS", "SAGAW"] },
  nested: { capabilities: ["SMTS", "NEST", "SAGAW"] },
  "pass-through": { capabilities: ["SMTS", "PT"] },
};

/** A PASID for requests that have one; in the same PASID table as that of requests without. */
export const WORLD_PASID = 5;

export interface WorldOptions {
  readonly sourceId?: number;
  /** Levels of the second stage. Default: the most that SAGAW announces, 4 at most. */
  readonly secondLevels?: 3 | 4 | 5;
  /** Levels of the first stage. Default 4. */
  readonly firstLevels?: 4 | 5;
  /** Fields of the scalable-mode context entry. */
  readonly context?: ScalableContextOptions;
  /** Fields of the PASID table entries. */
  readonly pasid?: Partial<CommonPasidOptions>;
  /** Domain-id. Default 1. */
  readonly domain?: number;
}

/** One run of pages: rights and flags for the stages that there are. */
export interface WorldMapping {
  readonly size?: PageSize;
  readonly count?: number;
  /** Of the first stage. */
  readonly first?: FirstStageAttributes;
  /** Of the second stage. */
  readonly second?: SecondStageAttributes;
  /** Guest-physical address between the stages of a nested world. Default: that of the output. */
  readonly guest?: bigint;
}

interface Ground {
  readonly memory: TableMemory;
  readonly frames: FrameSource;
  readonly capabilities: ReportedCapabilities;
  readonly hostAddressWidth: number;
  readonly sourceId: number;
}

/** Where first-stage tables of a nested world lie for the guest; each frame has a host frame of its own. */
const GUEST_TABLES = 0x20_0000_0000n;

/** Tables of one endpoint, complete and good: the ground of most cases, who then spoil what they test. */
export class World {
  readonly kind: WorldKind;
  readonly sourceId: number;
  readonly domain: number;
  /** PASID of requests without PASID in scalable mode. */
  readonly ridPasid = 0;
  readonly #legacy: LegacyTables | undefined;
  readonly #scalable: ScalableTables | undefined;
  readonly #first: FirstStageTable | undefined;
  readonly #second: SecondStageTable | undefined;
  readonly #options: WorldOptions;
  readonly #capabilities: ReportedCapabilities;

  constructor(kind: WorldKind, ground: Ground, options: WorldOptions = {}) {
    const { memory, frames, capabilities, hostAddressWidth } = ground;
    this.kind = kind;
    this.sourceId = options.sourceId ?? ground.sourceId;
    this.domain = options.domain ?? 1;
    this.#options = options;
    this.#capabilities = capabilities;
    const widest = widestLevels(capabilities.values["SAGAW"]!);
    const levels = options.secondLevels ?? widest ?? 4;
    if (kind === "legacy" || kind === "second-stage" || kind === "nested") {
      this.#second = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
    }
    if (kind === "first-stage") {
      const firstLevels = options.firstLevels ?? 4;
      const accessed = !this.#walksAreSnooped;
      const table = { memory, frames, levels: firstLevels, hostAddressWidth, accessed };
      this.#first = new FirstStageTable(table);
    } else if (kind === "nested") {
      this.#first = new FirstStageTable({
        memory: throughSecondStage(memory, this.second),
        frames: guestFrames(this.second, frames, 12 + 9 * levels),
        levels: options.firstLevels ?? 4,
      });
    }
    if (kind === "legacy" || kind === "legacy-pass-through") {
      this.#legacy = LegacyTables.create({ memory, frames });
      this.#writeLegacy(levels);
    } else {
      this.#scalable = ScalableTables.create({ memory, frames });
      this.#writeScalable();
    }
  }

  /** For RTADDR. */
  get rootTableAddress(): bigint {
    return (this.#legacy ?? this.scalable).rootTableAddress;
  }

  /** Tables of a legacy-mode world. */
  get legacy(): LegacyTables {
    return this.#legacy ?? absent(this.kind, "legacy-mode tables");
  }

  /** Tables of a scalable-mode world. */
  get scalable(): ScalableTables {
    return this.#scalable ?? absent(this.kind, "scalable-mode tables");
  }

  get first(): FirstStageTable {
    return this.#first ?? absent(this.kind, "first stage");
  }

  get second(): SecondStageTable {
    return this.#second ?? absent(this.kind, "second stage");
  }

  get isScalable(): boolean {
    return this.#scalable !== undefined;
  }

  get rootEntry(): TableEntry {
    return (this.#legacy ?? this.scalable).rootEntry(this.sourceId);
  }

  get contextEntry(): TableEntry {
    return (this.#legacy ?? this.scalable).contextEntry(this.sourceId);
  }

  /** PASID directory entry; both PASIDs of the world share it. */
  get directoryEntry(): TableEntry {
    return this.scalable.directoryEntry(this.sourceId, this.ridPasid);
  }

  /** PASID table entry; by default that of requests without PASID. */
  pasidEntry(pasid = this.ridPasid): TableEntry {
    return this.scalable.pasidEntry(this.sourceId, pasid);
  }

  /** Writes the entry of one more PASID, translated as those of the world. */
  addPasid(pasid: number, flags: Partial<CommonPasidOptions> = {}): TableEntry {
    const stages = {
      ...(this.#first !== undefined && { firstStage: this.#first }),
      ...(this.#second !== undefined && { secondStage: this.#second }),
    };
    const common = {
      domain: this.domain,
      pwsnp: this.#walksAreSnooped,
      ...this.#options.pasid,
      ...flags,
    };
    const { kind } = this;
    return this.scalable.pasid(this.sourceId, pasid, { kind, ...stages, ...common } as never);
  }

  /** Makes `input` reach `output`; nothing to do where addresses pass unchanged. */
  map(input: bigint, output: bigint, mapping: WorldMapping = {}): this {
    const { size = 0x1000, count = 1, first = {}, second = {}, guest = output } = mapping;
    const run = { size, count };
    if (this.kind === "first-stage") {
      // SFS.9: a unit whose walks are not snooped sets no flags, so that they have to be there.
      const flags = this.#walksAreSnooped ? {} : { accessed: true, dirty: true };
      this.first.map(input, output, { ...run, ...flags, ...first });
    }
    if (this.kind === "legacy" || this.kind === "second-stage") {
      this.second.map(input, output, { ...run, ...second });
    }
    if (this.kind === "nested") {
      this.first.map(input, guest, { ...run, ...first });
      this.second.map(guest, output, { ...run, ...second });
    }
    return this;
  }

  /** The leaf entry for `input` in the stage that the request meets first. */
  leaf(input: bigint): TableEntry {
    const table = this.#first ?? this.second;
    return table.entry(input, table.walk(input).at(-1).level);
  }

  get #walksAreSnooped(): boolean {
    return this.#capabilities.values["SMPWCS"] === 1;
  }

  #writeLegacy(levels: 3 | 4 | 5): void {
    const { domain } = this;
    if (this.kind === "legacy") {
      const deviceTlb = this.#capabilities.values["DT"] === 1;
      const options = { kind: "second-stage", secondStage: this.second, domain } as const;
      this.legacy.context(this.sourceId, { ...options, deviceTlb });
    } else {
      const addressWidth = ({ 3: 39, 4: 48, 5: 57 } as const)[levels];
      this.legacy.context(this.sourceId, { kind: "pass-through", domain, addressWidth });
    }
  }

  #writeScalable(): void {
    const { values } = this.#capabilities;
    this.scalable.context(this.sourceId, {
      dte: values["DT"] === 1,
      paside: values["PASID"] === 1,
      pre: values["PRS"] === 1,
      ...this.#options.context,
    });
    this.addPasid(this.ridPasid);
    if (values["PASID"] === 1) this.addPasid(WORLD_PASID);
  }
}

function absent(kind: WorldKind, what: string): never {
  throw new Error(`a ${kind} world has no ${what}`);
}

/** Most levels of SAGAW up to 4, else 5. */
function widestLevels(sagaw: number): 3 | 4 | 5 | undefined {
  if (sagaw & 4) return 4;
  if (sagaw & 2) return 3;
  return sagaw & 8 ? 5 : undefined;
}

/** Guest-physical frames, each mapped to a host frame of its own; within 38 bits. */
function guestFrames(second: SecondStageTable, host: FrameSource, width: number): FrameSource {
  let next = GUEST_TABLES % (1n << BigInt(width - 1));
  return {
    allocate(count) {
      const first = next;
      for (let i = 0; i < count; i++, next += 0x1000n) second.map(next, host.allocate(1));
      return first;
    },
  };
}
