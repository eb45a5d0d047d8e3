import { faultConditions } from "../spec/faults.js";
import { constant, heading, hex } from "./names.js";
const responseCodes = {
    "-": 0,
    UR: 1,
    CA: 2,
    S0: 3,
    SE: 4,
};
/** The one answer to a kind of request; where a PASID matters, only one of the two applies. */
function answer(withoutPasid, withPasid) {
    return responseCodes[withoutPasid === "-" ? withPasid : withoutPasid];
}
/** A condition in one word; the layout stands at the head of the generated file. */
export function packFault(fault, ordinal) {
    const [u, uPasid, tr, trPasid, td, tdPasid] = fault.responses;
    const word = fault.code |
        (Number(fault.qualified) << 8) |
        (answer(u, uPasid) << 9) |
        (answer(tr, trPasid) << 12) |
        (answer(td, tdPasid) << 15) |
        (Number(fault.loggedWithSuccess ?? false) << 18) |
        (ordinal << 24);
    return word >>> 0;
}
function faultConstants(fault, index) {
    const name = fault.condition.replaceAll(".", "_");
    return [`// ${fault.meaning}`, constant(name, "u32", hex(packFault(fault, index + 1)))];
}
/** The text of assembly/generated/faults.ts. */
export function generateFaultConstants() {
    return [
        ...heading("Fault conditions (VT-d 5.10 §7.1.3, §5.1.4.1), one word each.", "host/spec/faults.ts"),
        "//   7:0   fault reason code",
        "//   8     qualified: kept out of the records by Fault Processing Disable",
        "//   11:9  answer to an untranslated request",
        "//   14:12 answer to a translation request",
        "//   17:15 answer to a translated request",
        "//   18    logged although the translation request is answered Success",
        "//   31:24 ordinal: the place in faultConditions of host/spec/faults.ts, from 1",
        "// Answers: 0 not applicable, 1 Unsupported Request, 2 Completer Abort,",
        "// 3 Success without permissions, 4 Success with effective permissions.",
        "",
        ...faultConditions.flatMap(faultConstants),
        "",
    ].join("\n");
}
