/** Translation tables whose changes show in the output address: what invalidations are judged by. */
import type { TranslateResult } from "../../host/index.js";
import {
  FirstStageTable,
  LegacyTables,
  PAGE_1G,
  ScalableTables,
  SecondStageTable,
  type PasidOptions,
} from "../../host/tables/index.js";
import type { QueuedUnit } from "./queued-unit.js";

export const PAGE = 0x1000n;
export const GIB = 0x4000_0000n;

/** The output address of a read, or what became of it instead. */
export function outputOf(
  unit: QueuedUnit,
  sourceId: number,
  address: bigint,
  pasid?: number,
): bigint | string {
  return shown(unit.iommu.translate({ sourceId, pasid, address, access: "read" }));
}

function shown(result: TranslateResult): bigint | string {
  if (result.status === "ok") return result.address;
  return result.status === "fault" ? result.condition : result.status;
}

/** Legacy mode: a table of pages for each domain. */
export class LegacyWorld {
  readonly tables: LegacyTables;
  readonly #unit: QueuedUnit;
  readonly #domains = new Map<number, SecondStageTable>();

  constructor(unit: QueuedUnit) {
    this.#unit = unit;
    this.tables = LegacyTables.create({ memory: unit.memory, frames: unit.frames });
  }

  /** Puts a device into a domain. */
  attach(sourceId: number, domain: number): void {
    const table = this.table(domain);
    this.tables.context(sourceId, { kind: "second-stage", domain, secondStage: table });
  }

  table(domain: number): SecondStageTable {
    let table = this.#domains.get(domain);
    if (table === undefined) {
      const { memory, frames } = this.#unit;
      table = new SecondStageTable({ memory, frames, levels: 3 });
      this.#domains.set(domain, table);
    }
    return table;
  }

  start(): void {
    this.#unit.translateWith(this.tables.rootTableAddress);
  }
}

/**
 * Context entries that can be told apart: a device looks up 1 GiB pages, in tables without non-leaf
 * entries, and each look uses a page that no cache has seen.
 */
export class ContextWorld {
  readonly #unit: QueuedUnit;
  readonly #tables: LegacyTables;
  readonly #stages: readonly [SecondStageTable, SecondStageTable];
  #nextPage = 0n;

  constructor(unit: QueuedUnit) {
    const { memory, frames } = unit;
    this.#unit = unit;
    this.#tables = LegacyTables.create({ memory, frames });
    const stage = (output: bigint) => {
      const table = new SecondStageTable({ memory, frames, levels: 3 });
      table.map(0n, output, { size: PAGE_1G, count: 512 });
      return table;
    };
    this.#stages = [stage(0n), stage(512n * GIB)];
    unit.translateWith(this.#tables.rootTableAddress);
  }

  /** Writes the context entries of devices, and has the unit cache them. */
  attach(devices: Readonly<Record<number, number>>): void {
    for (const [sourceId, domain] of Object.entries(devices)) {
      this.#write(Number(sourceId), domain, 0);
      this.look(Number(sourceId));
    }
  }

  /** Rewrites the entries, in memory alone, so that they lead to other output addresses. */
  change(devices: Readonly<Record<number, number>>): void {
    for (const [sourceId, domain] of Object.entries(devices))
      this.#write(Number(sourceId), domain, 1);
  }

  /** Which of the two entries of a device the unit uses. */
  look(sourceId: number): "old" | "new" {
    const page = this.#nextPage++ * GIB;
    const output = outputOf(this.#unit, sourceId, page);
    if (output === page) return "old";
    if (output === page + 512n * GIB) return "new";
    throw new Error(`device 0x${sourceId.toString(16)} was answered ${output}`);
  }

  #write(sourceId: number, domain: number, stage: 0 | 1): void {
    const secondStage = this.#stages[stage];
    this.#tables.context(sourceId, { kind: "second-stage", domain, secondStage });
  }
}

export const DEVICE = 0x0028;

/** Scalable mode: a device, and PASIDs with what they translate by. */
export class ScalableWorld {
  readonly tables: ScalableTables;
  readonly #unit: QueuedUnit;

  constructor(unit: QueuedUnit, devices: readonly number[] = [DEVICE]) {
    const { memory, frames } = unit;
    this.#unit = unit;
    this.tables = ScalableTables.create({ memory, frames });
    for (const device of devices) {
      this.tables.context(device, {
        dte: unit.announces("DT"),
        pre: unit.announces("PRS"),
        paside: unit.announces("PASID"),
      });
    }
  }

  firstStage(): FirstStageTable {
    const { memory, frames } = this.#unit;
    return new FirstStageTable({ memory, frames });
  }

  secondStage(): SecondStageTable {
    const { memory, frames } = this.#unit;
    return new SecondStageTable({ memory, frames, levels: 4 });
  }

  pasid(pasid: number, options: PasidOptions, device = DEVICE): void {
    this.tables.pasid(device, pasid, options);
  }

  start(): void {
    this.#unit.translateWith(this.tables.rootTableAddress);
  }
}

/** Pages of legacy domains whose leaf entries move away under the IOTLB. */
export class PageWorld extends LegacyWorld {
  readonly #unit: QueuedUnit;
  /** Devices by their domain. */
  readonly #devices = new Map<number, number>();

  constructor(unit: QueuedUnit, devices: Readonly<Record<number, number>>) {
    super(unit);
    this.#unit = unit;
    for (const [sourceId, domain] of Object.entries(devices)) {
      this.attach(Number(sourceId), domain);
      this.#devices.set(domain, Number(sourceId));
    }
  }

  /** Maps `count` pages of each domain from 0 on, has them cached, and maps them elsewhere. */
  cacheAndMove(count: number): void {
    for (const [domain, device] of this.#devices) {
      const table = this.table(domain);
      table.map(0n, BigInt(domain) * GIB, { count });
      for (let page = 0; page < count; page++) outputOf(this.#unit, device, BigInt(page) * PAGE);
      table.unmap(0n, { count });
      table.map(0n, BigInt(domain) * GIB + GIB / 2n, { count });
    }
  }

  /** The pages of a domain that are looked up anew. */
  refreshed(domain: number, count: number): number[] {
    const device = this.#devices.get(domain)!;
    return Array.from({ length: count }, (_, page) => page).filter((page) => {
      const output = outputOf(this.#unit, device, BigInt(page) * PAGE);
      const old = BigInt(domain) * GIB + BigInt(page) * PAGE;
      if (output !== old && output !== old + GIB / 2n) throw new Error(`page ${page}: ${output}`);
      return output !== old;
    });
  }

  /** Puts the leaf tables of a domain elsewhere: its non-leaf entries change too. */
  moveLeafTable(domain: number, address: bigint): void {
    const { memory, frames } = this.#unit;
    const entry = this.table(domain).entry(address, 2);
    const old = entry.get("ADDR");
    const fresh = frames.allocate();
    memory.writeBytes(fresh, memory.readBytes(old, 4096));
    entry.set({ ADDR: fresh });
  }
}
