import { invalidationDescriptors, pageRequestDescriptor } from "../spec/descriptors.js";
import { faultConditions } from "../spec/faults.js";
import { registers } from "../spec/registers.js";
import { interruptEntries, pagingEntries, tableEntries } from "../spec/structures.js";
const WIDEST_PLAIN_REGISTER = 64;
/** Records of registers wider than 64 bits, which software reads like a structure. */
function asStructure(register) {
    return { ...register, name: register.mnemonic, bits: register.width };
}
export const knownStructures = [
    ...tableEntries,
    ...pagingEntries,
    ...interruptEntries,
    ...invalidationDescriptors,
    pageRequestDescriptor,
    ...registers.filter((register) => register.width > WIDEST_PLAIN_REGISTER).map(asStructure),
];
/** Every name that `decodeRegister`, `decodeStructure`, `decodeDescriptor` and `decodeFault` know. */
export function listNames() {
    return {
        registers: registers.map((register) => register.mnemonic),
        structures: knownStructures.map((structure) => structure.name),
        descriptors: [...invalidationDescriptors, pageRequestDescriptor].map(({ name }) => name),
        faults: faultConditions.map((fault) => fault.condition),
    };
}
/** "pasid-entry" and "GSTS_REG" mean what the tables call PASID_ENTRY and GSTS. */
function canonical(name) {
    return name.toUpperCase().replaceAll("-", "_").replace(/_REG$/, "");
}
/**
 * The entry of a table with this name, in capitals or not.
 *
 * @throws RangeError listing what is known
 */
export function find(kind, entries, nameOf, name) {
    const found = entries.find((entry) => nameOf(entry) === canonical(name));
    if (found === undefined) {
        const known = entries.map(nameOf).join(", ");
        throw new RangeError(`no ${kind} "${name}"; known are ${known}`);
    }
    return found;
}
