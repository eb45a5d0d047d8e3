import { describe, expect, it } from "vitest";
import { CONDITION_NAMES } from "../../host/oracle/index.js";
import type { OracleTranslateResult, OracleTranslationResult } from "../../host/oracle/index.js";
import { LEGACY_SCENARIOS } from "./scenarios/legacy.js";
import { PASID_ENTRY_SCENARIOS } from "./scenarios/pasid-entry.js";
import { SCALABLE_ENTRY_SCENARIOS } from "./scenarios/scalable-entries.js";
import { INPUT, type Column, type ExpectedAnswer, type Scenario } from "./scenarios/scenario.js";
import { WALK_SCENARIOS } from "./scenarios/walks.js";
import { LEGACY_CONTEXT, PASID, SCALABLE_CONTEXT, SID, World } from "./world.js";

interface Outcome {
  readonly answer: string;
  readonly condition: string | undefined;
  readonly record: string | undefined;
  readonly logged: boolean | undefined;
}

const CHAPTERS: Record<string, readonly Scenario[]> = {
  "legacy mode": LEGACY_SCENARIOS,
  "the entries of scalable mode": SCALABLE_ENTRY_SCENARIOS,
  "the PASID-table entry": PASID_ENTRY_SCENARIOS,
  "page walks": WALK_SCENARIOS,
};
const ALL = Object.values(CHAPTERS).flat();

for (const [chapter, scenarios] of Object.entries(CHAPTERS)) {
  describe(`fault conditions of ${chapter} are answered as in §7.1.3`, () => {
    it.each(scenarios.map((scenario) => [scenario.condition, scenario.title, scenario] as const))(
      "%s: %s",
      (_condition, _title, scenario) => {
        for (const [column, expected] of Object.entries(scenario.answers)) {
          const outcome = provoke(scenario, column as Column, false);
          expect(outcome, column).toEqual(expectedOutcome(scenario, expected, false));
        }
      },
    );

    it.each(scenarios.map((scenario) => [scenario.condition, scenario.title, scenario] as const))(
      "%s with FPD=1 in the context entry: %s",
      (_condition, _title, scenario) => {
        for (const [column, expected] of Object.entries(scenario.answers)) {
          const outcome = provoke(scenario, column as Column, true);
          expect(outcome, column).toEqual(expectedOutcome(scenario, expected, true));
        }
      },
    );
  });
}

describe("the scenarios", () => {
  it("provoke every condition that the oracle knows", () => {
    const provoked = new Set(ALL.map(({ condition }) => condition));
    expect(CONDITION_NAMES.filter((name) => !provoked.has(name))).toEqual([]);
  });

  it("send every kind of request that Table 30 has a column for", () => {
    const columns = new Set(ALL.flatMap(({ answers }) => Object.keys(answers)));
    expect([...columns].sort()).toEqual(["PR", "TD", "TD+P", "TR", "TR+P", "U", "U+P"]);
  });
});

function provoke(scenario: Scenario, column: Column, faultProcessingDisabled: boolean): Outcome {
  const world = new World(scenario.features);
  scenario.arrange(world);
  if (faultProcessingDisabled) {
    const legacy = ((world.oracle.state.rootTableAddress >> 10n) & 3n) === 0n;
    world.setField(legacy ? LEGACY_CONTEXT : SCALABLE_CONTEXT, 1, 1, 1n);
  }
  const outcome = send(world, scenario, column);
  if (outcome.record === "recorded") {
    expect(world.oracle.faults.records[0]).toMatchObject({
      reason: scenario.reason,
      sourceId: SID,
    });
  } else {
    expect(world.oracle.faults.pending).toBe(false);
  }
  return outcome;
}

function send({ oracle }: World, scenario: Scenario, column: Column): Outcome {
  const withPasid = column.endsWith("+P") || (column === "PR" && scenario.pasid !== undefined);
  const request = {
    sourceId: SID,
    pasid: withPasid ? (scenario.pasid ?? PASID) : undefined,
    address: scenario.address ?? INPUT,
    privileged: scenario.privileged ?? false,
    execute: scenario.execute ?? false,
  };
  const access = scenario.access ?? "read";
  const size = scenario.size ?? 8;
  switch (column) {
    case "U":
    case "U+P":
      return outcomeOf(oracle.translate({ ...request, access, size }));
    case "TR":
    case "TR+P":
      return outcomeOf(
        oracle.requestTranslation({ ...request, noWrite: scenario.noWrite ?? false }),
      );
    case "TD":
    case "TD+P":
      return outcomeOf(oracle.translateTranslated({ ...request, access, size }));
    case "PR": {
      const page = { ...request, read: true, write: false, last: true, group: 1 };
      const result = oracle.authorisePageRequest(page);
      if (result.ok || result.condition === undefined) return outcome("not refused");
      const answer = result.answer === "invalid-request" ? "IR" : result.answer;
      return { ...outcome(answer), ...pick(result) };
    }
  }
}

function outcomeOf(result: OracleTranslateResult | OracleTranslationResult): Outcome {
  if (result.status === "fault") return { ...outcome(result.completion), ...pick(result) };
  if (result.status !== "ok" || !("sizeBit" in result)) return outcome(result.status);
  const permissions = `${result.read ? "R" : ""}${result.write ? "W" : ""}`;
  const nothing = permissions === "" && !result.untranslatedOnly && !result.sizeBit;
  const success = nothing ? (result.logged === true ? "S0 logged" : "S0") : permissions;
  return { ...outcome(success), ...pick(result) };
}

function outcome(answer: string): Outcome {
  return { answer, condition: undefined, record: undefined, logged: undefined };
}

function pick(result: {
  condition?: string;
  record?: string;
  logged?: boolean;
}): Pick<Outcome, "condition" | "record" | "logged"> {
  const { condition, record, logged } = result;
  return { condition, record, logged };
}

function expectedOutcome(scenario: Scenario, answer: ExpectedAnswer, fpd: boolean): Outcome {
  const { condition, qualified } = scenario;
  if (answer === "R" || answer === "W") return outcome(answer);
  if (answer === "S0") return { answer, condition, record: "not-logged", logged: false };
  const suppressed = qualified && fpd;
  return {
    answer: answer === "S0 logged" && suppressed ? "S0" : answer,
    condition,
    record: suppressed ? "suppressed" : "recorded",
    logged: !suppressed,
  };
}
