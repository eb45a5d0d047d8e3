/** An access to the registers that the manual leaves undefined (§11.2). */
export class RegisterAccessError extends Error {
    name = "RegisterAccessError";
}
/** What the core answers to a register access, in words; undefined when nothing is wrong. */
export function shapeProblem(code, offset, size, registerBytes) {
    const where = `${size}-byte access to register offset 0x${offset.toString(16)}`;
    switch (code) {
        case 0:
            return undefined;
        case 1:
            return `${where}: the register set has 0x${registerBytes.toString(16)} bytes`;
        case 2:
            return `${where}: must be aligned to its size`;
        default:
            return `${where}: registers are accessed with 4 bytes, 64-bit registers with 4 or 8`;
    }
}
/** The offset as the core takes it, in 32 bits: what is none becomes one outside the page. */
export function registerOffset(offset) {
    return offset >>> 0 === offset ? offset | 0 : -8;
}
/** The size as the core takes it: what is none becomes a wrong one. */
export function registerSize(size) {
    return size === 4 || size === 8 ? size : 0;
}
/** @throws RangeError if a value does not fit a register of that width. */
export function checkWidth(name, value, bits) {
    const lowest = -(1n << BigInt(bits - 1));
    const fits = (typeof value === "bigint" || Number.isInteger(value)) &&
        BigInt(value) >= lowest &&
        BigInt(value) < 1n << BigInt(bits);
    if (!fits)
        throw new RangeError(`${name} is ${String(value)}: expected an integer of ${bits} bits`);
}
