import { GuestMemory } from "../memory/guest-memory.js";
import { Iommu } from "../iommu.js";
import type { Figures } from "./report.js";
import { figuresOf } from "./statistics.js";

export const startCaseNames = ["create", "create-embedded"] as const;
export type StartCase = (typeof startCaseNames)[number];

export const startTitles: Readonly<Record<StartCase, string>> = {
  create: "Iommu.create over 1 MiB of guest memory",
  "create-embedded": "Iommu.createEmbedded with 1 MiB of guest memory",
};

const RAM = { size: 2 ** 20 };
const WARM_UP = 2;
/** Units that are kept, to see what they need. */
const KEPT = 16;

function create(name: StartCase): Promise<unknown> {
  if (name === "create") return Iommu.create({ memory: GuestMemory.create(RAM) });
  return Iommu.createEmbedded({ memory: RAM });
}

/** What it takes until a unit is there. */
export async function measureStart(name: StartCase, rounds: number): Promise<Figures> {
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const start = performance.now();
    await create(name);
    if (round >= 0) times.push(1e6 * (performance.now() - start));
  }
  return figuresOf(times);
}

/** What a unit takes of memory, besides guest memory. */
export interface UnitMemory {
  /** Its state: registers, caches of default size, outbox, batch. A snapshot is as large. */
  readonly stateBytes: number;
  /** What the process grows by, with 1 MiB of guest memory that nothing has touched. */
  readonly residentBytes: number;
}

export async function measureMemory(): Promise<UnitMemory> {
  const first = await Iommu.create({ memory: GuestMemory.create(RAM) });
  const before = process.memoryUsage.rss();
  const units: Iommu[] = [];
  for (let unit = 0; unit < KEPT; unit++) {
    units.push(await Iommu.create({ memory: GuestMemory.create(RAM) }));
  }
  const grown = process.memoryUsage.rss() - before;
  // Every unit is in use until here.
  units.forEach((unit) => unit.read32(0));
  return {
    stateBytes: first.snapshot().length,
    residentBytes: Math.max(0, Math.round(grown / KEPT)),
  };
}
