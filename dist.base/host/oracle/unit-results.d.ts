import type { FaultRecording } from "../spec/requests.js";
import type { FaultReport } from "./outbox.js";
/** The fields of an answer that tell of a fault. */
interface Outcome {
    readonly condition?: string;
    readonly reason?: number;
    readonly record?: FaultRecording;
    readonly fields?: {
        readonly reason: number;
    };
}
/** The answer as a unit gives it, without what the oracle tells of the log besides. */
export declare function withoutLog<R extends object>(result: R): R;
/** The message of a fault; undefined for an answer that stands for none, or for one never logged. */
export declare function faultReportOf(request: {
    sourceId: number;
    address: bigint;
    pasid?: number | undefined;
}, result: Outcome): FaultReport | undefined;
export {};
