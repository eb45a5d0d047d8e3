import { answerTo, conditionOf } from "./fault-conditions.js";
import { isStop } from "./inquiry.js";
import { isInterruptAddress } from "./interrupt-range.js";
import { translateAddress } from "./page-walk.js";
import { leaveUnlogged, log } from "./results.js";
import { findTranslationPath } from "./translation-path.js";
const SMALLEST_PAGE = 4096;
/** An ATS translation request (§4.2.3). With remapping disabled it is unsupported (§4.2.1). */
export function handleTranslationRequest(inquiry, state, recorder) {
    if (!state.translationEnabled)
        return { status: "blocked", completion: "UR" };
    const path = findTranslationPath(inquiry, state.rootTableAddress);
    if (isStop(path))
        return answer(inquiry, recorder, path);
    const special = specialCondition(inquiry, path);
    if (special !== undefined)
        return special;
    const mapping = translateAddress(inquiry, path);
    return isStop(mapping) ? answer(inquiry, recorder, mapping) : complete(inquiry, mapping);
}
/**
 * The interrupt address range. Without PASID it is S.1 (the device may write there, untranslated) or
 * S.2; with PASID and pass-through the completion carries no permission.
 */
function specialCondition(inquiry, path) {
    const { address, pasid } = inquiry.request;
    if (!isInterruptAddress(address))
        return undefined;
    const nothing = withoutPermission(inquiry);
    if (pasid !== undefined)
        return path.type === "pass-through" ? nothing : undefined;
    // Without NWFS a unit behaves as if NW were always 0 (§11.4.3).
    const noWrite = inquiry.request.noWrite && inquiry.unit.NWFS;
    return noWrite ? nothing : { ...nothing, write: true, untranslatedOnly: true };
}
function withoutPermission({ request }) {
    return {
        status: "ok",
        read: false,
        write: false,
        untranslatedOnly: false,
        noSnoop: false,
        sizeBit: false,
        privileged: request.pasid !== undefined && request.privileged,
        execute: false,
        global: false,
        address: 0n,
        pageSize: SMALLEST_PAGE,
    };
}
/** Translation-completion data, field by field in the order of §4.2.3. */
function complete(inquiry, mapping) {
    const { request, unit } = inquiry;
    const { permissions, pageSize } = mapping;
    const readOnly = request.noWrite && unit.NWFS;
    return {
        ...withoutPermission(inquiry),
        read: permissions.read,
        write: permissions.write && !readOnly,
        noSnoop: mapping.snooped,
        sizeBit: pageSize > SMALLEST_PAGE,
        address: mapping.address & ~BigInt(pageSize - 1),
        pageSize,
    };
}
/** Table 30's answer: UR and CA are logged, Success is not, but for SFS.10. */
function answer(inquiry, recorder, condition) {
    const given = answerTo(condition, "translation", inquiry.request.pasid !== undefined);
    switch (given) {
        case "UR":
        case "CA":
            return {
                status: "fault",
                condition,
                reason: conditionOf(condition).reason,
                completion: given,
                ...log(inquiry, recorder, condition),
            };
        case "S0L":
            return { ...withoutPermission(inquiry), condition, ...log(inquiry, recorder, condition) };
        case "S0":
        case "SE":
            return { ...withoutPermission(inquiry), condition, ...leaveUnlogged(inquiry, condition) };
        default:
            throw new Error(`Table 30 has no answer for ${condition} to a translation request`);
    }
}
