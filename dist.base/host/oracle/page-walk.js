import { both, demandOf, inWords, lackingRight, refuseIfLacking, } from "./access-rights.js";
import { exceedsWidth } from "./bit-fields.js";
import { largestPageSize } from "./capabilities.js";
import { firstStageRights, HOST_MEMORY, isCanonical, markFirstStageLeaf, walkFirstStage, } from "./first-stage.js";
import { ENTRY_CHANGED, isStop } from "./inquiry.js";
import { isInterruptAddress, pageTouchesInterruptRange } from "./interrupt-range.js";
import { guestMemory } from "./nested.js";
import { inputWidth, markSecondStageLeaf, walkSecondStage, } from "./second-stage.js";
const EVERYTHING = { read: true, write: true };
/**
 * Translates the address of an untranslated or a translation request.
 * The walk starts over when another agent changed an entry under it; flags that the abandoned walk
 * has set stay set, as §3.6.2 and §3.7.2 permit for accessed flags.
 */
export function translateAddress(inquiry, path) {
    let outcome;
    do {
        outcome = walk(inquiry, path);
    } while (outcome === ENTRY_CHANGED);
    return outcome;
}
function walk(inquiry, path) {
    const demand = demandOf(inquiry);
    switch (path.type) {
        case "pass-through":
            return passThrough(inquiry, path);
        case "first-stage":
            return throughFirstStage(inquiry, path, path.first, demand);
        case "second-stage":
            return throughSecondStage(inquiry, path, path.second, demand);
        case "nested":
            return throughBothStages(inquiry, path, path.first, path.second, demand);
    }
}
/** §3.9. */
function passThrough(inquiry, path) {
    const { unit, request } = inquiry;
    const { address } = request;
    if (exceedsWidth(address, unit.HAW)) {
        const condition = path.mode === "legacy" ? "LGN.1.3" : "SGN.4.2";
        return inquiry.stop(condition, "the address is beyond the host address width");
    }
    if (request.kind === "untranslated" && isInterruptAddress(address)) {
        return refuseInterruptRange(inquiry, path);
    }
    const pageSize = largestPageSize(unit);
    return { address, pageSize, permissions: EVERYTHING, snooped: path.pageSnooped };
}
function throughFirstStage(inquiry, path, first, demand) {
    const { address: input } = inquiry.request;
    if (!isCanonical(input, first.levels))
        return inquiry.stop("SGN.1", "not canonical");
    const leaf = walkFirstStage(inquiry, first, input, HOST_MEMORY);
    if (isStop(leaf))
        return leaf;
    const permissions = firstStageRights(inquiry, first, leaf);
    if (isStop(permissions))
        return permissions;
    inquiry.note(inWords(permissions));
    const { address, pageSize } = leaf;
    return (refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, permissions)) ??
        checkOutput(inquiry, path, address, pageSize) ??
        markFirstStageLeaf(inquiry, first, leaf, demand.write && permissions.write) ?? {
        address,
        pageSize,
        permissions,
        snooped: path.pageSnooped,
    });
}
function throughSecondStage(inquiry, path, second, demand) {
    const { address: input } = inquiry.request;
    if (exceedsWidth(input, inputWidth(inquiry.unit, second))) {
        const condition = path.mode === "legacy" ? "LGN.1.1" : "SGN.5";
        return inquiry.stop(condition, "the address is beyond the second stage");
    }
    const leaf = walkSecondStage(inquiry, second, input, demand);
    if (isStop(leaf))
        return leaf;
    const { address, pageSize, granted: permissions } = leaf;
    return (refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, permissions)) ??
        checkOutput(inquiry, path, address, pageSize) ??
        markSecondStageLeaf(inquiry, second, leaf, demand.write && permissions.write) ?? {
        address,
        pageSize,
        permissions,
        snooped: path.pageSnooped || leaf.snoop,
    });
}
/**
 * First-stage rights, the second-stage walk of the final address with its rights, and only then the
 * flags of both leaves: a dirty flag is never set for a request that fails (§3.6.2).
 */
function throughBothStages(inquiry, path, first, second, demand) {
    const { address: input } = inquiry.request;
    if (!isCanonical(input, first.levels))
        return inquiry.stop("SGN.1", "not canonical");
    const outer = walkFirstStage(inquiry, first, input, guestMemory(inquiry, second));
    if (isStop(outer))
        return outer;
    const firstGrants = firstStageRights(inquiry, first, outer);
    if (isStop(firstGrants))
        return firstGrants;
    inquiry.note(inWords(firstGrants));
    const refused = refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, firstGrants));
    if (refused !== undefined)
        return refused;
    const inner = walkSecondStage(inquiry, second, outer.address, demand);
    if (isStop(inner))
        return inner;
    const permissions = both(firstGrants, inner.granted);
    // A translation request gets what both stages grant; another request has passed the first already.
    const judged = demand.partial ? permissions : inner.granted;
    const written = demand.write && permissions.write;
    const { address } = inner;
    const pageSize = Math.min(outer.pageSize, inner.pageSize);
    return (refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, judged)) ??
        checkOutput(inquiry, path, address, pageSize) ??
        markFirstStageLeaf(inquiry, first, outer, written) ??
        markSecondStageLeaf(inquiry, second, inner, written) ?? {
        address,
        pageSize,
        permissions,
        snooped: path.pageSnooped || inner.snoop,
    });
}
/**
 * LGN.4, SGN.8: an untranslated request must not reach FEEx_xxxxh, and no part of a page that a
 * device may cache may lie there.
 */
function checkOutput(inquiry, path, address, pageSize) {
    const reached = inquiry.request.kind === "untranslated"
        ? isInterruptAddress(address)
        : pageTouchesInterruptRange(address, pageSize);
    return reached ? refuseInterruptRange(inquiry, path) : undefined;
}
function refuseInterruptRange(inquiry, path) {
    const scalable = inquiry.request.kind === "untranslated" ? "SGN.8.1" : "SGN.8.2";
    const condition = path.mode === "legacy" ? "LGN.4" : scalable;
    return inquiry.stop(condition, "the output lies in the interrupt address range");
}
