import { maskOf } from "./bit-fields.js";
import type { OracleRequest } from "./oracle-request.js";

/** FEEx_xxxxh (§3.15). */
const FIRST_ADDRESS = 0xfee0_0000n;
const LAST_ADDRESS = 0xfeef_ffffn;
const DWORD = 4;

export function isInterruptAddress(address: bigint): boolean {
  return address >= FIRST_ADDRESS && address <= LAST_ADDRESS;
}

/** True if the naturally aligned page of `pageSize` bytes around the address touches the range. */
export function pageTouchesInterruptRange(address: bigint, pageSize: number): boolean {
  const offset = BigInt(pageSize) - 1n;
  const start = address & (maskOf(63, 0) ^ offset);
  return start <= LAST_ADDRESS && start + offset >= FIRST_ADDRESS;
}

/** What becomes of an untranslated request to the range, before any table is looked at. */
export type InterruptRangeDecision = "interrupt" | "bypass" | "illegal" | "translate";

/**
 * Decides a request by §3.15. `enforced` says that DMA or interrupt remapping is enabled: with both
 * off there is no unit in the way of an illegal request.
 */
export function decideInterruptRange(
  request: OracleRequest,
  enforced: boolean,
): InterruptRangeDecision {
  if (request.pasid !== undefined || !isInterruptAddress(request.address)) return "translate";
  if (request.access === "write" && request.size === DWORD && request.address % 4n === 0n) {
    return "interrupt";
  }
  const zeroLengthRead = request.access === "read" && request.size === 0;
  return zeroLengthRead || !enforced ? "bypass" : "illegal";
}
