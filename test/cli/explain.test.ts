import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { GuestMemory } from "../../host/memory/guest-memory.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";
import { temporaryFolder, viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

const SIZE = 1 << 20;

/** Guest memory in a file: PASID 5 of 00:02.0 has one page, readable at 7000h. */
function memoryImage(): { file: string; root: string } {
  const memory = GuestMemory.create({ size: SIZE });
  const frames = new FrameAllocator({ start: 0x1_0000n, end: BigInt(SIZE) });
  const tables = ScalableTables.create({ memory, frames });
  const firstStage = new FirstStageTable({ memory, frames });
  firstStage.map(0x7000n, 0x9000n, { write: false });
  tables.context("00:02.0", { paside: true });
  tables.pasid("00:02.0", 5, { kind: "first-stage", domain: 1, firstStage });
  const file = join(temporaryFolder(), "guest.bin");
  writeFileSync(file, memory.readBytes(0n, SIZE));
  return { file, root: `0x${tables.rootTableAddress.toString(16)}` };
}

function explain(access: string, ...more: string[]) {
  const { file, root } = memoryImage();
  const request = [
    "--source-id",
    "00:02.0",
    "--pasid",
    "5",
    "--address",
    "0x7010",
    "--access",
    access,
  ];
  return viommuHere(["explain", "--memory-image", file, "--root", root, ...request, ...more]);
}

it("shows every entry from the root table to the page, and where it leads (§3.6)", async () => {
  const { code, stdout } = await explain("read");
  const entries = stdout.split("\n").filter((line) => / at 0x[0-9a-f]+: /.test(line));
  expect(entries.map((line) => line.replace(/ at .*/, ""))).toEqual([
    "root entry",
    "context entry",
    "PASID directory entry",
    "PASID table entry",
    ...(Array(4).fill("first-stage entry") as string[]),
  ]);
  expect(stdout).toMatch(/translated to 0x9010 in a 4 KiB page/);
  expect(code).toBe(0);
});

it("names the check that refuses a request (SGN.6: write to a page that is not writable)", async () => {
  const { code, stdout } = await explain("write");
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^SGN\.6, reason 0x85: /);
  expect(code).toBe(0);
});

it("prints the explanation as JSON with its schema", async () => {
  const { stdout } = await explain("write", "--json");
  const value = JSON.parse(stdout) as object;
  expect(schemaProblems("explain", value)).toEqual([]);
  expect(value).toMatchObject({ result: { status: "fault", condition: "SGN.6" } });
});

it.each([
  ["a missing image", ["--memory-image", "no-such.bin"], /cannot read the memory image/],
  ["a source-id that is none", ["--source-id", "2.0"], /expected "bus:device.function"/],
  ["an address that is no number", ["--address", "here"], /--address "here" is no number/],
  ["a request over a page boundary", ["--address", "0x7ffc"], /4 KiB page/],
])("ends with 2 for %s", async (_what, more, message) => {
  const { code, stderr } = await explain("read", ...more);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

it("asks for what it needs", async () => {
  const { code, stderr } = await viommuHere(["explain"]);
  expect(stderr).toMatch(/required option '--memory-image <file>'/);
  expect(code).toBe(2);
});
