import { statusCode } from "./registers.js";
/** What software sees of a queue besides its control bits and state. */
export class QueueReport {
    head = 0;
    tail = 0;
    completed = 0;
    failed = 0;
    lastStatus = statusCode.ok;
    lastIndex = 0;
    lastResult = 0n;
    lastBytes = 0;
    groupIndex = 0;
    pageRequests = 0;
    /** Of the page in progress. */
    retries = 0;
}
