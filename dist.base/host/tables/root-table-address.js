import { encodeEntry } from "./entry.js";
import { RTADDR } from "./structures.js";
/** The value for the Root Table Address Register that announces a root table (§11.4.5). */
export function rootTableAddress(mode, rootTable, ssirwe = false) {
    const ttm = RTADDR.fields
        .find(({ name }) => name === "TTM")
        ?.values?.find(({ name }) => name === mode);
    if (ttm === undefined)
        throw new Error(`host/spec/registers describes no RTADDR.TTM ${mode}`);
    const [value = 0n] = encodeEntry(RTADDR, { RTA: rootTable, TTM: ttm.value, SSIRWE: ssirwe });
    return value;
}
