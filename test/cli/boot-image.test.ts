import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { readImage } from "../../host/cli/boot-image.js";
import { guestImage, x86 } from "../emulators/v86/guest-code.js";
import { temporaryFolder } from "./run.js";

function fileOf(bytes: Uint8Array): string {
  const file = join(temporaryFolder(), "image");
  writeFileSync(file, bytes);
  return file;
}

/** A good image with one byte changed. */
function spoilt(at: number, value: number): Uint8Array {
  const bytes = new Uint8Array(guestImage(x86.hlt));
  bytes[at] = value;
  return bytes;
}

it("reads a multiboot ELF image, byte for byte", () => {
  const image = guestImage(x86.hlt);
  expect(readImage(fileOf(new Uint8Array(image)))).toEqual(image);
});

it.each([
  ["an empty file", new Uint8Array(), /is empty; expected a 32-bit x86 ELF/],
  ["a 64-bit ELF file", spoilt(4, 2), /a 64-bit ELF file/],
  ["ELF for ARM", spoilt(18, 40), /another machine \(e_machine 40\)/],
  ["an object file", spoilt(16, 1), /not an executable/],
  ["ELF without multiboot header", spoilt(0x100, 0), /without a multiboot header/],
  ["a wrong multiboot checksum", spoilt(0x108, 0), /without a multiboot header/],
  ["a Windows program", Uint8Array.of(0x4d, 0x5a, 0x90, 0), /a DOS, Windows or UEFI program/],
  ["a compressed kernel", Uint8Array.of(0x1f, 0x8b, 8, 0), /a gzip file/],
  ["text", new TextEncoder().encode("ok\n"), /a text file/],
  ["something else", Uint8Array.of(0, 1, 2, 3), /no ELF file \(it begins with 00 01 02 03\)/],
])("refuses %s and says what it found", (_what, bytes, message) => {
  const file = fileOf(bytes);
  expect(() => readImage(file)).toThrow(message);
});
