import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
/** Takes the three registers apart. */
export function reportedCapabilities(version, cap, ecap) {
    const values = {
        ...fieldValues(capRegister.fields, cap),
        ...fieldValues(ecapRegister.fields, ecap),
        MAJOR: (version >> 4) & 0xf,
        MINOR: version & 0xf,
    };
    return { version, cap, ecap, values };
}
function fieldValues(fields, word) {
    return Object.fromEntries(fields.map(({ name, high, low }) => [
        name,
        Number(BigInt.asUintN(high - low + 1, word >> BigInt(low))),
    ]));
}
