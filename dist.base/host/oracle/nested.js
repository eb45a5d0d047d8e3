import {} from "./access-rights.js";
import { exceedsWidth } from "./bit-fields.js";
import { isStop } from "./inquiry.js";
import { inputWidth, markSecondStageLeaf, walkSecondStage, } from "./second-stage.js";
/**
 * Guest memory as first-stage entries see it under nested translation: each of them is reached
 * through the second stage, which must let the unit read it, and write its flags (§3.8.1).
 */
export function guestMemory(inquiry, tables) {
    return {
        reaches: (address) => !exceedsWidth(address, inputWidth(inquiry.unit, tables)),
        locate: (address, isRoot) => locateEntry(inquiry, tables, address, isRoot),
    };
}
/** With SSADE any access to a first-stage entry counts as a write to the page that holds it. */
function locateEntry(inquiry, tables, address, isRoot) {
    const demand = {
        read: true,
        write: tables.accessedDirty,
        partial: false,
        zeroLength: false,
    };
    const leaf = walkSecondStage(inquiry, tables, address, demand);
    if (isStop(leaf))
        return leaf;
    const { read, write } = leaf.granted;
    if (!read || (demand.write && !write)) {
        const missing = read ? "write" : "read";
        return inquiry.stop(isRoot ? "SFS.6" : "SFS.7", `no ${missing} permission for the entry`);
    }
    const stop = markSecondStageLeaf(inquiry, tables, leaf, demand.write);
    if (stop !== undefined)
        return stop;
    return { hostAddress: leaf.address, writable: write };
}
