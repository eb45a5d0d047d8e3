import { header } from "./header.js";
const CAPABILITY_POINTER = 0x34;
const CAPABILITIES_LIST = 1 << 4;
const EXTENDED_START = 0x100;
/** Writes the structures into configuration space and links each list in the order given. */
export function addCapabilities(config, capabilities) {
    const standard = capabilities.filter((capability) => capability.kind === "standard");
    const extended = capabilities.filter((capability) => capability.kind === "extended");
    config.define({ at: CAPABILITY_POINTER, size: 1, value: standard[0]?.at ?? 0 });
    const statusBits = standard.length > 0 ? CAPABILITIES_LIST : 0;
    config.define({ at: header.status, size: 1, value: statusBits });
    standard.forEach(({ at, id }, index) => {
        config.define({ at, size: 1, value: id });
        config.define({ at: at + 1, size: 1, value: standard[index + 1]?.at ?? 0 });
    });
    if (extended.length > 0 && extended[0]?.at !== EXTENDED_START) {
        throw new RangeError("the first extended capability must lie at 0x100");
    }
    extended.forEach(({ at, id, version = 1 }, index) => {
        const next = extended[index + 1]?.at ?? 0;
        config.define({ at, size: 4, value: id | (version << 16) | (next << 20) });
    });
    for (const { at, fields } of capabilities) {
        for (const field of fields)
            config.define({ ...field, at: at + field.at });
    }
}
/** Where the extended capability with an id lies, walked as software does; undefined without it. */
export function findExtendedCapability(config, id) {
    let at = EXTENDED_START;
    while (at >= EXTENDED_START) {
        const header = config.get(at, 4);
        if ((header & 0xffff) === id)
            return at;
        at = header >>> 20;
    }
    return undefined;
}
/** The first place behind the extended capabilities where another one can lie. */
export function endOfExtended(capabilities) {
    const ends = capabilities
        .filter(({ kind }) => kind === "extended")
        .flatMap(({ at, fields }) => [at + 4, ...fields.map((field) => at + field.at + field.size)]);
    return Math.ceil(Math.max(EXTENDED_START, ...ends) / 16) * 16;
}
