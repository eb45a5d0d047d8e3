import { type DecodedField } from "../decode/index.js";
import type { InterruptRequest, MemoryRequest, RemapInterruptResult, TranslateResult } from "../spec/requests.js";
import type { ExplainedFetch } from "./outbox.js";
/** One entry that the unit looked at. */
export interface ExplainedEntry {
    /** For example "PASID table entry" or "first-stage entry". */
    readonly structure: string;
    /** Read from guest memory, or taken from a cache of the unit. */
    readonly source: "memory" | "cache";
    /** Guest physical address; of entries from memory only. */
    readonly address?: bigint;
    /** The entry's words as read, lowest first; for caches what the cache keeps of it. */
    readonly words: readonly bigint[];
    /** The access to memory failed. */
    readonly failed: boolean;
    /** The fields that are not 0. */
    readonly fields: readonly DecodedField[];
}
/** What decided a request, and everything that was looked at on the way. */
export interface Explanation {
    readonly request: MemoryRequest;
    readonly result: TranslateResult;
    readonly entries: readonly ExplainedEntry[];
    /** The check that decided, in a sentence. */
    readonly decision: string;
}
/** The same for an interrupt request. */
export interface InterruptExplanation {
    readonly request: InterruptRequest;
    readonly result: RemapInterruptResult;
    readonly entries: readonly ExplainedEntry[];
    /** The check that decided, in a sentence. */
    readonly decision: string;
}
/** Puts the steps of a dry run and its result into words. */
export declare function explanation(request: MemoryRequest, result: TranslateResult, steps: readonly ExplainedFetch[], legacy: boolean): Explanation;
/** Likewise of an interrupt request. */
export declare function interruptExplanation(request: InterruptRequest, result: RemapInterruptResult, steps: readonly ExplainedFetch[]): InterruptExplanation;
