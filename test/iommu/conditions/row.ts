import type { Access } from "../../../host/index.js";
import type { UnitOptions, Unit } from "../unit.js";
import type { World } from "../worlds.js";

/** Kinds of requests as Table 30 has them: +P is with PASID. */
export type Column = "U" | "U+P" | "TR" | "TR+P" | "TD" | "TD+P" | "PR" | "PR+P";

/**
 * UR, CA. S0: Success with R=W=U=S=0, and the condition that is behind it. R, W: Success with that
 * permission alone, and no condition. IR: Invalid Request for the last page of a group, a dropped
 * message for another.
 */
export type Answer = "UR" | "CA" | "S0" | "S0 logged" | "R" | "W" | "IR";

export interface RequestFields {
  readonly sourceId?: number;
  readonly address?: bigint;
  readonly access?: Access;
  readonly size?: number;
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  readonly noWrite?: boolean;
}

export interface Row {
  readonly condition: string;
  /** Fault reason code. */
  readonly reason: number;
  /** FPD suppresses it. */
  readonly qualified: boolean;
  readonly title: string;
  readonly answers: Partial<Record<Column, Answer>>;
  /** Builds the tables, and spoils them. The unit is started afterwards. */
  readonly arrange: (unit: Unit) => World;
  readonly unit?: UnitOptions;
  readonly request?: RequestFields;
}

type Rest = Pick<Row, "unit" | "request">;

/** A condition that FPD suppresses. */
export function qualified(
  [condition, reason]: readonly [string, number],
  title: string,
  answers: Row["answers"],
  arrange: Row["arrange"],
  rest: Rest = {},
): Row {
  return { condition, reason, qualified: true, title, answers, arrange, ...rest };
}

/** A condition that is always logged. */
export function unqualified(
  [condition, reason]: readonly [string, number],
  title: string,
  answers: Row["answers"],
  arrange: Row["arrange"],
  rest: Rest = {},
): Row {
  return { condition, reason, qualified: false, title, answers, arrange, ...rest };
}

// The answers that many rows of Table 30 have in common.

/** Every kind of request that reaches the PASID table entry, page requests included. */
export const PASID_PATH = {
  U: "UR",
  "U+P": "UR",
  TR: "CA",
  "TR+P": "CA",
  PR: "IR",
  "PR+P": "IR",
} as const;

/** The same, and translation requests are answered Success without permission. */
export const PASID_PATH_S0 = { ...PASID_PATH, TR: "S0", "TR+P": "S0" } as const;

export const WALK_S0 = { U: "UR", "U+P": "UR", TR: "S0", "TR+P": "S0" } as const;
export const WALK_S0_LOGGED = { ...WALK_S0, TR: "S0 logged", "TR+P": "S0 logged" } as const;
export const WALK_CA = { ...WALK_S0, TR: "CA", "TR+P": "CA" } as const;
export const ONLY_READ = { ...WALK_S0, TR: "R", "TR+P": "R" } as const;
export const ONLY_WRITE = { ...WALK_S0, TR: "W", "TR+P": "W" } as const;
