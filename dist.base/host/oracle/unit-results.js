/** The answer as a unit gives it, without what the oracle tells of the log besides. */
export function withoutLog(result) {
    const answer = { ...result };
    delete answer.logged;
    delete answer.fields;
    return answer;
}
/** The message of a fault; undefined for an answer that stands for none, or for one never logged. */
export function faultReportOf(request, result) {
    const { condition, record } = result;
    const reason = result.reason ?? result.fields?.reason;
    const known = condition !== undefined && reason !== undefined && record !== undefined;
    if (!known || record === "not-logged")
        return undefined;
    const { sourceId, pasid, address } = request;
    return { sourceId, pasid, address, condition, reason, record };
}
