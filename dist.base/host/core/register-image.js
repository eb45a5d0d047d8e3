import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import { performanceReports } from "./performance-capabilities.js";
import { exists, placeRegisters, registerBytes, } from "./register-placement.js";
const masksOf = {
    RO: [],
    ROS: ["sticky"],
    RW: ["readWrite"],
    RW1C: ["writeOneToClear"],
    RW1CS: ["writeOneToClear", "sticky"],
    // While they are locked the core drops writes of the whole register.
    RWL: ["readWrite"],
    RWLV: ["readWrite"],
    WO: ["writeOnly"],
};
function fieldValues(fields, word) {
    return Object.fromEntries(fields.map(({ name, high, low }) => [
        name,
        Number((word >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)),
    ]));
}
/** Sets a run of bits, counted from the start of the register, in the words that it covers. */
function paint(words, offset, low, width, value) {
    for (let bit = 0; bit < width; bit++) {
        if ((value >> BigInt(bit)) & 1n) {
            const index = (offset >> 2) + ((low + bit) >> 5);
            words[index] = (words[index] | (1 << ((low + bit) & 31))) >>> 0;
        }
    }
}
/**
 * What a unit's register set looks like and how it answers writes, from its three read-only
 * registers (§11.3, §11.4). Registers and fields that need a capability which is not reported are
 * reserved: they read 0 and ignore writes.
 */
export function registerImage(of) {
    const values = {
        ...fieldValues(capRegister.fields, of.cap),
        ...fieldValues(ecapRegister.fields, of.ecap),
    };
    const words = () => new Uint32Array(registerBytes(values) / 4);
    const image = {
        readWrite: words(),
        writeOneToClear: words(),
        writeOnly: words(),
        reset: words(),
        sticky: words(),
        width: words(),
    };
    const fixed = new Map([
        ["VER", BigInt(of.version)],
        ["CAP", of.cap],
        ["ECAP", of.ecap],
        ...performanceReports(values),
    ]);
    for (const placed of placeRegisters(values)) {
        const value = fixed.get(placed.name);
        if (value !== undefined) {
            paint(image.reset, placed.offset, 0, placed.register.width, value);
        }
        paintRegister(image, placed, values);
    }
    return image;
}
function paintRegister(image, { register, offset, bytes }, values) {
    image.width.fill(bytes, offset >> 2, (offset + bytes) >> 2);
    for (const field of register.fields.filter((candidate) => exists(candidate, values))) {
        const width = field.high - field.low + 1;
        for (const mask of masksOf[field.access]) {
            paint(image[mask], offset, field.low, width, (1n << BigInt(width)) - 1n);
        }
        paint(image.reset, offset, field.low, width, BigInt(field.reset ?? 0));
    }
}
