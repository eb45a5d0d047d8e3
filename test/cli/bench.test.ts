import { expect, it } from "vitest";

import { viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

it("prints the figures of the chosen case as JSON", async () => {
  const { code, stdout } = await viommuHere([
    "bench",
    "--case",
    "unit/register-read",
    "--rounds",
    "1",
    "--json",
  ]);
  expect(code).toBe(0);
  const data: unknown = JSON.parse(stdout);
  expect(schemaProblems("bench", data)).toEqual([]);
  expect(data).toMatchObject({ schemaVersion: 1, cases: [{ name: "unit/register-read" }] });
});

it("prints the machine and a table for people", async () => {
  const { code, stdout, stderr } = await viommuHere([
    "bench",
    "--case",
    "unit/translate-batch",
    "--rounds",
    "1",
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^machine .* CPUs, /);
  expect(stdout).toMatch(/^unit\/translate-batch +[0-9.]+ /m);
  expect(stderr).toContain("unit/translate-batch\n");
});

it("names the cases there are when it is asked for another", async () => {
  const { code, stderr } = await viommuHere(["bench", "--case", "hit"]);
  expect(code).toBe(2);
  expect(stderr).toContain('no case "hit"; there are core/hit-few-pages, ');
});

it.each(["0", "1001", "many"])("refuses %s rounds", async (rounds) => {
  const { code, stderr } = await viommuHere(["bench", "--rounds", rounds]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--rounds "${rounds}" is no number from 1 to 1000`);
});
