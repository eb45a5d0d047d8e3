import type { MemoryPort } from "../memory/port.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import type { OracleRequest } from "./oracle-request.js";
/** One entry that was read for a request, and what was concluded from it. */
export interface Step {
    /** For example "context entry" or "second-stage entry". */
    readonly structure: string;
    /** Level of a paging entry, 1 for the last; undefined for other structures. */
    readonly level: number | undefined;
    /** Host physical address of the entry. */
    readonly address: bigint;
    /** The whole entry, bit 0 lowest; undefined if it could not be read. */
    readonly value: bigint | undefined;
    /** Conclusions in the order in which they were drawn, separated by semicolons. */
    readonly decision: string;
}
/** Another agent changed an entry between its fetch and the update of its flags. */
export declare const ENTRY_CHANGED = "entry changed";
/** Why the processing of a request ended before its normal end. */
export type Stop = ConditionName | typeof ENTRY_CHANGED;
/** Every value that the chapters hand on is an object, and every reason to stop a string. */
export declare function isStop<T extends object>(outcome: T | Stop | undefined): outcome is Stop;
/** Legacy mode is TTM = 00b, scalable mode TTM = 01b. */
export type TableMode = "legacy" | "scalable";
/** One request on its way through the tables: what it may read, and what it has met so far. */
export declare class Inquiry {
    #private;
    readonly unit: UnitCapabilities;
    readonly request: OracleRequest;
    /** True once an entry with Fault Processing Disable was met (§7.1.1). */
    faultProcessingDisabled: boolean;
    constructor(unit: UnitCapabilities, memory: MemoryPort, request: OracleRequest);
    get steps(): readonly Step[];
    /**
     * Reads an entry of `words` 64-bit words. All words are read before anything is decided, and one
     * that fails makes the entry unreadable: hardware accesses an entry of up to 128 bits atomically,
     * and may do so with longer ones (§9).
     */
    fetch(structure: string, address: bigint, words: number, level?: number): bigint | undefined;
    /** Stores flags atomically; the word found, or undefined if the access failed. */
    compareExchange(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
    /** Adds a conclusion to the entry read last. */
    note(conclusion: string): void;
    /** Ends the request with a fault condition, and says why. */
    stop(condition: ConditionName, why: string): ConditionName;
}
