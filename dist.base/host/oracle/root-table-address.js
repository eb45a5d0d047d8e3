import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
const LEGACY = 0n;
const SCALABLE = 1n;
const RESERVED = 2n;
const ABORT_DMA = 3n;
/** The root-table-address conditions RTA.1 to RTA.5, and the mode if none holds. */
export function checkRootTableAddress(inquiry, register) {
    const { unit, request } = inquiry;
    const mode = bitRange(register, 11, 10);
    const ioPermissions = unit.SSIRWS && bitIsSet(register, 7);
    const withPasid = request.pasid !== undefined;
    const isPageRequest = request.kind === "page-request";
    if (mode === ABORT_DMA && !unit.ADMS)
        return "RTA.1.1";
    if (mode === RESERVED)
        return "RTA.1.2";
    if (mode === SCALABLE && !unit.SMTS)
        return "RTA.1.3";
    if (mode === LEGACY && ioPermissions && !withPasid && !isPageRequest)
        return "RTA.1.4";
    if (mode === LEGACY && withPasid && !isPageRequest)
        return "RTA.2";
    if (mode === LEGACY && isPageRequest)
        return "RTA.3";
    if (mode === ABORT_DMA)
        return "RTA.4";
    if (unit.majorVersion >= 8 && request.execute && !isPageRequest)
        return "RTA.5";
    return {
        mode: mode === LEGACY ? "legacy" : "scalable",
        address: register & maskOf(unit.HAW - 1, 12),
        ioPermissions,
    };
}
