import { Command } from "commander";
import { expect, it } from "vitest";

import { runCommandLine } from "../../host/cli/command-line.js";
import { viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

it("shows its help on standard error and ends with 2 without a command", async () => {
  const { code, stdout, stderr } = await viommuHere([]);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^Usage: viommu/);
  expect(code).toBe(2);
});

it.each(["boot", "decode", "explain", "version"])("has help with examples for %s", async (name) => {
  const { code, stdout } = await viommuHere([name, "--help"]);
  expect(stdout).toContain(`Usage: viommu ${name}`);
  expect(stdout).toMatch(new RegExp(`Examples?:\n {2}viommu ${name}`));
  expect(code).toBe(0);
});

it("prints its versions, as a command and as an option", async () => {
  const { code, stdout } = await viommuHere(["version"]);
  expect(stdout).toMatch(/^viommu +\d+\.\d+\.\d+\nmanual +VT-d revision 5\.10\n/);
  expect(stdout).toMatch(/core\.wasm +sha256 [0-9a-f]{64}\n/);
  expect(code).toBe(0);
  expect((await viommuHere(["--version"])).stdout).toBe(stdout);
});

it("prints its versions as JSON with its schema", async () => {
  const { stdout } = await viommuHere(["version", "--json"]);
  expect(schemaProblems("version", JSON.parse(stdout))).toEqual([]);
});

async function runDefect(...args: string[]): Promise<{ code: number; messages: string }> {
  let messages = "";
  const defective = () =>
    new Command("defect").action(() => {
      throw new Error("something impossible");
    });
  const code = await runCommandLine([defective], args, {
    out: () => undefined,
    message: (text) => (messages += `${String(text)}\n`),
    color: false,
  });
  return { code, messages };
}

it("ends with 4 for a defect of its own, in one line that says how to report it", async () => {
  const { code, messages } = await runDefect("defect");
  expect(messages).toMatch(/^viommu: internal error: something impossible .*report.*\n$/);
  expect(code).toBe(4);
});

it("adds the stack of a defect on request", async () => {
  const { code, messages } = await runDefect("defect", "--verbose");
  expect(messages).toMatch(/\n +at /);
  expect(code).toBe(4);
});
