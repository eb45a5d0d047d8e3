import type { Ability } from "./abilities.js";
import type { Configuration } from "./configuration.js";
import type { Answer, Operation } from "./operation.js";
/** A range of guest memory, `end` excluded. */
export interface MemoryRange {
    readonly start: bigint;
    readonly end: bigint;
}
/** What a target says of itself when a session is opened. */
export interface SessionDescription {
    readonly abilities: ReadonlySet<Ability>;
    /** RAM that is the suite's alone; at least 16 MiB, multiples of 2 MiB. */
    readonly memory: MemoryRange;
    /** Width of host physical addresses, which no register tells (§8.1). */
    readonly hostAddressWidth: number;
    /** Source-ids that requests can have; at least one if there is the ability "dma". */
    readonly endpoints: readonly number[];
}
/** A unit that the suite drives. One at a time is at work; its operations are done in order. */
export interface Session {
    readonly description: SessionDescription;
    /**
     * Does the operations in order, and answers each. An operation that fails does not keep the next
     * from being done. A rejection says that the target is gone: no more is asked of this session.
     */
    perform(operations: readonly Operation[]): Promise<readonly Answer[]>;
    close(): Promise<void>;
}
/** Something that behaves like a VT-d remapping unit, or claims to. */
export interface Target {
    /** Short name, as `--target` takes it. */
    readonly name: string;
    /** What it is, in a few words, with its version. */
    readonly title: string;
    /**
     * Absent: every preset, and the wishes of cases. Else the names of what there is to choose from, the
     * preferred first; the suite takes for each case the first that has what it needs.
     */
    readonly configurations?: readonly string[];
    /** It may hang: the suite gives each batch of operations a time limit. */
    readonly mayHang: boolean;
    /** Throws a TargetRefusal if there cannot be such a unit. Other errors say that it does not work. */
    open(configuration: Configuration): Promise<Session>;
}
/** The target has no unit like that; the message says why. Cases that want one are skipped. */
export declare class TargetRefusal extends Error {
    readonly name = "TargetRefusal";
}
/** The target is not installed, or cannot run here; the message says how to get it. */
export declare class TargetUnavailable extends Error {
    readonly name = "TargetUnavailable";
}
