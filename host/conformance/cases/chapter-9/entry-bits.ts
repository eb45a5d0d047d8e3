import type { TableEntry } from "../../../tables/entry.js";
import type { Bench } from "../../bench/bench.js";
import type { DmaRequest } from "../../bench/endpoints.js";

const WIDEST_RANGE = 24;

/** Bits high:low of an entry; of a wide range the ends, and those beside the bounds of words. */
export function bitsOf(high: number, low: number): number[] {
  const all = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  if (all.length <= WIDEST_RANGE) return all;
  return all.filter((bit) => bit === low || bit === high || bit % 64 === 0 || bit % 64 === 63);
}

/** Each of the bits, set alone in a good entry, makes the request meet the condition. */
export async function expectReserved(
  bench: Bench,
  entry: TableEntry,
  bits: readonly number[],
  fault: { readonly condition: string; readonly request: DmaRequest },
): Promise<void> {
  const good = entry.read();
  for (const bit of bits) {
    entry.write(good).setBits(bit, bit, 1);
    await bench.invalidateAll();
    await bench.expectFault.dma(fault.condition, fault.request);
  }
  entry.write(good);
  await bench.invalidateAll();
}

/** With all of the bits set the request at `address` still reads what is at `output`. */
export async function expectIgnored(
  bench: Bench,
  entry: TableEntry,
  bits: readonly number[],
  read: { readonly address: bigint; readonly output: bigint },
): Promise<void> {
  for (const bit of bits) entry.setBits(bit, bit, 1);
  await bench.invalidateAll();
  await bench.expectRead(read.address, read.output);
  await bench.expectFault.none();
}
