/** Entries that fault, and worlds to meet them in, for tests of caching mode. */
import { expect } from "vitest";
import { descriptor } from "../../queues/descriptors.js";
import { Unit } from "../unit.js";
import {
  INPUT,
  LegacyWorld,
  PASID,
  ScalableWorld,
  SID,
  type Kind,
  type ScalableOptions,
} from "../worlds.js";

export const OTHER_DOMAIN = 0x77;
export const LAST_READ = { read: true, write: false, last: true, group: 1 } as const;
export type Invalidation = readonly [name: string, fields: Record<string, bigint | number>];

export async function create(CM = 1, capabilities: Record<string, number> = {}): Promise<Unit> {
  return Unit.create({ capabilities: { CM, ...capabilities }, faultCollapse: false });
}

export function reader(unit: Unit, pasid?: number) {
  return (address = INPUT, access: "read" | "write" = "read") => {
    const result = unit.iommu.translate({ sourceId: SID, pasid, address, access });
    return result.status === "fault" ? result.condition : result.status;
  };
}

/** What spoils an entry so that requests fault with a condition; calling the answer mends it. */
export type Spoiler<W> = (world: W) => () => void;

export function spoil<E extends { read(): bigint[]; write(words: readonly bigint[]): unknown }>(
  entry: E,
  change: (entry: E) => void,
): () => void {
  const good = entry.read();
  change(entry);
  return () => void entry.write(good);
}

export const legacyEntries: readonly (readonly [string, Spoiler<LegacyWorld>])[] = [
  ["LRT.2", (w) => spoil(w.tables.rootEntry(SID), (e) => e.set({ P: 0 }))],
  ["LRT.3", (w) => spoil(w.tables.rootEntry(SID), (e) => e.setBits(11, 1, 1n))],
  ["LCT.2", (w) => spoil(w.contextEntry, (e) => e.set({ P: 0 }))],
  ["LCT.3", (w) => spoil(w.contextEntry, (e) => e.setBits(11, 4, 1n))],
  ["LCT.4.1", (w) => spoil(w.contextEntry, (e) => e.set({ AW: 4 }))],
  ["LCT.4.2", (w) => spoil(w.contextEntry, (e) => e.set({ TT: 3 }))],
];

export const scalableEntries: readonly (readonly [string, Spoiler<ScalableWorld>])[] = [
  ["SRT.2", (w) => spoil(w.tables.rootEntry(SID), (e) => e.set({ LP: 0 }))],
  ["SRT.3", (w) => spoil(w.tables.rootEntry(SID), (e) => e.setBits(11, 1, 1n))],
  ["SCT.2", (w) => spoil(w.contextEntry, (e) => e.set({ P: 0 }))],
  ["SCT.3", (w) => spoil(w.contextEntry, (e) => e.setBits(8, 7, 1n))],
  ["SCT.4.1", (w) => spoil(w.contextEntry, (e) => e.set({ DTE: 0 }))],
  ["SCT.4.2", (w) => spoil(w.contextEntry, (e) => e.set({ RID_PASID: 0xfffff }))],
];

export const directory = (w: ScalableWorld) => w.tables.directoryEntry(SID, PASID);
export const pasidEntry = (w: ScalableWorld) => w.tables.pasidEntry(SID, PASID);

export const pasidEntries: readonly (readonly [string, Spoiler<ScalableWorld>])[] = [
  ["SPD.2", (w) => spoil(directory(w), (e) => e.set({ P: 0 }))],
  ["SPD.3", (w) => spoil(directory(w), (e) => e.setBits(11, 2, 1n))],
  ["SPT.2", (w) => spoil(pasidEntry(w), (e) => e.set({ P: 0 }))],
  ["SPT.3", (w) => spoil(pasidEntry(w), (e) => e.setBits(11, 10, 1n))],
  ["SPT.4.1", (w) => spoil(pasidEntry(w), (e) => e.set({ AW: 7 }))],
  ["SPT.4.2", (w) => spoil(pasidEntry(w), (e) => e.set({ PGTT: 7 }))],
];

export function legacyWorld(unit: Unit): LegacyWorld {
  return new LegacyWorld(unit).map().start();
}

export function scalableWorld(unit: Unit, kind: Kind, options: Partial<ScalableOptions> = {}) {
  return new ScalableWorld(unit, { kind, ...options }).map().start();
}

/** What was met with a spoiled entry goes on after it was mended, until an invalidation that removes it. */
export function expectStaleUntil(
  [name, fields, removes]: readonly [...Invalidation, boolean],
  unit: Unit,
  { condition, mend, pasid }: { condition: string; mend: () => void; pasid?: number },
): void {
  const read = reader(unit, pasid);
  expect(read()).toBe(condition);
  mend();
  expect(read(), "stale").toBe(condition);
  unit.submit(descriptor(name, fields));
  expect(read()).toBe(removes ? "ok" : condition);
}
