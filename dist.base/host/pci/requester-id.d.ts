import type { PciFunction } from "./function.js";
/**
 * The source-id with which the requests of a function reach the root complex (§3.4.1, §3.12): its own
 * number, or what the last bridge on the way made of it that gives requests another requester id.
 */
export declare function requesterId(owner: PciFunction): number;
