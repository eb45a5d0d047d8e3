import { registers } from "../spec/registers.js";
import { performanceFields } from "./performance-capabilities.js";
const PAGE = 4096;
/** A counter stride code of 0 (PERFCAP.CS). */
const LEAST_COUNTER_STRIDE = 1024;
/**
 * Bytes of the register set, a power of two: one page, and with performance monitoring three more
 * for the counters and their configuration.
 */
export function registerBytes(values) {
    return (values["PMS"] ?? 0) === 0 ? PAGE : 4 * PAGE;
}
/** Whether a unit with these capabilities has a register or a field at all. */
export function exists(part, values) {
    const performance = performanceFields(values);
    const reported = (name) => (values[name] ?? performance[name] ?? 0) !== 0;
    const any = "requiresAny" in part ? part.requiresAny : undefined;
    return (part.requires ?? []).every(reported) && (any === undefined || any.some(reported));
}
/** Every register that a unit with these capabilities has, in the order of host/spec. */
export function placeRegisters(values) {
    const performance = performanceFields(values);
    const start = ({ offset, placedBy }) => {
        if (placedBy === undefined)
            return offset;
        if (placedBy === "FRO" || placedBy === "IRO")
            return offset + 16 * values[placedBy];
        return offset + performance[placedBy];
    };
    const count = ({ repeat }) => {
        if (repeat?.count === "NFR")
            return values["NFR"] + 1;
        return repeat?.count === "NCNTR" ? performance["NCNTR"] : (repeat?.count ?? 1);
    };
    const stride = ({ repeat }) => repeat?.stride === "CS" ? LEAST_COUNTER_STRIDE << performance["CS"] : (repeat?.stride ?? 0);
    return registers
        .filter((register) => exists(register, values))
        .flatMap((register) => Array.from({ length: count(register) }, (_, index) => ({
        name: register.repeat === undefined ? register.mnemonic : `${register.mnemonic}${index}`,
        register,
        offset: start(register) + index * stride(register),
        bytes: register.width / 8,
    })));
}
export function leavesRegisterSet(placed, bytes) {
    return placed.offset + placed.bytes > bytes;
}
/** Neighbours in the register set that share a byte; wherever registers overlap, some neighbours do. */
export function collisions(placed) {
    const sorted = [...placed].sort((a, b) => a.offset - b.offset);
    return sorted.slice(1).flatMap((later, index) => {
        const earlier = sorted[index];
        return earlier.offset + earlier.bytes > later.offset ? [[earlier, later]] : [];
    });
}
