import { expect, it } from "vitest";

import { viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

it("shows the fields of a register from bit 31 down (§11.4.4.2)", async () => {
  const { code, stdout } = await viommuHere(["decode", "register", "GSTS", "0xc400_0000"]);
  expect(stdout.split("\n")[0]).toMatch(/^ {2}31 +TES +0x1 +DMA remapping is enabled$/);
  expect(code).toBe(0);
});

it("shows the fields of a table entry given in words (§9.6)", async () => {
  const words = ["0x41", "0x1", "0x20001", "0", "0", "0", "0", "0"];
  const { stdout } = await viommuHere(["decode", "structure", "pasid-entry", ...words]);
  expect(stdout).toMatch(/PGTT +0x1 +translation type: first stage/);
});

it("finds out the kind of a descriptor of a queue (§6.5.2.2)", async () => {
  const { stdout } = await viommuHere(["decode", "descriptor", "invalidation", "0x12", "0"]);
  expect(stdout.split("\n")[0]).toMatch(/IOTLB/i);
});

it.each([["0x71"], ["SFS.2"], ["sfs.2"]])("explains the fault %s (§7.1.3)", async (name) => {
  const { stdout } = await viommuHere(["decode", "fault", name]);
  expect(stdout).toMatch(/SFS\.2 +0x71 +qualified +a first-stage entry is not present/);
});

it.each([["register"], ["structure"], ["descriptor"], ["fault"]])(
  "lists what it knows of kind %s",
  async (kind) => {
    const { code, stdout } = await viommuHere(["decode", kind]);
    expect(stdout.trimEnd().split("\n").length).toBeGreaterThan(5);
    expect(code).toBe(0);
  },
);

it.each([
  ["an unknown register", ["register", "nope", "1"], /"nope"; viommu decode register lists them/],
  ["a register with a slip", ["register", "GSTSS", "1"], /near it: GSTS; viommu decode register/],
  ["an unknown fault", ["fault", "XXX.1"], /"XXX\.1"; viommu decode fault lists them/],
  ["a register without value", ["register", "GSTS"], /a register has one value/],
  ["a value that does not fit", ["register", "GSTS", "0x100000000"], /number of 32 bits/],
  ["a value that is no number", ["register", "GSTS", "12z"], /value "12z" is no number/],
  ["a fault with a value", ["fault", "0x71", "1"], /takes no value/],
  ["an unknown kind", ["entry", "x"], /Allowed choices are register, structure/],
])("ends with 2 for %s", async (_what, args, message) => {
  const { code, stdout, stderr } = await viommuHere(["decode", ...args]);
  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

it.each([[["register", "GSTS", "0xc4000000"]], [["fault", "0x71"]]])(
  "prints %j as JSON with its schema",
  async (args) => {
    const { stdout } = await viommuHere(["decode", ...args, "--json"]);
    expect(schemaProblems("decode", JSON.parse(stdout))).toEqual([]);
  },
);
