import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import { pinArea, type Area, type Pin } from "./area.js";
import { PAGE } from "./iova-space.js";
import type { PagingOperations } from "./port.js";

export interface FillOptions {
  readonly pin: Pin;
  /** Nothing is mapped by large pages. */
  readonly smallPages: boolean;
}

/** Maps areas in tables: all in all of them, or nothing. EFAULT: cannot be pinned; and what a driver says. */
export function* fillAreas(
  areas: readonly Area[],
  tables: readonly PagingOperations[],
  options: FillOptions,
): Routine<0 | Errno> {
  for (const [at, area] of areas.entries()) {
    const result = yield* fillArea(area, tables, options);
    if (result === 0) continue;
    for (const done of areas.slice(0, at)) {
      for (const table of tables) yield* table.unmap(done.iova, done.length);
    }
    return result;
  }
  return 0;
}

function* fillArea(
  area: Area,
  tables: readonly PagingOperations[],
  { pin, smallPages }: FillOptions,
): Routine<0 | Errno> {
  if (tables.length === 0) return 0;
  const physical = pinArea(area, pin);
  if (physical instanceof Errno) return physical;
  const step = smallPages ? PAGE : area.length;
  for (const [at, table] of tables.entries()) {
    const result = yield* fillTable(area, physical, table, step);
    if (result === 0) continue;
    for (const done of tables.slice(0, at)) yield* done.unmap(area.iova, area.length);
    return result;
  }
  return 0;
}

function* fillTable(
  { iova, length, rights }: Area,
  physical: bigint,
  table: PagingOperations,
  step: bigint,
): Routine<0 | Errno> {
  for (let at = 0n; at < length; at += step) {
    const result = yield* table.map(iova + at, physical + at, step, rights);
    if (result === 0) continue;
    if (at > 0n) yield* table.unmap(iova, at);
    return result;
  }
  return 0;
}
