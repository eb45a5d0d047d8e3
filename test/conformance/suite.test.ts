import { describe, expect, it } from "vitest";
import {
  cases,
  runCases,
  targetNamed,
  TargetUnavailable,
  totalsOf,
  type RunResult,
} from "../../host/conformance/index.js";
import { detailLines } from "../../host/conformance/runner/result.js";
import { presetNames } from "../../host/spec/index.js";

describe("the cases", () => {
  it("have ids of their own, made of the section and some words", () => {
    const ids = cases.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const wrong = cases.filter(({ id, section }) => {
      const words = id.slice(`VTD-${section}-`.length);
      return !id.startsWith(`VTD-${section}-`) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(words);
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("have titles that are sentences without a full stop", () => {
    const wrong = cases.filter(({ title }) => !/^[A-Z0-9].{15,}[^.]$/.test(title));
    expect(wrong.map(({ title }) => title)).toEqual([]);
  });
});

/** No case failed, and some were not skipped. */
function expectConformance({ cases: results }: RunResult): void {
  const failed = results.filter(({ status }) => status === "failed");
  const texts = failed.map((each) => [`${each.id} [${each.configuration}]`, ...detailLines(each)]);
  expect(texts.map((lines) => lines.join("\n"))).toEqual([]);
  expect(totalsOf(results).passed).toBeGreaterThan(0);
}

describe.each(["core-port", "core", "oracle"])("the target %s", (name) => {
  it.each(presetNames)("keeps what the manual says with preset %s", async (preset) => {
    const target = await targetNamed(name);
    expectConformance(await runCases({ target, cases, presets: [preset] }));
  });
});

describe("the target wasmtime", () => {
  it.for(presetNames)("keeps what the manual says with preset %s", async (preset, { skip }) => {
    const target = await targetNamed("wasmtime").catch((error: unknown) => {
      if (error instanceof TargetUnavailable) skip(error.message);
      throw error;
    });
    expectConformance(await runCases({ target, cases, presets: [preset] }));
  });
});
