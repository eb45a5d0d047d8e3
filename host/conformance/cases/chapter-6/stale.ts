import { TableEntry } from "../../../tables/entry.js";
import { ScalableTables } from "../../../tables/scalable.js";
import type { Level } from "../../../tables/page-table.js";
import type { SecondStageTable } from "../../../tables/second-stage.js";
import type { FirstStageTable } from "../../../tables/first-stage.js";
import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import type { World } from "../../bench/world.js";

/** An input address that has a neighbour in every table: its index is even at each level. */
export const IOVA = 0x20_0040_2000n;

/** A request that fills the caches, and finds what changed. */
export interface Requested {
  readonly pasid?: number;
}

/** Bytes that one entry of a level covers. */
export function spanOf(level: number): bigint {
  return 1n << BigInt(12 + 9 * (level - 1));
}

/** The address beside IOVA whose walk differs at `level` alone. */
export function neighbour(level: number): bigint {
  return IOVA + spanOf(level);
}

/** Makes the entry of IOVA at a level the same as that of its neighbour: another table, or another page. */
export function redirect(table: FirstStageTable | SecondStageTable, level: Level): void {
  const other = table.entry(neighbour(level), level).get("ADDR");
  table.entry(IOVA, level).set({ ADDR: other });
}

/** IOVA and its neighbour at `level`, mapped to a page each. */
export function twoPages(
  bench: Bench,
  world: World,
  level: number,
): { readonly before: bigint; readonly after: bigint } {
  const [before, after] = [bench.page(), bench.page()];
  world.map(IOVA, before).map(neighbour(level), after);
  return { before, after };
}

/**
 * Reads through IOVA, so that whatever is cached is; changes the tables; invalidates; and reads again.
 * What the unit does in between is its own affair.
 */
export async function expectChange(
  bench: Bench,
  pages: { readonly before: bigint; readonly after: bigint },
  change: () => void,
  invalidation: readonly (readonly bigint[])[],
  request: Requested = {},
): Promise<void> {
  await bench.expectRead(IOVA, pages.before, request);
  await bench.expectRead(IOVA + 0x80n, pages.before + 0x80n, request);
  change();
  await bench.queue.run(...invalidation);
  await bench.expectRead(IOVA, pages.after, request);
  await bench.expectWrite(IOVA + 0x40n, pages.after + 0x40n, request);
  await bench.expectFault.none();
}

export const iotlbPage = (fields: { ADDR: bigint; AM?: number; IH?: number; DID?: number }) =>
  descriptor("IOTLB_INV", { G: 3, DID: 1, ...fields });

export const pasidIotlb = (PASID: number, fields: Readonly<Record<string, bigint | number>> = {}) =>
  descriptor("PASID_IOTLB_INV", { G: 2, DID: 1, PASID, ...fields });

/** Empty scalable-mode tables, for cases that build their own. */
export function emptyTables({ memory, frames }: Bench): ScalableTables {
  return ScalableTables.create({ memory, frames });
}

/** Where the unit reads an entry: first-stage tables of a nested world lie at guest addresses. */
export function hostEntry(bench: Bench, world: World, entry: TableEntry): TableEntry {
  if (world.kind !== "nested") return entry;
  const page = world.second.lookup(entry.address);
  if (page === undefined) throw new Error("the second stage does not map the table");
  return new TableEntry(bench.memory, entry.structure, page.physical);
}
