import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { readDisk } from "../../host/cli/boot-disk.js";
import { guestImage, x86 } from "../emulators/v86/guest-code.js";
import { temporaryFolder, viommuHere } from "./run.js";

function file(name: string, bytes: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

it("makes a disk in which each 32-bit word is its own offset", () => {
  const disk = new DataView(readDisk("pattern:8K"));
  expect(disk.byteLength).toBe(8192);
  for (const offset of [0, 4, 0x200, 0x1ffc]) expect(disk.getUint32(offset, true)).toBe(offset);
  expect(readDisk("pattern:512").byteLength).toBe(512);
  expect(readDisk("pattern:1M").byteLength).toBe(2 ** 20);
});

it("takes a disk from a file, byte for byte", () => {
  const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 251);
  expect(new Uint8Array(readDisk(file("disk", bytes)))).toEqual(bytes);
});

it.each(["pattern:", "pattern:0", "pattern:100", "pattern:1.5M", "pattern:2G", "pattern:1T"])(
  "refuses %s and says what a pattern looks like",
  (text) => {
    expect(() => readDisk(text)).toThrow(/expected pattern:SIZE/);
  },
);

it("refuses a file that is missing, or has no whole sectors", () => {
  expect(() => readDisk("no-such-disk")).toThrow(/cannot read the disk: ENOENT/);
  expect(() => readDisk(file("odd", new Uint8Array(513)))).toThrow(/has 513 bytes: expected/);
  expect(() => readDisk(file("empty", new Uint8Array()))).toThrow(/has 0 bytes/);
});

it("is the guest's first IDE disk", async () => {
  // READ SECTORS of one sector from block 3, and the first word of its data.
  const image = guestImage(
    ...[x86.out8(0x1f6, 0xe0), x86.out8(0x1f2, 1), x86.out8(0x1f3, 3)],
    ...[x86.out8(0x1f4, 0), x86.out8(0x1f5, 0), x86.out8(0x1f7, 0x20)],
    ...[x86.in32(0x1f0), x86.exitWithEaxMinus(0x600)],
  );
  const path = file("guest.elf", new Uint8Array(image));
  const run = await viommuHere(["boot", path, "--quiet", "--disk", "pattern:1M"]);
  expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("ends with 2 and a message for a disk that cannot be", async () => {
  const { code, stderr } = await viommuHere(["boot", "--disk", "pattern:7"]);
  expect(stderr).toMatch(/^viommu: --disk "pattern:7": expected pattern:SIZE/);
  expect(code).toBe(2);
});
