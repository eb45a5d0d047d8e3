import { describe, expect, it } from "vitest";

import { viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

const SOME = ["conformance", "--preset", "full", "--filter", "7.2.1"];

describe("viommu conformance", () => {
  it("counts by chapter, and ends with 0 if nothing failed", async () => {
    const { code, stdout, stderr } = await viommuHere(SOME);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("7 Faults and page requests");
    expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed, 0 known deviations, \d+ skipped$/m);
  });

  it("prints JSON that its schema describes", async () => {
    const { code, stdout } = await viommuHere([...SOME, "--json"]);
    expect(code).toBe(0);
    const data: unknown = JSON.parse(stdout);
    expect(schemaProblems("conformance", data)).toEqual([]);
    expect(data).toMatchObject({ target: "core-port", preset: "full", failed: 0 });
  });

  it("prints TAP", async () => {
    const { stdout } = await viommuHere([...SOME, "--format", "tap"]);
    expect(stdout).toMatch(/^TAP version 14\n1\.\.\d+\nok 1 - VTD-7\.2\.1-/);
  });

  it("prints JUnit", async () => {
    const { stdout } = await viommuHere([...SOME, "--format", "junit"]);
    expect(stdout).toContain('<testsuite name="core-port: 7 Faults and page requests" tests=');
    expect(stdout).toContain('<testcase classname="VTD-7.2.1" name="VTD-7.2.1-');
  });

  it("lists the cases that a capability is needed for", async () => {
    const { code, stdout } = await viommuHere(["conformance", "--list", "--filter", "PRS"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^VTD-7\.4\.1\.1-page-request-reaches-queue +A page request is written/m,
    );
    expect(stdout).not.toContain("VTD-7.2.1-");
  });

  it("ends with 77 if everything was skipped", async () => {
    const { code, stdout } = await viommuHere([
      ...["conformance", "--preset", "legacy"],
      ...["--filter", "VTD-7.4.1.1-page-request-reaches-queue"],
    ]);
    expect(code).toBe(77);
    expect(stdout).toContain("needs SMTS; the unit reports SMTS = 0: VTD-7.4.1.1-");
  });

  it("ends with 2 for a filter that fits no case", async () => {
    const { code, stderr } = await viommuHere(["conformance", "--filter", "12.1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("no case fits --filter 12.1: expected a section, an id or a");
  });

  it("ends with 2 for a target that there is not", async () => {
    const { code, stderr } = await viommuHere(["conformance", "--target", "silicon"]);
    expect(code).toBe(2);
    expect(stderr).toContain('no target "silicon"; there are core-port, core, wasmtime, oracle, ');
  });
});
