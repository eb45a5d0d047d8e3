import type { FaultCondition } from "../spec/fault-condition.js";
import { faultConditions } from "../spec/faults.js";
import { UnknownNameError } from "./names.js";

/** The conditions that report a fault reason code; most codes have one. */
export function conditionsOf(code: number): readonly FaultCondition[] {
  return faultConditions.filter((fault) => fault.code === code);
}

/**
 * What a fault reason code of FRCD.FR stands for, or a condition by its name (§7.1.3, §5.1.4.1).
 * A code that several conditions share gives all of them.
 *
 * @param fault a code, 0 to 255, or a name like "SFS.2"
 * @throws RangeError listing what is known
 */
export function decodeFault(fault: number | string): readonly FaultCondition[] {
  const found =
    typeof fault === "number"
      ? conditionsOf(fault)
      : faultConditions.filter(({ condition }) => condition === fault.toUpperCase());
  if (found.length > 0) {
    return found;
  }
  if (typeof fault === "number") {
    const codes = new Set(faultConditions.map(({ code }) => code));
    const known = [...codes].sort((a, b) => a - b).map((code) => code.toString(16));
    throw new RangeError(
      `no fault has reason code ${fault}; known are, in hex, ${known.join(", ")}`,
    );
  }
  const known = faultConditions.map(({ condition }) => condition);
  throw new UnknownNameError("fault condition", fault, known);
}
