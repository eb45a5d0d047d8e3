import { describe, expect, it } from "vitest";
import { cases, runCases, targetNamed, totalsOf } from "../../host/conformance/index.js";
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

describe.each(["core-port", "core", "oracle"])("the target %s", (name) => {
  it.each(presetNames)("keeps what the manual says with preset %s", async (preset) => {
    const result = await runCases({ target: await targetNamed(name), cases, presets: [preset] });
    const failed = result.cases.filter(({ status }) => status === "failed");
    expect(failed.map((each) => [each.id, ...detailLines(each)].join("\n"))).toEqual([]);
    expect(totalsOf(result.cases).passed).toBeGreaterThan(0);
  });
});
