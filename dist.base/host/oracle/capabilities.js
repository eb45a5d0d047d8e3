import { bitIsSet, bitRange } from "./bit-fields.js";
const WIDTH_OF_SAGAW_BIT = [
    [9, 39],
    [10, 48],
    [11, 57],
];
/**
 * Decodes the capability registers.
 * Throws a RangeError for a host address width outside 32 to 52, for the reserved ND value 7, for
 * NEST without the two stages that it nests, and for HPTS: the oracle has no host permission tables.
 */
export function decodeCapabilities(registers) {
    const { version, cap, ecap, hostAddressWidth } = registers;
    refuseWhatIsNotModelled(registers);
    return {
        majorVersion: (version >> 4) & 0xf,
        HAW: hostAddressWidth,
        MGAW: Number(bitRange(cap, 21, 16)) + 1,
        SAGAW: WIDTH_OF_SAGAW_BIT.filter(([bit]) => bitIsSet(cap, bit)).map(([, width]) => width),
        domainIdBits: 4 + 2 * Number(bitRange(cap, 2, 0)),
        faultRecords: Number(bitRange(cap, 47, 40)) + 1,
        pasidBits: Number(bitRange(ecap, 39, 35)) + 1,
        ZLR: bitIsSet(cap, 22),
        secondStage2M: bitIsSet(cap, 34),
        secondStage1G: bitIsSet(cap, 35),
        FS1GP: bitIsSet(cap, 56),
        FS5LP: bitIsSet(cap, 60),
        DT: bitIsSet(ecap, 2),
        PT: bitIsSet(ecap, 6),
        SC: bitIsSet(ecap, 7),
        MTS: bitIsSet(ecap, 25),
        NEST: bitIsSet(ecap, 26),
        PRS: bitIsSet(ecap, 29),
        ERS: bitIsSet(ecap, 30),
        SRS: bitIsSet(ecap, 31),
        NWFS: bitIsSet(ecap, 33),
        EAFS: bitIsSet(ecap, 34),
        PASID: bitIsSet(ecap, 40),
        SMTS: bitIsSet(ecap, 43),
        SSADS: bitIsSet(ecap, 45),
        SSTS: bitIsSet(ecap, 46),
        FSTS: bitIsSet(ecap, 47),
        SMPWCS: bitIsSet(ecap, 48),
        RPS: bitIsSet(ecap, 49),
        ADMS: bitIsSet(ecap, 52),
        RPRIVS: bitIsSet(ecap, 53),
        PTRS: bitIsSet(ecap, 56),
        SSIRWS: bitIsSet(ecap, 57),
        QI: bitIsSet(ecap, 1),
        IR: bitIsSet(ecap, 3),
        EIM: bitIsSet(ecap, 4),
        EIMER: bitIsSet(ecap, 61),
        IRREQ: bitIsSet(ecap, 62),
        PI: bitIsSet(cap, 59),
        PLMR: bitIsSet(cap, 5),
        PHMR: bitIsSet(cap, 6),
        DRD: bitIsSet(cap, 55),
        DWD: bitIsSet(cap, 54),
        PSI: bitIsSet(cap, 39),
        DIT: bitIsSet(ecap, 41),
        PDS: bitIsSet(ecap, 42),
        MAMV: Number(bitRange(cap, 53, 48)),
        MHMV: Number(bitRange(ecap, 23, 20)),
    };
}
function refuseWhatIsNotModelled({ cap, ecap, hostAddressWidth }) {
    if (!Number.isInteger(hostAddressWidth) || hostAddressWidth < 32 || hostAddressWidth > 52) {
        throw new RangeError(`host address width ${hostAddressWidth}: expected 32 to 52 bits`);
    }
    if (bitRange(cap, 2, 0) === 7n) {
        throw new RangeError("CAP_REG.ND is 7, which is reserved: expected 0 to 6");
    }
    if (bitIsSet(ecap, 55)) {
        throw new RangeError("ECAP_REG.HPTS is set: the oracle has no host permission tables; clear it");
    }
    if (bitIsSet(ecap, 26) && !(bitIsSet(ecap, 46) && bitIsSet(ecap, 47))) {
        throw new RangeError("ECAP_REG.NEST is set: expected SSTS and FSTS to be set as well");
    }
}
/**
 * The widest input address that any table of the unit can take, in bits. A fault record clears the
 * address bits from here up (§11.4.7.6).
 */
export function widestAddressWidth(unit) {
    const widths = [...unit.SAGAW];
    if (unit.FSTS)
        widths.push(unit.FS5LP ? 57 : 48);
    return widths.length === 0 ? unit.MGAW : Math.max(...widths);
}
/** The largest page that any stage of the unit can map, in bytes. */
export function largestPageSize(unit) {
    if (unit.secondStage1G || unit.FS1GP)
        return 2 ** 30;
    if (unit.secondStage2M || unit.FSTS)
        return 2 ** 21;
    return 2 ** 12;
}
