import type { DeviceTlbInvalidate, FaultRecording, MessageSignaledInterrupt, PageGroupResponse } from "../spec/requests.js";
import type { Core } from "./core.js";
/** A fault that the unit has met, whether it was recorded or not. */
export interface FaultEvent {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    readonly condition: string;
    readonly reason: number;
    readonly record: FaultRecording;
}
/** Guest memory that the unit wrote. */
export interface MemoryWrite {
    readonly address: bigint;
    readonly length: number;
}
export type TraceEvent = {
    readonly kind: "register";
    readonly access: "read" | "write";
    readonly offset: number;
    readonly size: 4 | 8;
    readonly value: bigint;
}
/** An invalidation descriptor that was executed, and its byte offset in the queue. */
 | {
    readonly kind: "descriptor";
    readonly offset: number;
    readonly words: readonly bigint[];
}
/** A page request descriptor that was written, and its byte offset in the queue. */
 | {
    readonly kind: "pageRequest";
    readonly offset: number;
    readonly words: readonly bigint[];
};
/** A step of a dry run: a word that was fetched, or a cached entry that was used. */
export interface ExplainedFetch {
    readonly source: "memory" | "cache";
    /** Name of the counter that counts such fetches or hits. */
    readonly counter: string;
    /** Of a fetch: the guest-physical address. */
    readonly address: bigint;
    /** The word that was fetched, or the words that the cache holds. */
    readonly words: readonly bigint[];
    readonly failed: boolean;
}
export interface IommuEvents {
    interrupt: MessageSignaledInterrupt;
    pageGroupResponse: PageGroupResponse;
    deviceTlbInvalidate: DeviceTlbInvalidate;
    fault: FaultEvent;
    memoryWrite: MemoryWrite;
    trace: TraceEvent;
    explained: ExplainedFetch;
}
/** A message of the outbox, as the event that it becomes. */
export type Message = {
    [K in keyof IommuEvents]: readonly [K, IommuEvents[K]];
}[keyof IommuEvents];
/** Takes every message out of the core's outbox, oldest first. */
export declare function drainOutbox(core: Core): Message[];
