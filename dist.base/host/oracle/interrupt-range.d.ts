import type { OracleRequest } from "./oracle-request.js";
export declare function isInterruptAddress(address: bigint): boolean;
/** True if the naturally aligned page of `pageSize` bytes around the address touches the range. */
export declare function pageTouchesInterruptRange(address: bigint, pageSize: number): boolean;
/** What becomes of an untranslated request to the range, before any table is looked at. */
export type InterruptRangeDecision = "interrupt" | "bypass" | "illegal" | "translate";
/**
 * Decides a request by §3.15. `enforced` says that DMA or interrupt remapping is enabled: with both
 * off there is no unit in the way of an illegal request.
 */
export declare function decideInterruptRange(request: OracleRequest, enforced: boolean): InterruptRangeDecision;
