import { conditionOf } from "./fault-conditions.js";
import { isStop } from "./inquiry.js";
import { readPasidEntry } from "./pasid-table.js";
import { leaveUnlogged, log } from "./results.js";
import { checkRootTableAddress } from "./root-table-address.js";
import { readScalableContext } from "./scalable-context.js";
/** Looks the request up as far as its PASID-table entry; a page request walks no page table. */
export function authorise(inquiry, request, state, recorder) {
    const silently = { ok: false, condition: undefined, answer: "drop" };
    if (!inquiry.unit.PRS)
        return { ...silently, why: "PRS=0" };
    if (!state.translationEnabled)
        return { ...silently, why: "translation-disabled" };
    const found = lookUp(inquiry, state.rootTableAddress);
    if (!isStop(found))
        return { ok: true, ...found };
    const { reason, qualified } = conditionOf(found);
    const stopMarker = request.last && !request.read && !request.write;
    return {
        ok: false,
        condition: found,
        reason,
        qualified,
        fpd: inquiry.faultProcessingDisabled,
        answer: request.last && !stopMarker ? "invalid-request" : "drop",
        ...(stopMarker ? leaveUnlogged(inquiry, found) : log(inquiry, recorder, found)),
    };
}
function lookUp(inquiry, rootTableAddress) {
    const root = checkRootTableAddress(inquiry, rootTableAddress);
    if (isStop(root))
        return root;
    const context = readScalableContext(inquiry, root.address);
    if (isStop(context))
        return context;
    const pasidEntry = readPasidEntry(inquiry, context);
    return isStop(pasidEntry) ? pasidEntry : { pasid: context.pasid, pasidEntry };
}
