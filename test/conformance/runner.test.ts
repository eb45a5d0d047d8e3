import { describe, expect, it } from "vitest";
import {
  casesOf,
  runCases,
  TargetRefusal,
  type CaseResult,
  type ConformanceCase,
  type Deviation,
  type RunOptions,
} from "../../host/conformance/index.js";
import { detailLines } from "../../host/conformance/runner/result.js";
import { fakeTarget } from "./fake-target.js";

const SMTS = 1n << 43n;
const CM = 1n << 7n;

function caseOf(id: string, rest: Partial<ConformanceCase> = {}): ConformanceCase {
  const title = "A case of the tests of the runner";
  return casesOf("11.4.1", [{ id, title, steps: () => Promise.resolve(), ...rest }])[0]!;
}

const readsVersion = (id: string, wanted: bigint) =>
  caseOf(id, {
    steps: async (bench) => void (await bench.expect.register("VER", wanted)),
  });

async function run(options: Partial<RunOptions> & Pick<RunOptions, "cases">) {
  return runCases({ target: fakeTarget().target, presets: ["full"], ...options });
}

const brief = (results: readonly CaseResult[]) =>
  results.map(({ id, configuration, status, reason }) => [
    id.replace("VTD-11.4.1-", ""),
    configuration,
    status,
    reason,
  ]);

describe("what becomes of a case", () => {
  it("passes, or fails with every field that is not as expected", async () => {
    const { cases } = await run({
      cases: [readsVersion("good", 0x10n), readsVersion("bad", 0x61n)],
    });
    expect(cases[0]).toMatchObject({ status: "passed", mismatches: [] });
    expect(cases[1]!.status).toBe("failed");
    expect(detailLines(cases[1]!)).toEqual([
      "VER (0x10)",
      "  MAX: expected 6, found 1  (major version)",
      "  MIN: expected 1, found 0  (minor version)",
    ]);
  });

  it("is skipped for a capability that the unit does not report, and for an ability", async () => {
    const { target } = fakeTarget({ without: ["pri"] });
    const { cases } = await run({
      target,
      cases: [
        caseOf("capability", { needs: { capabilities: ["PRS"] } }),
        caseOf("absence", { needs: { capabilities: ["!PRS"] } }),
        caseOf("ability", { needs: { abilities: ["pri"] } }),
        caseOf("unnamed-ability", {
          steps: (bench) => bench.endpoints.requestPage({ address: 0n }),
        }),
        caseOf("itself", { steps: (bench) => Promise.resolve(bench.skip("not today")) }),
      ],
    });
    expect(brief(cases)).toEqual([
      ["capability", "full", "skipped", "needs PRS; the unit reports PRS = 0"],
      ["absence", "full", "passed", undefined],
      ["ability", "full", "skipped", "needs a target that has endpoints that send page requests"],
      [
        "unnamed-ability",
        "full",
        "skipped",
        "needs a target that has endpoints that send page requests",
      ],
      ["itself", "full", "skipped", "not today"],
    ]);
  });

  it("is skipped for a unit that the target refuses to make", async () => {
    const { target } = fakeTarget();
    const refusing = {
      ...target,
      open: () => Promise.reject(new TargetRefusal("no such unit: illegal")),
    };
    const { cases } = await run({ target: refusing, cases: [caseOf("a")] });
    expect(brief(cases)).toEqual([["a", "full", "skipped", "no such unit: illegal"]]);
  });

  it("fails if its own steps throw, and the next one runs", async () => {
    const defect = caseOf("defect", { steps: () => Promise.reject(new Error("oops")) });
    const { cases } = await run({ cases: [defect, caseOf("next")] });
    expect(brief(cases)).toEqual([
      ["defect", "full", "failed", "the case itself: oops"],
      ["next", "full", "passed", undefined],
    ]);
  });

  it("fails if something was wrong before it was found to be impossible", async () => {
    const steps: ConformanceCase["steps"] = (bench) => {
      bench.expect.equal("the answer", 41, 42);
      return Promise.resolve(bench.skip("no more"));
    };
    const { cases } = await run({ cases: [caseOf("late", { steps })] });
    expect(cases[0]).toMatchObject({ status: "failed", reason: "no more" });
  });

  it("waits a bounded number of readings for a register that never changes", async () => {
    const { target, log } = fakeTarget();
    const steps: ConformanceCase["steps"] = (bench) => bench.commands.command("TE");
    const { cases } = await run({ target, cases: [caseOf("hangs", { steps })] });
    expect(cases[0]!.reason).toContain("GSTS never came to have TES 1: it is 0x0");
    expect(log.performed.filter((op) => op === "read-register").length).toBeLessThan(1100);
  });

  it("stands at its place in the report, whatever runs first", async () => {
    const other = caseOf("b", { with: { version: 0x20 } });
    const { cases } = await run({
      cases: [caseOf("a"), other, caseOf("c")],
      presets: ["full", "legacy"],
    });
    expect(cases.map(({ id, configuration }) => `${id.at(-1)} ${configuration}`)).toEqual([
      ...["a full", "a legacy", "b full", "b legacy", "c full", "c legacy"],
    ]);
  });
});

describe("sessions", () => {
  it("serve all cases with the same unit, with a reset between them", async () => {
    const { target, log } = fakeTarget();
    const other = caseOf("b", { with: { version: 0x20 } });
    await run({ target, cases: [caseOf("a"), other, caseOf("c")] });
    expect(log.opened).toEqual(["full", "full"]);
    expect(log.closed).toBe(2);
    expect(log.performed.filter((op) => op === "reset").length).toBe(1);
  });

  it("are opened anew for a target without reset", async () => {
    const { target, log } = fakeTarget({ without: ["reset"] });
    await run({ target, cases: [caseOf("a"), caseOf("b")] });
    expect(log.opened.length).toBe(2);
  });

  it("are no more tried after three failures to open one", async () => {
    let openings = 0;
    const { target } = fakeTarget();
    const dead = {
      ...target,
      open: () => {
        openings++;
        return Promise.reject(new Error("out of licences"));
      },
    };
    const five = ["a", "b", "c", "d", "e"].map((id) => caseOf(id));
    const { cases } = await run({ target: dead, cases: five });
    expect(brief(cases)).toEqual(
      five.map(({ id }) => [id.at(-1), "full", "failed", "out of licences"]),
    );
    expect(openings).toBe(3);
  });
});

describe("a target with configurations of its own", () => {
  const configurations = {
    legacy: [0x10, 0n, 0n],
    scalable: [0x10, 0n, SMTS],
    shadowing: [0x10, CM, SMTS],
  } as const;

  it("runs each case with the first one that has what it needs", async () => {
    const { target, log } = fakeTarget({ configurations });
    const result = await run({
      target,
      cases: [
        caseOf("any"),
        caseOf("scalable", { needs: { capabilities: ["SMTS"] } }),
        caseOf("wish", { with: { capabilities: { CM: 1 }, caches: { iotlb: 1 } } }),
        caseOf("none", { needs: { capabilities: ["PRS"] } }),
        caseOf("version", { with: { version: 0x60 } }),
      ],
    });
    expect(result.preset).toBe("fixed");
    expect(brief(result.cases)).toEqual([
      ["any", "legacy", "passed", undefined],
      ["scalable", "scalable", "passed", undefined],
      ["wish", "shadowing", "passed", undefined],
      ["none", "", "skipped", "needs PRS; the unit reports PRS = 0"],
      ["version", "", "skipped", "needs MAJOR = 6; the unit reports MAJOR = 1"],
    ]);
    // Each is opened once to look at it, and once to run what fits it.
    expect(log.opened).toEqual([
      "legacy",
      "scalable",
      "shadowing",
      "legacy",
      "scalable",
      "shadowing",
    ]);
  });
});

describe("deviations", () => {
  const deviation: Deviation = {
    id: "fake-D1",
    target: "fake",
    cases: ["VTD-11.4.1-bad"],
    section: "11.4.1",
    manual: "the version is 6.1",
    does: "reports 1.0",
    versions: "all",
    observable: true,
    kind: "deviation",
  };
  const bad = readsVersion("bad", 0x61n);
  const good = readsVersion("bad", 0x10n);

  it("that are on the list are known, all others fail", async () => {
    const worse = readsVersion("worse", 0x61n);
    const { cases, fixed } = await run({ cases: [bad, worse], deviations: [deviation] });
    expect(cases.map(({ status }) => status)).toEqual(["known-deviation", "failed"]);
    expect(cases[0]!.deviation).toBe("fake-D1");
    expect(fixed).toEqual([]);
  });

  it("of another target say nothing", async () => {
    const { cases } = await run({ cases: [bad], deviations: [{ ...deviation, target: "qemu" }] });
    expect(cases[0]!.status).toBe("failed");
  });

  it("that could have shown and did not are reported as fixed", async () => {
    expect((await run({ cases: [good], deviations: [deviation] })).fixed).toEqual([deviation]);
    const hidden = { ...deviation, observable: false };
    expect((await run({ cases: [good], deviations: [hidden] })).fixed).toEqual([]);
    const skipped = { ...good, needs: { capabilities: ["PRS"] } };
    expect((await run({ cases: [skipped], deviations: [deviation] })).fixed).toEqual([]);
  });
});
