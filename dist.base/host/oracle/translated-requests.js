import { exceedsWidth } from "./bit-fields.js";
import { isStop } from "./inquiry.js";
import { isInterruptAddress } from "./interrupt-range.js";
import { readLegacyContext } from "./legacy-context.js";
import { checkRootTableAddress } from "./root-table-address.js";
import { readScalableContext } from "./scalable-context.js";
import { blockIfProtected, faultOf } from "./untranslated-requests.js";
/**
 * A request with a translated address (§4.2.5): the context entry must allow it, and the address
 * passes as it is. With remapping disabled it is unsupported, and so is one with PASID in a unit
 * that does not know such requests (§4.2.1).
 */
export function handleTranslatedRequest(inquiry, state, recorder) {
    const { request, unit } = inquiry;
    const unknown = request.pasid !== undefined && !unit.PTRS;
    if (!state.translationEnabled || unknown)
        return { status: "blocked", completion: "UR" };
    const condition = findObjection(inquiry, state.rootTableAddress);
    if (condition !== undefined)
        return faultOf(inquiry, recorder, condition);
    const passed = {
        status: "ok",
        address: request.address,
        pageSize: 4096,
        permissions: { read: true, write: true },
    };
    return blockIfProtected(state, passed, false);
}
function findObjection(inquiry, rootTableAddress) {
    const root = checkRootTableAddress(inquiry, rootTableAddress);
    if (isStop(root))
        return root;
    const legacy = root.mode === "legacy";
    const context = legacy
        ? readLegacyContext(inquiry, root.address)
        : readScalableContext(inquiry, root.address);
    if (isStop(context))
        return context;
    const { address } = inquiry.request;
    if (exceedsWidth(address, inquiry.unit.HAW)) {
        return inquiry.stop(legacy ? "LGN.1.2" : "SGN.4.1", "beyond the host address width");
    }
    if (isInterruptAddress(address)) {
        return inquiry.stop(legacy ? "LGN.4" : "SGN.8.3", "in the interrupt address range");
    }
    return undefined;
}
