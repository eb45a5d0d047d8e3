import { conditionOf } from "./fault-conditions.js";
import { describeFault } from "./fault-recording.js";
/** Puts a condition into the log, unless it must stay out of it. */
export function log(inquiry, recorder, condition) {
    const fields = describeFault(inquiry.unit, inquiry.request, condition);
    if (conditionOf(condition).qualified && inquiry.faultProcessingDisabled) {
        return { logged: false, fields, record: "suppressed" };
    }
    return { logged: true, fields, record: recorder.record(fields) };
}
/** Keeps a condition out of the log, whatever the entries say. */
export function leaveUnlogged(inquiry, condition) {
    const fields = describeFault(inquiry.unit, inquiry.request, condition);
    return { logged: false, fields, record: "not-logged" };
}
