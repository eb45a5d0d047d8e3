import { type StatusCode } from "./registers.js";
/** What software sees of a queue besides its control bits and state. */
export declare class QueueReport {
    head: number;
    tail: number;
    completed: number;
    failed: number;
    lastStatus: StatusCode;
    lastIndex: number;
    lastResult: bigint;
    lastBytes: number;
    groupIndex: number;
    pageRequests: number;
    /** Of the page in progress. */
    retries: number;
}
