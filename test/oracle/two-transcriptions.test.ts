import { describe, expect, it } from "vitest";
import {
  answerTo,
  CONDITION_NAMES,
  conditionOf,
  INTERRUPT_CONDITION_NAMES,
  interruptCondition,
} from "../../host/oracle/index.js";
import { faultConditions } from "../../host/spec/faults.js";

const KINDS = ["untranslated", "translation", "translated"] as const;

/** Outside of the oracle are host permission tables; interrupt remapping has a table of its own. */
function isInTable30(condition: string): boolean {
  const other = /^(HPT\.\d|SPT\.9|IR\.)/.test(condition) && condition !== "IR.29";
  return !other;
}

describe("Table 30 as the oracle has it and as the specification data has it", () => {
  it("has the same conditions", () => {
    const inData = faultConditions.map(({ condition }) => condition).filter(isInTable30);
    expect([...CONDITION_NAMES].sort()).toEqual(inData.sort());
  });

  it.each(CONDITION_NAMES)("has the same row for %s", (name) => {
    const row = faultConditions.find(({ condition }) => condition === name);
    const answers = KINDS.flatMap((kind) =>
      [false, true].map((withPasid) => answerTo(name, kind, withPasid)),
    );
    expect({
      code: conditionOf(name).reason,
      qualified: conditionOf(name).qualified,
      responses: answers.map((answer) => answer?.replace("S0L", "S0") ?? "-"),
      pageRequest: answerTo(name, "page-request", false) === "IR",
      loggedWithSuccess: answers.includes("S0L"),
    }).toEqual({
      code: row?.code,
      qualified: row?.qualified,
      responses: row?.responses,
      pageRequest: row?.pageRequest,
      loggedWithSuccess: row?.loggedWithSuccess ?? false,
    });
  });
});

describe("Table 15 as the oracle has it and as the specification data has it", () => {
  it("has the same codes, and the same of them qualified", () => {
    const inData = faultConditions.filter(({ condition }) => /^IR\.(?!29)/.test(condition));
    const mine = INTERRUPT_CONDITION_NAMES.map((condition) => {
      const { reason, qualified } = interruptCondition(condition);
      return { condition, code: reason, qualified };
    });
    expect(mine).toEqual(
      inData.map(({ condition, code, qualified }) => ({ condition, code, qualified })),
    );
  });
});
