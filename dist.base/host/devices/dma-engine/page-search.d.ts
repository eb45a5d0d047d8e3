import type { EngineContext } from "./context.js";
import { Translation, type Need, type TranslationTag } from "./device-tlb.js";
import type { QueueReport } from "./queue-report.js";
import type { References, Referents } from "./references.js";
import { type StatusCode } from "./registers.js";
import type { Step } from "./step.js";
/** Why an access could not be made, and the value for the descriptor's RESULT. */
export interface Failure {
    readonly status: "failed";
    readonly code: StatusCode;
    readonly result: bigint;
}
/** Where a memory request is to go. */
export interface FoundPage {
    readonly status: "found";
    readonly address: bigint;
    readonly translated: boolean;
    readonly translation?: Translation;
}
/** How a descriptor's accesses are translated, settled when its execution begins. */
export interface PageUse {
    /** The number of the queue, which owns the page request groups. */
    readonly queue: number;
    readonly tag: TranslationTag;
    readonly useAts: boolean;
    readonly pageRequest: boolean;
    /** Requests can carry Execute Requested. */
    readonly mayExecute: boolean;
}
/** The page of an access. */
export interface Wanted {
    readonly iova: bigint;
    readonly need: Need;
    /** Where the buffer ends: pages up to there may be asked for together. */
    readonly end: bigint;
}
/** What comes next. */
type Phase = "look" | "ask" | "look behind" | "ask behind" | "group" | "credits" | "send" | "answers" | "delay";
export interface PageSearchData extends Wanted {
    readonly phase: Phase;
    readonly retries: number;
    readonly window: number;
    readonly behind: number;
    readonly missing: readonly bigint[];
    readonly groups: readonly number[];
    readonly delayed: number;
}
/** Finds the address for a page: device TLB, translation requests, page requests. */
export declare class PageSearch {
    #private;
    constructor(context: EngineContext, use: PageUse, report: QueueReport, wanted: Wanted);
    /** The caller uses what is found in the same step, before an invalidation can come between. */
    step(): Step<FoundPage | Failure>;
    snapshot(references: References): PageSearchData;
    restore(data: PageSearchData, referents: Referents): void;
}
export {};
