import { conditionsOf } from "./fault.js";
/** Request types by T1 and T2 of a fault record (§11.4.7.6). */
const requestTypes = ["write", "page request", "read", "AtomicOp"];
/** Adds to the fields of FRCD what they mean together: the request type, and the fault's name. */
export function explainFaultRecord(fields) {
    const valueOf = (name) => Number(fields.find(({ field }) => field === name)?.value ?? 0n);
    const type = valueOf("T1") * 2 + valueOf("T2");
    const reasons = conditionsOf(valueOf("FR")).map((fault) => `${fault.condition}, ${fault.meaning}`);
    return [
        ...fields.map((field) => field.field === "FR"
            ? { ...field, meaning: `${field.meaning}: ${reasons.join("; or ") || "unknown"}` }
            : field),
        { field: "T", bits: "126, 92", value: BigInt(type), meaning: `type: ${requestTypes[type]}` },
    ];
}
