import { isStop } from "./inquiry.js";
import { readLegacyContext } from "./legacy-context.js";
import { checkExecuteAndPrivilege, readPasidEntry } from "./pasid-table.js";
import { checkRootTableAddress } from "./root-table-address.js";
import { readScalableContext } from "./scalable-context.js";
/** Root-table address, root, context, and in scalable mode PASID entries, in the manual's order. */
export function findTranslationPath(inquiry, rootTableAddress) {
    const root = checkRootTableAddress(inquiry, rootTableAddress);
    if (isStop(root))
        return root;
    return root.mode === "legacy" ? legacyPath(inquiry, root) : scalablePath(inquiry, root);
}
function legacyPath(inquiry, root) {
    const context = readLegacyContext(inquiry, root.address);
    if (isStop(context))
        return context;
    const common = { mode: "legacy", pageSnooped: false };
    if (context.passThrough)
        return { ...common, type: "pass-through" };
    return {
        ...common,
        type: "second-stage",
        second: {
            mode: "legacy",
            root: context.secondStageRoot,
            width: context.width,
            ioPermissions: false,
            accessedDirty: false,
            snooped: false,
        },
    };
}
function scalablePath(inquiry, root) {
    const mode = "scalable";
    const context = readScalableContext(inquiry, root.address);
    if (isStop(context))
        return context;
    const entry = readPasidEntry(inquiry, context);
    if (isStop(entry))
        return entry;
    const refused = checkExecuteAndPrivilege(inquiry, entry, context);
    if (refused !== undefined)
        return refused;
    const { pageSnooped } = entry;
    const supervisor = context.privileged;
    const { ioPermissions } = root;
    switch (entry.type) {
        case "pass-through":
            return { mode, pageSnooped, type: entry.type };
        case "first-stage":
            return { mode, pageSnooped, type: entry.type, first: { ...entry.first, supervisor } };
        case "second-stage":
            return {
                mode,
                pageSnooped,
                type: entry.type,
                second: { ...entry.second, mode, ioPermissions },
            };
        case "nested":
            return {
                mode,
                pageSnooped,
                type: entry.type,
                first: { ...entry.first, supervisor },
                second: { ...entry.second, mode, ioPermissions },
            };
    }
}
