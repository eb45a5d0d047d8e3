import type { MemoryPort } from "../memory/port.js";
import type { UnitCapabilities } from "./capabilities.js";
/** IRTA_REG as the last Set Interrupt Remap Table Pointer command latched it (§11.4.10). */
export interface InterruptTable {
    /** Host physical address of the table. */
    readonly address: bigint;
    readonly entries: number;
    /** EIME: destinations have 32 bits. */
    readonly extended: boolean;
}
export declare function interruptTableOf(unit: UnitCapabilities, register: bigint): InterruptTable;
/** Address of an entry of the interrupt remapping table. */
export declare function entryAddress(table: InterruptTable, index: number): bigint;
/** All 128 bits; undefined if either half cannot be read. */
export declare function fetchEntry(memory: MemoryPort, address: bigint): bigint | undefined;
/** Whether the requester may use the entry. A reserved SVT verifies nothing: it is a reserved field. */
export declare function sourceMatches(entry: bigint, sourceId: number): boolean;
export declare function isPosted(entry: bigint): boolean;
/** True if a present entry is wrongly programmed, in the format that it has (§9.9, §9.10). */
export declare function isMisprogrammed(unit: UnitCapabilities, entry: bigint, table: InterruptTable): boolean;
