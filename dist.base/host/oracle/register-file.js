import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import { registers } from "../spec/registers.js";
import { bitRange, maskOf } from "./bit-fields.js";
const PAGE = 4096;
const STICKY = new Set(["ROS", "RW1CS"]);
const WRITE_ONE_TO_CLEAR = new Set(["RW1C", "RW1CS"]);
const STORED = new Set(["RW", "WO"]);
/**
 * The register page: which registers there are, who may change their bits, and their values (§11.2,
 * §11.3). Effects of writes are not here.
 */
export class RegisterFile {
    #registers;
    #byName = new Map();
    constructor(options) {
        this.#registers = place(options);
        for (const register of this.#registers) {
            this.#byName.set(key(register.mnemonic, register.index), register);
        }
        this.reset("power-good");
    }
    has(mnemonic) {
        return this.#byName.has(key(mnemonic, 0));
    }
    /** Why the manual leaves an access undefined (§11.2); undefined for one that it defines. */
    problem(offset, size) {
        const access = `${size}-byte access to register offset 0x${offset.toString(16)}`;
        if (size !== 4 && size !== 8)
            return `${access}: expected 4 or 8 bytes`;
        if (!Number.isInteger(offset) || offset < 0 || offset + size > PAGE) {
            return `${access}: expected an offset within the 4 KiB register page`;
        }
        if (offset % size !== 0)
            return `${access}: must be aligned to its size`;
        const narrow = size === 8 && this.#touched(offset, size).some(({ width }) => width === 32);
        return narrow ? `${access}: 32-bit registers take 32-bit accesses alone` : undefined;
    }
    /** What software reads. Reserved offsets and write-only fields read 0. */
    read(offset, size) {
        let value = 0n;
        for (const register of this.#touched(offset, size)) {
            const readable = register.value & ~bitsOf(register, (field) => field.access === "WO");
            value |= toAccess(readable, register, offset);
        }
        return value & maskOf(8 * size - 1, 0);
    }
    /** Stores what software may change; at most one register is touched, none at a reserved offset. */
    write(offset, size, value) {
        const register = this.#touched(offset, size)[0];
        if (register === undefined)
            return undefined;
        const shift = BigInt(8 * (offset - register.offset));
        const covered = maskOf(8 * size - 1, 0) << shift;
        const written = value << shift;
        const stored = covered & bitsOf(register, (field) => STORED.has(field.access));
        const clearing = written & bitsOf(register, (field) => WRITE_ONE_TO_CLEAR.has(field.access));
        const cleared = clearing & register.value;
        register.value = (register.value & ~stored & ~clearing) | (written & stored);
        const { mnemonic, index } = register;
        return { mnemonic, index, covered, written, cleared };
    }
    value(mnemonic, index = 0) {
        return this.#find(mnemonic, index).value;
    }
    /** Hardware sets a whole register; the bits of its fields alone. */
    setValue(mnemonic, value, index = 0) {
        const register = this.#find(mnemonic, index);
        register.value = value & bitsOf(register, () => true);
    }
    /** A field's number; 0 if the unit does not have the field. */
    field(mnemonic, name, index = 0) {
        const register = this.#find(mnemonic, index);
        const field = register.fields.get(name);
        return field === undefined ? 0n : bitRange(register.value, field.high, field.low);
    }
    flag(mnemonic, name, index = 0) {
        return this.field(mnemonic, name, index) !== 0n;
    }
    /** Hardware sets a field, whatever software may do to it. */
    setField(mnemonic, name, value, index = 0) {
        const register = this.#find(mnemonic, index);
        const field = register.fields.get(name);
        if (field === undefined)
            return;
        const mask = maskOf(field.high, field.low);
        register.value = (register.value & ~mask) | ((BigInt(value) << BigInt(field.low)) & mask);
    }
    reset(kind) {
        for (const register of this.#registers) {
            const kept = kind === "warm" ? bitsOf(register, (field) => STICKY.has(field.access)) : 0n;
            register.value = (register.value & kept) | (register.reset & ~kept);
        }
    }
    #touched(offset, size) {
        return this.#registers.filter((register) => offset < register.offset + register.width / 8 && register.offset < offset + size);
    }
    #find(mnemonic, index) {
        const register = this.#byName.get(key(mnemonic, index));
        if (register === undefined)
            throw new RangeError(`the unit has no register ${mnemonic}`);
        return register;
    }
}
function key(mnemonic, index) {
    return `${mnemonic}.${index}`;
}
function bitsOf(register, chosen) {
    return [...register.fields.values()]
        .filter(chosen)
        .reduce((bits, { high, low }) => bits | maskOf(high, low), 0n);
}
function toAccess(value, register, offset) {
    const bits = BigInt(8 * (offset - register.offset));
    return bits >= 0n ? value >> bits : value << -bits;
}
/** The registers of a unit: those whose capabilities it reports, where it reports them to lie. */
function place(options) {
    const capability = capabilityValues(options);
    const reported = (name) => (capability.get(name) ?? 0) !== 0;
    const exists = ({ requires = [], requiresAny }) => requires.every(reported) && (requiresAny?.some(reported) ?? true);
    return registers
        .filter(isModelled)
        .filter(exists)
        .flatMap((register) => {
        const { placedBy, repeat } = register;
        const base = register.offset + 16 * (placedBy ? (capability.get(placedBy) ?? 0) : 0);
        const count = repeat?.count === "NFR" ? (capability.get("NFR") ?? 0) + 1 : Number(repeat?.count ?? 1);
        const fields = new Map(register.fields
            .filter(({ requires = [] }) => requires.every(reported))
            .map((field) => [field.name, field]));
        const { mnemonic, width } = register;
        const reset = initialValue(register, fields, options);
        return Array.from({ length: count }, (_, index) => {
            const offset = base + index * Number(repeat?.stride ?? 0);
            return { mnemonic, index, offset, width, fields, reset, value: reset };
        });
    });
}
/** Performance monitoring is not modelled; its counters lie where a unit chooses. */
function isModelled({ placedBy }) {
    return placedBy === undefined || placedBy === "FRO" || placedBy === "IRO";
}
function capabilityValues({ cap, ecap }) {
    const valuesOf = ({ fields }, value) => fields.map(({ name, high, low }) => [name, Number(bitRange(value, high, low))]);
    return new Map([...valuesOf(capRegister, cap), ...valuesOf(ecapRegister, ecap)]);
}
function initialValue({ mnemonic }, fields, { version, cap, ecap }) {
    if (mnemonic === "VER")
        return BigInt(version);
    if (mnemonic === "CAP")
        return cap;
    if (mnemonic === "ECAP")
        return ecap;
    return [...fields.values()].reduce((value, { low, reset = 0 }) => value | (BigInt(reset) << BigInt(low)), 0n);
}
