import type { ConditionName } from "../../../host/oracle/index.js";
import type { Access } from "../../../host/spec/requests.js";
import type { Features } from "../registers-by-hand.js";
import type { World } from "../world.js";

/** Columns of Table 30: untranslated, translation, translated requests, with and without PASID. */
export type Column = "U" | "U+P" | "TR" | "TR+P" | "TD" | "TD+P" | "PR";

/**
 * UR, CA, S0 (Success with R=W=U=S=0), IR as in Table 30, and "S0 logged" for SFS.10. R and W are a
 * Success with just this effective permission, behind which there is no condition.
 */
export type ExpectedAnswer = "UR" | "CA" | "S0" | "S0 logged" | "IR" | "R" | "W";

export interface Scenario {
  readonly condition: ConditionName;
  /** Fault reason in Table 30. */
  readonly reason: number;
  /** Column "Qualified" of Table 30. */
  readonly qualified: boolean;
  readonly title: string;
  readonly features?: Features;
  readonly arrange: (world: World) => void;
  readonly address?: bigint;
  readonly access?: Access;
  readonly size?: number;
  /** Default PASID. */
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  readonly noWrite?: boolean;
  readonly answers: Partial<Record<Column, ExpectedAnswer>>;
}

/** An input address that every table of the tests can map, and where they map it. */
export const INPUT = 0x12_3456_7000n;
export const OUTPUT = 0x9_8765_4000n;

export const INTERRUPT_PAGE = 0xfee0_1000n;
