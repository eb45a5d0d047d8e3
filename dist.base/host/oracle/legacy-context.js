import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import { isStop } from "./inquiry.js";
const ENTRY_BYTES = 16n;
const TT_DEVICE_TLB = 1n;
const TT_PASS_THROUGH = 2n;
const TT_RESERVED = 3n;
/** Walks root table and context table in legacy mode (§3.4.2). */
export function readLegacyContext(inquiry, rootTable) {
    const contextTable = readRootEntry(inquiry, rootTable);
    if (isStop(contextTable))
        return contextTable;
    const devfn = BigInt(inquiry.request.sourceId & 0xff);
    const entry = inquiry.fetch("context entry", contextTable.address + devfn * ENTRY_BYTES, 2);
    if (entry === undefined)
        return inquiry.stop("LCT.1", "the context entry cannot be read");
    if (bitIsSet(entry, 1)) {
        inquiry.faultProcessingDisabled = true;
        inquiry.note("FPD=1");
    }
    if (!bitIsSet(entry, 0))
        return inquiry.stop("LCT.2", "P=0");
    const reserved = entry & reservedContextBits(inquiry.unit, entry);
    if (reserved !== 0n)
        return inquiry.stop("LCT.3", `reserved bits ${reserved.toString(16)}h`);
    return checkProgramming(inquiry, entry);
}
function readRootEntry(inquiry, table) {
    const bus = BigInt(inquiry.request.sourceId >> 8);
    const entry = inquiry.fetch("root entry", table + bus * ENTRY_BYTES, 2);
    if (entry === undefined)
        return inquiry.stop("LRT.1", "the root entry cannot be read");
    if (!bitIsSet(entry, 0))
        return inquiry.stop("LRT.2", "P=0");
    const reserved = entry & (maskOf(11, 1) | maskOf(127, inquiry.unit.HAW));
    if (reserved !== 0n)
        return inquiry.stop("LRT.3", `reserved bits ${reserved.toString(16)}h`);
    return { address: entry & maskOf(63, 12) };
}
/** TT = 10b ignores the whole SSPTPTR field, and with it the bits that are too high for an address. */
function reservedContextBits(unit, entry) {
    const fixed = maskOf(11, 4) | maskOf(71, 71) | maskOf(127, 88);
    const domainId = maskOf(87, 72 + unit.domainIdBits);
    const pointer = bitRange(entry, 3, 2) === TT_PASS_THROUGH ? 0n : maskOf(63, unit.HAW);
    return fixed | domainId | pointer;
}
function checkProgramming(inquiry, entry) {
    const { unit, request } = inquiry;
    const width = supportedWidth(unit, bitRange(entry, 66, 64));
    const type = bitRange(entry, 3, 2);
    if (width === undefined)
        return inquiry.stop("LCT.4.1", "AW is not supported");
    if (type === TT_RESERVED)
        return inquiry.stop("LCT.4.2", "TT=11b is reserved");
    if (type === TT_DEVICE_TLB && !unit.DT)
        return inquiry.stop("LCT.4.2", "TT=01b without DT");
    if (type === TT_PASS_THROUGH && !unit.PT)
        return inquiry.stop("LCT.4.2", "TT=10b without PT");
    const fromDeviceTlb = request.kind === "translation" || request.kind === "translated";
    if (fromDeviceTlb && type !== TT_DEVICE_TLB) {
        return inquiry.stop("LCT.5", "TT blocks translation and translated requests");
    }
    return {
        passThrough: type === TT_PASS_THROUGH,
        width,
        secondStageRoot: entry & maskOf(63, 12),
    };
}
/** The width that an AW field selects; undefined if it is reserved or not supported by the unit. */
export function supportedWidth(unit, field) {
    const width = [undefined, 39, 48, 57][Number(field)];
    return width !== undefined && unit.SAGAW.includes(width) ? width : undefined;
}
