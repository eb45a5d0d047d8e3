import { registers } from "../spec/registers.js";
import { interruptEntries, pagingEntries, tableEntries } from "../spec/structures.js";
/** The entries that tables consist of, out of the manual's structures. */
export const LEGACY_ROOT = named("ROOT");
export const LEGACY_CONTEXT = named("CONTEXT");
export const SCALABLE_ROOT = named("SM_ROOT");
export const SCALABLE_CONTEXT = named("SM_CONTEXT");
export const PASID_DIRECTORY = named("PASID_DIR");
export const PASID_TABLE = named("PASID_ENTRY");
export const FIRST_STAGE_ENTRY = named("FS");
export const SECOND_STAGE_ENTRY = named("SS");
export const INTERRUPT_ENTRY = named("IRTE");
export const POSTED_INTERRUPT_ENTRY = named("IRTE_POSTED");
export const POSTED_DESCRIPTOR = named("POSTED_DESCRIPTOR");
/** Registers whose values are composed like entries. */
export const RTADDR = register("RTADDR");
export const IRTA = register("IRTA");
/**
 * The bits of fields of a one-word entry.
 * @throws {Error} if there is no such field.
 */
export function maskOf(structure, ...names) {
    return names.reduce((mask, name) => {
        const field = structure.fields.find((candidate) => candidate.name === name);
        if (field === undefined)
            throw new Error(`${structure.title} has no field ${name}`);
        const { high, low } = field;
        return mask | (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low));
    }, 0n);
}
function named(name) {
    const structure = [...tableEntries, ...pagingEntries, ...interruptEntries].find((entry) => entry.name === name);
    if (structure === undefined)
        throw new Error(`host/spec/structures.ts has no structure ${name}`);
    return structure;
}
function register(mnemonic) {
    const found = registers.find((candidate) => candidate.mnemonic === mnemonic);
    if (found === undefined)
        throw new Error(`host/spec/registers describes no ${mnemonic}`);
    return { ...found, name: mnemonic, bits: found.width };
}
