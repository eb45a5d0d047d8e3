import { LegacyTables, ScalableTables } from "../../../tables/index.js";
import type { Bench } from "../../bench/bench.js";
import type { CaseNeeds } from "../../case.js";
import { joined } from "../../needs.js";

const SHOWN: CaseNeeds = { capabilities: ["QI", "DT"], abilities: ["device-tlb"] };

/** Invalidations of the unit stay pending until the case completes them. */
export const HELD: CaseNeeds = joined(SHOWN, { abilities: ["invalidation-completions"] });

export const NOTHING = new Uint8Array(4);

/** A dword as it lies in memory. */
export const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

/** Translation with empty tables, without which completions are Unsupported Requests (§4.2.1). */
export async function enable(bench: Bench): Promise<void> {
  const { memory, frames } = bench;
  const tables = bench.has("SMTS") ? ScalableTables : LegacyTables;
  await bench.start(tables.create({ memory, frames }));
}

/** A dword that a wait writes, 0 before. */
export function statusWord(bench: Bench): bigint {
  const address = bench.frames.allocate(1);
  bench.memory.writeBytes(address, NOTHING);
  return address;
}

/** Invalidations that have left the unit; completed at once where the target does not do it. */
export async function taken(bench: Bench) {
  return bench.events.invalidations();
}

export async function complete(bench: Bench, ...all: { sourceId: number; itag: number }[]) {
  for (const { sourceId, itag } of all) {
    await bench.endpoints.completeInvalidation({ sourceId, itag });
  }
}
