import type { DeviceTlbInvalidate, PageGroupResponse } from "../spec/requests.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { Throttle } from "./device-tlb-requests.js";
import type { DrainFlags } from "./drain-flags.js";
/** IQERCD_REG.IQEI: why the invalidation queue stopped (§11.4.9.9). */
export declare const IQEI: {
    readonly tail: 1;
    readonly fetch: 2;
    readonly type: 3;
    readonly reserved: 4;
    readonly width: 5;
    readonly alignment: 6;
    readonly mode: 7;
};
export type QueueError = (typeof IQEI)[keyof typeof IQEI];
/** What a unit without caches has to do for a descriptor that is in order. */
export type Work = {
    readonly kind: "nothing";
}
/** `flags` undefined: always. */
 | {
    readonly kind: "drain";
    readonly flags: DrainFlags | undefined;
} | {
    readonly kind: "device-tlb";
    readonly request: Omit<DeviceTlbInvalidate, "itag">;
    /** Undefined without DIT. */
    readonly throttle: Throttle | undefined;
} | {
    readonly kind: "wait";
    /** IF. */
    readonly interrupt: boolean;
    /** Where and what to write; undefined with SW clear. */
    readonly status: {
        readonly address: bigint;
        readonly data: bigint;
    } | undefined;
} | {
    readonly kind: "response";
    readonly response: PageGroupResponse;
};
/** Types that the oracle knows. */
export declare const DESCRIPTOR_TYPES: number[];
/**
 * Checks a descriptor of 128 or 256 bits, and says what it asks for. Implementation choice C4: what
 * is reserved in a known type is IQEI 4, and so is a granularity or mask that the unit refuses; a
 * type that the unit, or the table mode, does not have is IQEI 3.
 */
export declare function decodeDescriptor(unit: UnitCapabilities, descriptor: bigint, legacyMode: boolean): Work | QueueError;
/** Bits of a type that are not reserved in the unit; undefined for a type that there is not. */
export declare function fieldsOfType(unit: UnitCapabilities, number: number): bigint | undefined;
