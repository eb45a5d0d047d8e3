import type { CacheSizes } from "../../core/configuration.js";
import { Iommu } from "../../iommu.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import { FirstStageTable } from "../../tables/first-stage.js";
import { FrameAllocator } from "../../tables/frames.js";
import type { PageRun, PageSize } from "../../tables/page-table.js";
import type { PasidOptions } from "../../tables/pasid-entry.js";
import { SecondStageTable } from "../../tables/second-stage.js";
import { outcomeNumber, stageNumber } from "../account/index.js";
import type { Flight } from "../model/flight.js";
import { TouchTap } from "../touched/touch-tap.js";
import type { WorkloadParameter } from "./parameters.js";
import { UnitSoftware } from "./unit-software.js";

const tableKinds = ["first-stage", "second-stage", "nested"] as const;
export type TableKind = (typeof tableKinds)[number];

export const tableParameters: readonly WorkloadParameter[] = [
  {
    name: "tables",
    usual: "first-stage",
    choices: tableKinds,
    description: "stages that translate; each has four levels",
  },
  { name: "page", usual: "4k", choices: ["4k", "2m"], description: "size of the pages" },
];

export const pageFlags = ["set", "clear"] as const;
/** Accessed and dirty flags of entries when they are written. */
export type PageFlags = (typeof pageFlags)[number];

export const flagsParameter: WorkloadParameter = {
  name: "flags",
  usual: "set",
  choices: pageFlags,
  description:
    "accessed and dirty flags of entries: set by software, as Linux does, or clear, so that first uses update them",
};

export interface WorldOptions {
  readonly ramBytes: number;
  readonly caches: CacheSizes;
}

/** Pages of an address space. */
export interface AddressSpace {
  readonly entry: PasidOptions;
  map(iova: bigint, physical: bigint, run: PageRun): void;
  unmap(iova: bigint, run: PageRun): void;
}

const MIB = 2 ** 20;
/** Where pages of workloads lie: no RAM, as nobody reads them. */
export const OUTPUT = 0x10_0000_0000n;

/** A unit with its memory and tables, set up as Linux does, which tells what its requests touch. */
export class World {
  readonly memory: GuestMemory;
  readonly frames: FrameAllocator;
  readonly iommu: Iommu;
  readonly tap: TouchTap;
  readonly software: UnitSoftware;
  #domains = 0;

  private constructor(parts: Pick<World, "memory" | "frames" | "iommu" | "tap" | "software">) {
    this.memory = parts.memory;
    this.frames = parts.frames;
    this.iommu = parts.iommu;
    this.tap = parts.tap;
    this.software = parts.software;
  }

  static async create({ ramBytes, caches }: WorldOptions): Promise<World> {
    const size = Math.ceil(ramBytes / MIB) * MIB;
    const memory = GuestMemory.create({ size });
    const frames = new FrameAllocator({ start: 0x1000n, end: BigInt(size) });
    const tap = new TouchTap();
    const iommu = await Iommu.create({ memory, preset: "full", caches, tap });
    const software = new UnitSoftware(iommu, memory, frames);
    return new World({ memory, frames, iommu, tap, software });
  }

  /**
   * An empty address space of its own domain. Unless flags are clear, first-stage entries have theirs set, and the unit
   * leaves those of second-stage entries alone (SSADE is 0).
   */
  addressSpace(kind: TableKind = "first-stage", flags: PageFlags = "set"): AddressSpace {
    const { memory, frames } = this;
    const areSet = flags === "set";
    const ssade = !areSet;
    this.#domains++;
    const domain = this.#domains;
    if (kind === "second-stage") {
      const secondStage = new SecondStageTable({ memory, frames });
      return {
        entry: { kind, domain, secondStage, ssade },
        map: (iova, physical, run) => {
          secondStage.map(iova, physical, run);
        },
        unmap: (iova, run) => {
          secondStage.unmap(iova, run);
        },
      };
    }
    const firstStage = new FirstStageTable({ memory, frames, accessed: areSet });
    const firstStageMap = (iova: bigint, physical: bigint, run: PageRun): void => {
      firstStage.map(iova, physical, { ...run, accessed: areSet, dirty: areSet });
    };
    const unmap = (iova: bigint, run: PageRun): void => {
      firstStage.unmap(iova, run);
    };
    if (kind === "first-stage") {
      return { entry: { kind, domain, firstStage }, map: firstStageMap, unmap };
    }
    const secondStage = this.#identity();
    return {
      entry: { kind, domain, firstStage, secondStage, ssade },
      map: (iova, physical, run) => {
        firstStageMap(iova, physical, run);
        const size: PageSize = run.size ?? 4096;
        secondStage.map(physical, physical, { size, count: run.count ?? 1 });
      },
      unmap,
    };
  }

  /** A guest whose RAM, tables included, lies where the host's does. */
  #identity(): SecondStageTable {
    const { memory, frames } = this;
    const secondStage = new SecondStageTable({ memory, frames });
    secondStage.map(0n, 0n, { count: memory.regions[0]!.size / 4096 });
    return secondStage;
  }

  /** Lets a device use an address space: without PASID, or with one. */
  bind(sourceId: number, pasid: number | undefined, space: AddressSpace): void {
    const { tables } = this.software;
    // PASID 0 is that of requests without one.
    if (!this.#devices.has(sourceId)) {
      tables.context(sourceId, { paside: true, dte: true, pre: true });
      this.#devices.add(sourceId);
    }
    tables.pasid(sourceId, pasid ?? 0, space.entry);
  }

  readonly #devices = new Set<number>();

  /** An untranslated request: does it, and writes what it did into `flight`, which has device and address. */
  translate(flight: Flight, access: "read" | "write", bytes: number): void {
    const isWrite = access === "write";
    flight.access = isWrite ? 1 : 0;
    flight.bytes = isWrite ? bytes : 0;
    flight.program.add(stageNumber.request);
    this.tap.flight = flight;
    const { sourceId, pasid, addressLow, addressHigh } = flight;
    const word = flight.access | (bytes << 16);
    const status = this.iommu.translateWords(sourceId, pasid, addressLow, addressHigh, word);
    this.tap.flight = undefined;
    if (status !== 0) failed(flight, status, this.tap.condition);
  }
}

/** What became of a request that the unit did not translate, by its status (host/core/results.ts). */
function failed(flight: Flight, status: number, condition: number): void {
  const outcome = (["ok", "interrupt", "fault", "blocked"] as const)[status]!;
  flight.outcome = outcomeNumber[outcome];
  if (outcome !== "fault") return;
  flight.condition = condition;
  flight.program.add(stageNumber.faultReport);
}

export function setAddress(flight: Flight, address: number): void {
  flight.addressLow = address | 0;
  flight.addressHigh = Math.floor(address / 2 ** 32);
}
