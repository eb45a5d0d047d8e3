import { describe, expect, it } from "vitest";
import {
  humanReport,
  jsonData,
  junitReport,
  tapReport,
  type RunResult,
} from "../../host/conformance/index.js";
import { schemaProblems } from "../cli/schema.js";

const base = { section: "7.2.1", configuration: "full", mismatches: [] };

const result: RunResult = {
  target: "fake",
  title: "a fake",
  preset: "full",
  cases: [
    { ...base, id: "VTD-7.2.1-a", title: 'It <does> & says "so"', status: "passed" },
    {
      ...base,
      id: "VTD-7.2.1-b",
      title: "It counts to #2",
      status: "failed",
      mismatches: [
        {
          what: "FSTS (0x0)",
          fields: [{ field: "PFO", expected: "1", actual: "0\u0000", meaning: "overflow" }],
        },
      ],
    },
    { ...base, id: "VTD-7.2.1-c", title: "It needs more", status: "skipped", reason: "needs\nPRS" },
    {
      ...base,
      section: "11.4.1",
      id: "VTD-11.4.1-d",
      title: "It deviates",
      status: "known-deviation",
      deviation: "fake-D1",
      mismatches: [{ what: "VER", fields: [{ field: "value", expected: "1", actual: "2" }] }],
    },
  ],
  fixed: [],
};

describe("the report for people", () => {
  const lines = humanReport(result).split("\n");

  it("has counts by chapter, then skips, known deviations, and failures at the end", () => {
    expect(lines).toEqual(
      [
        "Intel VT-d 5.10 conformance of a fake",
        "  7 Faults and page requests           1 passed, 1 failed, 1 skipped",
        "  11 Registers                         0 passed, 1 known deviations",
        "",
        "skipped",
        "  needs\nPRS: VTD-7.2.1-c",
        "",
        "known deviations",
        "  fake-D1: VTD-11.4.1-d",
        "",
        "FAILED VTD-7.2.1-b [full]",
        "  It counts to #2 (§7.2.1)",
        "    FSTS (0x0)",
        "      PFO: expected 1, found 0\u0000  (overflow)",
        "",
        "1 passed, 1 failed, 1 known deviations, 1 skipped",
        "",
      ]
        .join("\n")
        .split("\n"),
    );
  });
});

it("TAP escapes what it would read as a directive, and keeps to one line", () => {
  expect(tapReport(result).split("\n")).toEqual([
    "TAP version 14",
    "1..4",
    'ok 1 - VTD-7.2.1-a [full] It <does> & says "so"',
    "not ok 2 - VTD-7.2.1-b [full] It counts to \\#2",
    "# FSTS (0x0)",
    "#   PFO: expected 1, found 0\u0000  (overflow)",
    "ok 3 - VTD-7.2.1-c [full] It needs more # SKIP needs PRS",
    "not ok 4 - VTD-11.4.1-d [full] It deviates # TODO known deviation fake-D1",
    "# VER",
    "#   value: expected 1, found 2",
    "",
  ]);
});

it("JUnit is well-formed XML, whatever titles and details hold", () => {
  const text = junitReport(result);
  expect(text).toContain('name="VTD-7.2.1-a [full] It &lt;does&gt; &amp; says &quot;so&quot;"/>');
  expect(text).toContain("found 0?  (overflow)</failure>");
  expect(text).toContain('<skipped message="needs PRS"/>');
  expect(text).toContain('<skipped message="known deviation fake-D1"/>');
  expect(text).toContain(
    '<testsuite name="fake: 7 Faults and page requests" tests="3" failures="1"',
  );
  const tags = [...text.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)].filter(
    ([tag]) => !tag.endsWith("/>"),
  );
  const open = tags
    .filter(([, slash]) => slash === "")
    .map(([, , name]) => name)
    .sort();
  const closed = tags
    .filter(([, slash]) => slash === "/")
    .map(([, , name]) => name)
    .sort();
  expect(open).toEqual(closed);
});

it("JSON is what its schema says", () => {
  const data = { schemaVersion: 1, ...jsonData(result) };
  expect(schemaProblems("conformance", JSON.parse(JSON.stringify(data)))).toEqual([]);
  expect(data).toMatchObject({ passed: 1, failed: 1, skipped: 1, knownDeviations: 1 });
});
