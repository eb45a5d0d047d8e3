import { type SourceId } from "../spec/source-id.js";
import type { MessageSignaledInterrupt } from "../spec/requests.js";
import { type TableEntry } from "./entry.js";
import { type FrameSource } from "./frames.js";
import { type TableMemory } from "./table-memory.js";
/** Who may use an entry (§9.9): everybody, one requester (all but some function bits), or a range of buses. */
export type InterruptSource = "any" | {
    readonly sourceId: SourceId;
    /** Function bits of the source-id that are not compared. Default "none". */
    readonly ignore?: "none" | "2" | "2:1" | "2:0";
} | {
    readonly firstBus: number;
    readonly lastBus: number;
};
interface CommonInterruptOptions {
    /** P. Default true. */
    readonly present?: boolean;
    /** FPD: faults of this entry are not recorded, whatever `present` says. Default false. */
    readonly fpd?: boolean;
    /** SVT, SQ and SID. Default "any". */
    readonly source?: InterruptSource;
    /** 0 to 255: V of a remapped entry, VV of a posted one. */
    readonly vector: number;
}
export type DeliveryMode = "fixed" | "lowest-priority" | "smi" | "nmi" | "init" | "extint";
/** A remapped entry (§9.9). */
export interface RemappedInterrupt extends CommonInterruptOptions {
    /** APIC id, 8 bits, or 32 in a table with `extended`. */
    readonly destination: number;
    /** DM: the destination is a logical one. Default false. */
    readonly logical?: boolean;
    /** RH. Default false. */
    readonly redirectionHint?: boolean;
    /** TM: level-triggered. Default false. */
    readonly level?: boolean;
    /** DLM. Default "fixed". */
    readonly delivery?: DeliveryMode;
}
/** A posted entry (§9.10). */
export interface PostedInterruptOptions extends CommonInterruptOptions {
    /** Address of the posted-interrupt descriptor, a multiple of 64. */
    readonly descriptor: bigint;
    /** URG: notified although the descriptor suppresses notifications. Default false. */
    readonly urgent?: boolean;
}
export interface InterruptTableOptions {
    readonly memory: TableMemory;
    readonly frames: FrameSource;
    /** A power of two from 2 to 65536. Default 256, one frame. */
    readonly entries?: number;
    /** EIME: destinations have 32 bits. Default false. */
    readonly extended?: boolean;
}
/**
 * An interrupt remapping table in guest memory (§5.1.3). It checks that values fit in their fields, and not
 * that the unit accepts them: entries that must fault are built the same way.
 */
export declare class InterruptTable {
    #private;
    /** Address of entry 0. */
    readonly table: bigint;
    readonly entries: number;
    readonly extended: boolean;
    /** Value for the Interrupt Remapping Table Address Register (§11.4.10). */
    readonly tableAddress: bigint;
    private constructor();
    /** Makes a table without present entries. Throws a RangeError if frames or memory fail. */
    static create(options: InterruptTableOptions): InterruptTable;
    /** Writes an entry that remaps. @throws {RangeError} if a value does not fit. */
    remapped(index: number, options: RemappedInterrupt): TableEntry;
    /** Writes an entry that posts. @throws {RangeError} if a value does not fit. */
    posted(index: number, options: PostedInterruptOptions): TableEntry;
    /** Clears an entry. */
    remove(index: number): void;
    /** Entry `index`, with the fields of a remapped one. */
    entry(index: number): TableEntry;
    /** Entry `index`, with the fields of a posted one. */
    postedEntry(index: number): TableEntry;
}
/**
 * The message that a device sends to use entry `handle`, or `handle + subhandle` (§5.1.2.2).
 * @throws {RangeError} if one is not within 16 bits.
 */
export declare function remappableMessage(handle: number, subhandle?: number): MessageSignaledInterrupt;
/** In xAPIC mode the 8-bit APIC id lies in bits 15:8 of a destination field. */
export declare function xapicDestination(destination: number): number;
export {};
