import type { WorkloadParameter } from "./parameters.js";

/** A parameter that is a whole number. */
export function numeric(
  name: string,
  usual: number,
  [least, most]: readonly [least: number, most: number],
  description: string,
): WorkloadParameter {
  return { name, usual, least, most, description };
}
