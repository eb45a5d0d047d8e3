/**
 * Three PASIDs, one for each way to translate, whose tables were changed behind the unit's caches: what
 * a look-up answers tells which cache has forgotten what.
 */
import {
  FirstStageTable,
  ScalableTables,
  SecondStageTable,
  PAGE_1G,
  type PasidOptions,
} from "../../host/tables/index.js";
import type { QueuedUnit } from "./queued-unit.js";
import { DEVICE, outputOf, PAGE } from "./worlds.js";

export type Kind = "first-stage" | "second-stage" | "nested";
export const KINDS: readonly Kind[] = ["first-stage", "second-stage", "nested"];

export const PASIDS: Readonly<Record<Kind, number>> = {
  "first-stage": 1,
  "second-stage": 2,
  nested: 3,
};
export const DOMAINS: Readonly<Record<Kind, number>> = {
  "first-stage": 0x11,
  "second-stage": 0x12,
  nested: 0x13,
};

/** Two pages that the IOTLB has, in one aligned range of 16 pages. */
export const PAGE_A = 0x1000n;
const PAGE_B = 0x9000n;
/** A page that made the unit cache non-leaf entries, and its neighbour, which was never looked up. */
export const SEEN = 0x8000_0000n;
const UNSEEN = SEEN + PAGE;
/** Here the unit has cached nothing but the PASID entry that leads to it. */
const ELSEWHERE = 0x80_0000_0000n;

const OLD = 0x100_0000_0000n;
const MIDDLE = 0x200_0000_0000n;
const NEW = 0x300_0000_0000n;
const ADDRESSES = [PAGE_A, PAGE_B, SEEN, UNSEEN, ELSEWHERE];

type Table = FirstStageTable | SecondStageTable;

/** What the unit has forgotten about a PASID. */
export interface Forgotten {
  /** The IOTLB entry of PAGE_A, and of PAGE_B. */
  readonly a: boolean;
  readonly b: boolean;
  /** Non-leaf entries for SEEN. */
  readonly tables: boolean;
  readonly pasidEntry: boolean;
}

export class CacheWorld {
  readonly #unit: QueuedUnit;
  readonly #tables: ScalableTables;
  readonly #nestedBelow: SecondStageTable;

  constructor(unit: QueuedUnit) {
    this.#unit = unit;
    const { memory, frames } = unit;
    this.#tables = ScalableTables.create({ memory, frames });
    this.#tables.context(DEVICE, { paside: true, dte: true, pre: true });
    this.#nestedBelow = new SecondStageTable({ memory, frames });
    for (const page of [0n, OLD, MIDDLE, NEW].flatMap((base) => [
      base,
      base + SEEN,
      base + ELSEWHERE,
    ])) {
      this.#nestedBelow.map(page, page, { size: PAGE_1G });
    }
    unit.translateWith(this.#tables.rootTableAddress);
    unit.enableQueue();
    const leaves = new Map(KINDS.map((kind) => [kind, this.#fill(kind)]));
    for (const [kind, table] of leaves) this.#change(kind, table);
  }

  /** Tables with everything at OLD, in the caches but for UNSEEN and ELSEWHERE. */
  #fill(kind: Kind): Table {
    const table = this.#table(kind, OLD);
    this.#point(kind, table);
    for (const address of [PAGE_A, PAGE_B, SEEN])
      outputOf(this.#unit, DEVICE, address, PASIDS[kind]);
    return table;
  }

  /** In place everything goes to MIDDLE; the PASID entry then points to tables with NEW. */
  #change(kind: Kind, table: Table): void {
    const { memory, frames } = this.#unit;
    for (const address of [PAGE_A, PAGE_B, ELSEWHERE]) {
      table.unmap(address);
      table.map(address, MIDDLE + address);
    }
    // The leaf table itself is another one. That of before stays as it was, for stale look-ups.
    const fresh = frames.allocate();
    memory.fill(fresh, 4096);
    table.entry(SEEN, 2).set({ ADDR: fresh });
    for (const address of [SEEN, UNSEEN]) table.map(address, MIDDLE + address);
    this.#point(kind, this.#table(kind, NEW));
  }

  #table(kind: Kind, base: bigint): Table {
    const { memory, frames } = this.#unit;
    const table =
      kind === "second-stage"
        ? new SecondStageTable({ memory, frames })
        : new FirstStageTable({ memory, frames });
    for (const address of ADDRESSES) table.map(address, base + address);
    return table;
  }

  #point(kind: Kind, table: Table): void {
    this.#tables.pasid(DEVICE, PASIDS[kind], this.#entry(kind, table));
  }

  #entry(kind: Kind, table: Table): PasidOptions {
    const domain = DOMAINS[kind];
    if (kind === "second-stage") {
      return { kind, domain, secondStage: table };
    }
    const firstStage = table as FirstStageTable;
    if (kind === "first-stage") return { kind, domain, firstStage };
    return { kind, domain, firstStage, secondStage: this.#nestedBelow };
  }

  /** Looks, once: looking fills the caches. */
  forgotten(kind: Kind): Forgotten {
    const base = (address: bigint) => {
      const output = outputOf(this.#unit, DEVICE, address, PASIDS[kind]);
      if (typeof output === "string")
        throw new Error(`${kind} 0x${address.toString(16)}: ${output}`);
      return output - address;
    };
    const pasidEntry = base(ELSEWHERE) === NEW;
    return {
      a: base(PAGE_A) !== OLD,
      b: base(PAGE_B) !== OLD,
      tables: base(UNSEEN) !== OLD,
      pasidEntry,
    };
  }
}
