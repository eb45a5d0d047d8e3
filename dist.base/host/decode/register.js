import { registers } from "../spec/registers.js";
import { explainFaultRecord } from "./fault-record.js";
import { find } from "./names.js";
import { bytesOf, decodeRecord } from "./record.js";
const WORD_BITS = 64;
const WORD_MASK = (1n << 64n) - 1n;
/** The value as a BigInt, if the register can hold it. */
function checked(register, value) {
    const { mnemonic, width } = register;
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
        throw new RangeError(`${mnemonic} is ${value}; give numbers beyond 2^53 as a BigInt`);
    }
    const bits = BigInt(value);
    if (bits < 0n || bits >> BigInt(width) !== 0n) {
        throw new RangeError(`${mnemonic} is ${bits}; it is a number of ${width} bits`);
    }
    return bits;
}
/**
 * The fields of a register value (§11.4), in the order of the manual's word, then set reserved bits.
 *
 * @param name mnemonic of the register, with or without _REG, in capitals or not
 * @throws RangeError for an unknown name, listing the known ones, and for a value that is too wide
 */
export function decodeRegister(name, value) {
    const register = find("register", registers, ({ mnemonic }) => mnemonic, name);
    const bits = checked(register, value);
    const words = Array.from({ length: Math.ceil(register.width / WORD_BITS) }, (_, index) => (bits >> BigInt(index * WORD_BITS)) & WORD_MASK);
    const fields = decodeRecord(register, bytesOf(words));
    return register.mnemonic === "FRCD" ? explainFaultRecord(fields) : fields;
}
