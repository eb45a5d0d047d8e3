import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
/** IQERCD_REG.IQEI: why the invalidation queue stopped (§11.4.9.9). */
export const IQEI = {
    tail: 1,
    fetch: 2,
    type: 3,
    reserved: 4,
    width: 5,
    alignment: 6,
    mode: 7,
};
const TYPE = maskOf(3, 0) | maskOf(11, 9);
const GRANULARITY = maskOf(5, 4);
const PAGE = 3n;
const ADDRESS = maskOf(127, 76);
/** AM and IH. */
const ADDRESS_MASK = maskOf(70, 64);
/** PFSID: bits 3:0 and 15:4. */
const PHYSICAL_FUNCTION = maskOf(15, 12) | maskOf(63, 52);
const nothing = () => ({ kind: "nothing" });
const numberAt = (descriptor, high, low) => Number(bitRange(descriptor, high, low));
const addressOf = (descriptor) => bitRange(descriptor, 127, 76) << 12n;
/** MIP = 0 stands for 32. */
function throttleOf(unit, descriptor, pending) {
    if (!unit.DIT)
        return undefined;
    const physicalFunction = numberAt(descriptor, 15, 12) | (numberAt(descriptor, 63, 52) << 4);
    return { physicalFunction, limit: pending === 0 ? 32 : pending };
}
/** §6.5.2.1 to §6.5.2.9 and §7.6.1, by the number of the type. Host permission tables are not modelled. */
const TYPES = {
    /** Context cache: DID, SID, FM. */
    1: {
        fields: TYPE | GRANULARITY | maskOf(31, 16) | maskOf(49, 32),
        granularities: [1n, 2n, 3n],
        work: nothing,
    },
    /** IOTLB: DW, DR, DID. */
    2: {
        fields: TYPE | GRANULARITY | maskOf(7, 6) | maskOf(31, 16) | ADDRESS_MASK | ADDRESS,
        granularities: [1n, 2n, 3n],
        allows: (unit, descriptor) => bitRange(descriptor, 5, 4) !== PAGE ||
            (unit.PSI && numberAt(descriptor, 69, 64) <= unit.MAMV),
        work: (_unit, descriptor) => ({
            kind: "drain",
            flags: { reads: bitIsSet(descriptor, 7), writes: bitIsSet(descriptor, 6) },
        }),
    },
    /** Device TLB: MIP, SID, S. */
    3: {
        fields: TYPE | maskOf(20, 16) | maskOf(47, 32) | maskOf(64, 64) | ADDRESS,
        fieldsWith: [["DIT", PHYSICAL_FUNCTION]],
        needs: "DT",
        work: (unit, descriptor) => ({
            kind: "device-tlb",
            throttle: throttleOf(unit, descriptor, numberAt(descriptor, 20, 16)),
            request: {
                sourceId: numberAt(descriptor, 47, 32),
                pasid: undefined,
                address: addressOf(descriptor),
                sizeBit: bitIsSet(descriptor, 64),
                global: false,
            },
        }),
    },
    /** Interrupt entry cache: G is bit 4 alone; IM, IIDX. */
    4: {
        fields: TYPE | maskOf(4, 4) | maskOf(31, 27) | maskOf(47, 32),
        needs: "IR",
        allows: (unit, descriptor) => !bitIsSet(descriptor, 4) || numberAt(descriptor, 31, 27) <= unit.MHMV,
        work: nothing,
    },
    /** Wait: IF, SW, FN, status data and address; PD. */
    5: {
        fields: TYPE | maskOf(6, 4) | maskOf(63, 32) | maskOf(127, 66),
        fieldsWith: [["PDS", maskOf(7, 7)]],
        work: (unit, descriptor) => ({
            kind: "wait",
            interrupt: bitIsSet(descriptor, 4),
            status: bitIsSet(descriptor, 5)
                ? {
                    address: (descriptor >> 64n) & maskOf(unit.HAW - 1, 2),
                    data: bitRange(descriptor, 63, 32),
                }
                : undefined,
        }),
    },
    /** PASID-based IOTLB: DID, PASID. It always drains. */
    6: {
        fields: TYPE | GRANULARITY | maskOf(31, 16) | maskOf(51, 32) | ADDRESS_MASK | ADDRESS,
        needs: "SMTS",
        wide: true,
        granularities: [2n, 3n],
        work: () => ({ kind: "drain", flags: undefined }),
    },
    /** PASID cache: DID, PASID. */
    7: {
        fields: TYPE | GRANULARITY | maskOf(31, 16) | maskOf(51, 32),
        needs: "SMTS",
        wide: true,
        granularities: [0n, 1n, 3n],
        work: nothing,
    },
    /** PASID-based device TLB: MIP, SID, PASID, GI, S. */
    8: {
        fields: TYPE | maskOf(8, 4) | maskOf(51, 16) | maskOf(64, 64) | maskOf(75, 75) | ADDRESS,
        fieldsWith: [["DIT", PHYSICAL_FUNCTION]],
        needs: "DT",
        wide: true,
        work: (unit, descriptor) => ({
            kind: "device-tlb",
            throttle: throttleOf(unit, descriptor, numberAt(descriptor, 8, 4)),
            request: {
                sourceId: numberAt(descriptor, 31, 16),
                pasid: numberAt(descriptor, 51, 32),
                address: addressOf(descriptor),
                sizeBit: bitIsSet(descriptor, 75),
                global: bitIsSet(descriptor, 64),
            },
        }),
    },
    /** Page group response: PP, RC, RID, PASID, PRGI; bit 66 is ignored. */
    9: {
        fields: TYPE | maskOf(4, 4) | maskOf(15, 12) | maskOf(51, 16) | maskOf(75, 66),
        needs: "PRS",
        wide: true,
        work: (_unit, descriptor) => ({
            kind: "response",
            response: {
                sourceId: numberAt(descriptor, 31, 16),
                pasid: bitIsSet(descriptor, 4) ? numberAt(descriptor, 51, 32) : undefined,
                group: numberAt(descriptor, 75, 67),
                code: numberAt(descriptor, 15, 12),
            },
        }),
    },
};
/** Types that the oracle knows. */
export const DESCRIPTOR_TYPES = Object.keys(TYPES).map(Number);
/**
 * Checks a descriptor of 128 or 256 bits, and says what it asks for. Implementation choice C4: what
 * is reserved in a known type is IQEI 4, and so is a granularity or mask that the unit refuses; a
 * type that the unit, or the table mode, does not have is IQEI 3.
 */
export function decodeDescriptor(unit, descriptor, legacyMode) {
    const type = TYPES[numberAt(descriptor, 3, 0) | (numberAt(descriptor, 11, 9) << 4)];
    if (type === undefined || (type.wide && legacyMode))
        return IQEI.type;
    if (type.needs !== undefined && !unit[type.needs])
        return IQEI.type;
    const granted = type.granularities?.includes(bitRange(descriptor, 5, 4)) ?? true;
    const allowed = type.allows?.(unit, descriptor) ?? true;
    if ((descriptor & ~fieldsOf(unit, type)) !== 0n || !granted || !allowed)
        return IQEI.reserved;
    return type.work(unit, descriptor);
}
/** Bits of a type that are not reserved in the unit; undefined for a type that there is not. */
export function fieldsOfType(unit, number) {
    const type = TYPES[number];
    return type === undefined ? undefined : fieldsOf(unit, type);
}
function fieldsOf(unit, { fields, fieldsWith = [] }) {
    return fieldsWith
        .filter(([capability]) => unit[capability] === true)
        .reduce((mask, [, bits]) => mask | bits, fields);
}
