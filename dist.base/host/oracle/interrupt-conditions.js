/**
 * Table 15 of the manual (§5.1.4.1): fault reason (hexadecimal) and whether FPD of the interrupt
 * remapping table entry qualifies it. Code 29h stands with the conditions of memory requests.
 */
const TABLE_15 = {
    "IR.20": "20 n",
    "IR.21": "21 n",
    "IR.22": "22 q",
    "IR.23": "23 n",
    "IR.24": "24 q",
    "IR.25": "25 n",
    "IR.26": "26 q",
    "IR.27": "27 q",
    "IR.28": "28 q",
    "IR.2A": "2A n",
    "IR.2B": "2B n",
};
export const INTERRUPT_CONDITION_NAMES = Object.keys(TABLE_15);
/** The fault information of these is undefined (§11.4.7.6), and 0 here. */
const WITHOUT_INDEX = new Set([
    "IR.20",
    "IR.25",
    "IR.2A",
    "IR.2B",
]);
export function interruptCondition(name) {
    const [reason = "", qualified] = TABLE_15[name].split(" ");
    return { reason: Number.parseInt(reason, 16), qualified: qualified === "q" };
}
/** True if a record of the condition tells the interrupt index. */
export function recordsIndex(name) {
    return !WITHOUT_INDEX.has(name);
}
