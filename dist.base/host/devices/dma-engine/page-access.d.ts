import type { EngineContext } from "./context.js";
import type { MemoryRequests } from "./memory-requests.js";
import { type Failure, type PageSearchData, type PageUse } from "./page-search.js";
import type { QueueReport } from "./queue-report.js";
import type { References, Referents } from "./references.js";
import { type Step } from "./step.js";
/** A data access within a page. `end` is where its buffer ends. */
export type Access = {
    readonly iova: bigint;
    readonly end: bigint;
} & ({
    readonly kind: "read";
    readonly length: number;
    readonly execute: boolean;
} | {
    readonly kind: "write";
    readonly bytes: Uint8Array;
}
/** Adds to a 64-bit word. */
 | {
    readonly kind: "atomic";
    readonly addend: bigint;
});
/** `bytes` of a read, the `old` value of an atomic access. */
export type Accessed = {
    readonly status: "ok";
    readonly bytes?: Uint8Array;
    readonly old?: bigint;
} | Failure;
/** The parts of an engine that an access needs. */
export interface AccessParts {
    readonly context: EngineContext;
    readonly requests: MemoryRequests;
    readonly use: PageUse;
    readonly report: QueueReport;
}
export interface PageAccessData {
    readonly access: Access;
    /** Until the page is found. */
    readonly search?: PageSearchData;
    /** Of the request in flight. */
    readonly translation?: number;
    /** When the request has ended. */
    readonly result?: Accessed;
}
/** Carries one access out: find the page, then move the bytes. */
export declare class PageAccess {
    #private;
    constructor(parts: AccessParts, access: Access);
    step(): Step<Accessed>;
    /** Ends what is in flight. */
    cancel(): void;
    snapshot(references: References): PageAccessData;
    static restore(parts: AccessParts, data: PageAccessData, referents: Referents): PageAccess;
}
