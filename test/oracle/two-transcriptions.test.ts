import { describe, expect, it } from "vitest";
import { answerTo, CONDITION_NAMES, conditionOf } from "../../host/oracle/index.js";
import { faultConditions } from "../../host/spec/faults.js";

const KINDS = ["untranslated", "translation", "translated"] as const;

/** Outside of the oracle: host permission tables and interrupt remapping. */
function isModelled(condition: string): boolean {
  const other = /^(HPT\.\d|SPT\.9|IR\.)/.test(condition) && condition !== "IR.29";
  return !other;
}

describe("Table 30 as the oracle has it and as the specification data has it", () => {
  it("has the same conditions", () => {
    const inData = faultConditions.map(({ condition }) => condition).filter(isModelled);
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
