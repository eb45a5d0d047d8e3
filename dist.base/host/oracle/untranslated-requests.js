import { answerTo, conditionOf } from "./fault-conditions.js";
import { isStop } from "./inquiry.js";
import { decideInterruptRange } from "./interrupt-range.js";
import { translateAddress } from "./page-walk.js";
import { log } from "./results.js";
import { findTranslationPath } from "./translation-path.js";
/** An untranslated memory request (§3). */
export function handleUntranslated(inquiry, state, recorder) {
    const { address } = inquiry.request;
    const unchanged = {
        status: "ok",
        address,
        pageSize: 4096,
        permissions: { read: true, write: true },
    };
    const enforced = state.translationEnabled || state.interruptRemappingEnabled;
    switch (decideInterruptRange(inquiry.request, enforced)) {
        case "interrupt":
            return { status: "interrupt", address };
        case "illegal":
            return faultOf(inquiry, recorder, "IR.29");
        case "bypass":
            return unchanged;
        case "translate":
            break;
    }
    if (!state.translationEnabled)
        return blockIfProtected(state, unchanged, false);
    const path = findTranslationPath(inquiry, state.rootTableAddress);
    if (isStop(path))
        return faultOf(inquiry, recorder, path);
    const mapping = translateAddress(inquiry, path);
    if (isStop(mapping))
        return faultOf(inquiry, recorder, mapping);
    const { pageSize, permissions } = mapping;
    const translated = { status: "ok", address: mapping.address, pageSize, permissions };
    return blockIfProtected(state, translated, path.type !== "pass-through");
}
/** Protected memory regions block without a fault (§11.4.8.1). */
export function blockIfProtected(state, translated, remapped) {
    const blocked = state.protectedMemory?.blocks(translated.address, remapped) ?? false;
    return blocked ? { status: "blocked", completion: "UR" } : translated;
}
/** Blocks an untranslated or a translated request, and logs why. */
export function faultOf(inquiry, recorder, condition) {
    const { kind, pasid } = inquiry.request;
    const answer = answerTo(condition, kind, pasid !== undefined);
    if (answer !== "UR" && answer !== "CA") {
        throw new Error(`Table 30 has no blocking answer for ${condition} to a ${kind} request`);
    }
    return {
        status: "fault",
        condition,
        reason: conditionOf(condition).reason,
        completion: answer,
        ...log(inquiry, recorder, condition),
    };
}
