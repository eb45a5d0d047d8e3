import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import { isStop } from "./inquiry.js";
const ROOT_ENTRY_BYTES = 16n;
const CONTEXT_ENTRY_BYTES = 32n;
/** Bits that are reserved in every unit; the address bits from the host address width up come on top. */
const ALWAYS_RESERVED = maskOf(8, 7) | maskOf(255, 85);
/** Fields that are reserved in a unit without the capability. */
const RESERVED_WITHOUT = [
    ["DT", maskOf(2, 2)],
    ["PASID", maskOf(3, 3)],
    ["PRS", maskOf(4, 4)],
    ["PTRS", maskOf(6, 6)],
    ["RPS", maskOf(83, 64)],
    ["RPRIVS", maskOf(84, 84)],
];
/** HPTE: the oracle models no unit with host permission tables. */
const HPT_ENABLE = maskOf(5, 5);
/** Walks root table and context table in scalable mode (§3.4.3). */
export function readScalableContext(inquiry, rootTable) {
    const contextTable = readRootEntry(inquiry, rootTable);
    if (isStop(contextTable))
        return contextTable;
    const index = BigInt(inquiry.request.sourceId & 0x7f);
    const address = contextTable.address + index * CONTEXT_ENTRY_BYTES;
    const entry = inquiry.fetch("scalable-mode context entry", address, 4);
    if (entry === undefined)
        return inquiry.stop("SCT.1", "the context entry cannot be read");
    if (bitIsSet(entry, 1)) {
        inquiry.faultProcessingDisabled = true;
        inquiry.note("FPD=1");
    }
    if (!bitIsSet(entry, 0))
        return inquiry.stop("SCT.2", "P=0");
    const reserved = entry & reservedBits(inquiry.unit);
    if (reserved !== 0n)
        return inquiry.stop("SCT.3", `reserved bits ${reserved.toString(16)}h`);
    return (checkProgramming(inquiry, entry) ??
        checkDeviceTlbAndPasid(inquiry, entry) ??
        interpret(inquiry, entry));
}
/** Only the half of a scalable-mode root entry that the request uses is checked (SRT.2, SRT.3). */
function readRootEntry(inquiry, table) {
    const { sourceId } = inquiry.request;
    const address = table + BigInt(sourceId >> 8) * ROOT_ENTRY_BYTES;
    const entry = inquiry.fetch("scalable-mode root entry", address, 2);
    if (entry === undefined)
        return inquiry.stop("SRT.1", "the root entry cannot be read");
    const upper = (sourceId & 0x80) !== 0;
    const half = upper ? bitRange(entry, 127, 64) : bitRange(entry, 63, 0);
    if (!bitIsSet(half, 0))
        return inquiry.stop("SRT.2", upper ? "UP=0" : "LP=0");
    const reserved = half & (maskOf(11, 1) | maskOf(63, inquiry.unit.HAW));
    if (reserved !== 0n)
        return inquiry.stop("SRT.3", `reserved bits ${reserved.toString(16)}h`);
    return { address: half & maskOf(63, 12) };
}
function reservedBits(unit) {
    return RESERVED_WITHOUT.filter(([capability]) => unit[capability] === false).reduce((mask, [, bits]) => mask | bits, ALWAYS_RESERVED | HPT_ENABLE | maskOf(63, unit.HAW));
}
/** PDTS = X: the directory has 2^(X+7) entries of 64 PASIDs each. */
function largestPasid(entry) {
    return 2 ** (Number(bitRange(entry, 11, 9)) + 13) - 1;
}
function ridPasid(entry) {
    return Number(bitRange(entry, 83, 64));
}
/** SCT.4: fields that contradict each other. */
function checkProgramming(inquiry, entry) {
    const { kind, pasid } = inquiry.request;
    const [dte, paside, pre, eptr] = [2, 3, 4, 6].map((position) => bitIsSet(entry, position));
    if (!dte && pre)
        return inquiry.stop("SCT.4.1", "DTE=0 and PRE=1");
    if (ridPasid(entry) > largestPasid(entry)) {
        return inquiry.stop("SCT.4.2", "RID_PASID is beyond the directory");
    }
    // Table 30 leaves an untranslated or translation request with PASID to SCT.6.
    const leftToPaside = pasid !== undefined && (kind === "untranslated" || kind === "translation");
    if (eptr && !paside && !leftToPaside)
        return inquiry.stop("SCT.4.3", "EPTR=1 and PASIDE=0");
    return undefined;
}
/** SCT.5 to SCT.10 and SGN.10: what the entry allows this kind of request. */
function checkDeviceTlbAndPasid(inquiry, entry) {
    const { kind, pasid } = inquiry.request;
    const [dte, paside, pre, eptr] = [2, 3, 4, 6].map((position) => bitIsSet(entry, position));
    const withPasid = pasid !== undefined;
    if ((kind === "translation" || kind === "translated") && !dte) {
        return inquiry.stop("SCT.5", "DTE=0");
    }
    if (withPasid && kind !== "translated" && !paside)
        return inquiry.stop("SCT.6", "PASIDE=0");
    if (withPasid && pasid > largestPasid(entry)) {
        return inquiry.stop("SCT.7", "the PASID is beyond the directory");
    }
    if (kind === "page-request" && !pre)
        return inquiry.stop("SCT.8", "PRE=0");
    if (withPasid && pasid === ridPasid(entry)) {
        return inquiry.stop("SCT.9", "the PASID is the one of requests without PASID");
    }
    if (withPasid && kind === "translated" && !eptr)
        return inquiry.stop("SCT.10", "EPTR=0");
    if (withPasid && kind !== "page-request" && pasid >= 2 ** inquiry.unit.pasidBits) {
        return inquiry.stop("SGN.10", `the PASID needs more than ${inquiry.unit.pasidBits} bits`);
    }
    return undefined;
}
function interpret({ request }, entry) {
    const withPasid = request.pasid !== undefined;
    return {
        pasidDirectory: entry & maskOf(63, 12),
        pasid: request.pasid ?? ridPasid(entry),
        privileged: withPasid ? request.privileged : bitIsSet(entry, 84),
    };
}
