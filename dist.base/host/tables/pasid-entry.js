const PGTT = { "first-stage": 1, "second-stage": 2, nested: 3, "pass-through": 4 };
/**
 * The AW field for an address width.
 * @throws {RangeError} if it is not 39, 48 or 57.
 */
export function addressWidthCode(width) {
    if (![39, 48, 57].includes(width)) {
        throw new RangeError(`addressWidth ${width}: expected 39, 48 or 57`);
    }
    return (width - 30) / 9;
}
/** Fields of a PASID table entry. */
export function pasidFields(options) {
    return {
        P: options.present ?? true,
        FPD: options.fpd ?? false,
        PGTT: pgtt(options.kind),
        DID: options.domain,
        SRE: options.sre ?? false,
        WPE: options.wpe ?? false,
        EAFE: options.eafe ?? false,
        SSADE: options.ssade ?? false,
        PWSNP: options.pwsnp ?? true,
        PGSNP: options.pgsnp ?? false,
        ...firstStageFields(options),
        ...secondStageFields(options),
    };
}
function pgtt(kind) {
    if (!Object.hasOwn(PGTT, kind)) {
        throw new RangeError(`kind "${kind}": expected one of ${Object.keys(PGTT).join(", ")}`);
    }
    return PGTT[kind];
}
function firstStageFields(options) {
    if (!("firstStage" in options))
        return {};
    return { FSPM: options.firstStage.levels - 4, FSPTPTR: options.firstStage.pointer };
}
function secondStageFields(options) {
    if ("secondStage" in options) {
        return { AW: options.secondStage.levels - 2, SSPTPTR: options.secondStage.pointer };
    }
    return options.addressWidth === undefined ? {} : { AW: addressWidthCode(options.addressWidth) };
}
