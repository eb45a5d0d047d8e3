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

it("runs a kind of cases, named with its slash or without", async () => {
  for (const kind of ["start", "start/"]) {
    const { code, stdout } = await viommuHere(["bench", "--case", kind, "--rounds", "1", "--json"]);
    expect(code).toBe(0);
    const { cases } = JSON.parse(stdout) as {
      readonly cases: readonly { readonly name: string }[];
    };
    expect(cases.map(({ name }) => name)).toEqual(["start/create", "start/create-embedded"]);
  }
});

it.each([
  ["nope", 'no case "nope"; viommu bench --help lists them'],
  ["hit", 'no case "hit"; near it: hit-few-pages, hit-any-way, hit-many-requesters,'],
  ["cor/", 'no case "cor/"; near it: core; viommu bench --help lists them'],
  ["core/walk-4", 'no case "core/walk-4"; near it: core/walk-4-level, core/walk-4-level-sparse;'],
  ["", 'no case ""; viommu bench --help lists them'],
])("answers --case %j with the nearest names, and what lists them all", async (name, message) => {
  const { code, stderr } = await viommuHere(["bench", "--case", name]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

it.each(["0", "1001", "many"])("refuses %s rounds", async (rounds) => {
  const { code, stderr } = await viommuHere(["bench", "--rounds", rounds]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--rounds "${rounds}" is no number from 1 to 1000`);
});
