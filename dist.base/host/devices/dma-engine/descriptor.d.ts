import type { StatusCode } from "./registers.js";
/** A descriptor as the ring holds it. */
export interface Descriptor {
    readonly operation: number;
    readonly interrupt: boolean;
    readonly useAts: boolean;
    readonly pageRequest: boolean;
    readonly execute: boolean;
    readonly length: number;
    readonly source: bigint;
    readonly destination: bigint;
    readonly pattern: bigint;
    /** False if a field has a value that the device does not know. */
    readonly valid: boolean;
}
/** How a descriptor ended: what is written into it. */
export interface Outcome {
    readonly code: StatusCode;
    readonly bytes: number;
    readonly result: bigint;
}
export declare function parseDescriptor(bytes: Uint8Array): Descriptor;
/** The 16 bytes that the device writes back at offset 30h. */
export declare function encodeOutcome(outcome: Outcome): Uint8Array;
