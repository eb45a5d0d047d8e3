import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildRecord, imageNames, imagesFolder, readImage } from "./images.js";

const ONE_MIB = 0x100000;
/** Where the multiboot 1 specification lets a loader look for the header. */
const MULTIBOOT_SEARCH_BYTES = 8192;
const MULTIBOOT_MAGIC = 0x1badb002;

/** The program headers of a 32-bit ELF file that are loaded. */
function loadSegments(image: Buffer): { address: number; end: number; offset: number }[] {
  const [tableOffset, entryBytes, count] = [28, 42, 44].map((field, index) =>
    index === 0 ? image.readUInt32LE(field) : image.readUInt16LE(field),
  ) as [number, number, number];
  return Array.from({ length: count }, (_, index) => tableOffset + index * entryBytes)
    .filter((header) => image.readUInt32LE(header) === 1)
    .map((header) => {
      const address = image.readUInt32LE(header + 12);
      return {
        address,
        end: address + image.readUInt32LE(header + 20),
        offset: image.readUInt32LE(header + 4),
      };
    });
}

describe("the committed firmware images", () => {
  it("are exactly those that BUILD.json lists", () => {
    const elfFiles = readdirSync(imagesFolder).filter((name) => name.endsWith(".elf"));
    expect(elfFiles.sort()).toEqual([...imageNames].sort());
  });

  it.each(buildRecord.images)("$name has the recorded size and SHA-256", (recorded) => {
    const image = readImage(recorded.name);
    expect(image.length).toBe(recorded.bytes);
    expect(createHash("sha256").update(image).digest("hex")).toBe(recorded.sha256);
  });

  it.each(imageNames)("%s is smaller than 64 KiB", (name) => {
    expect(readImage(name).length).toBeLessThan(64 * 1024);
  });

  it.each(imageNames)("%s is a 32-bit little-endian x86 ELF executable", (name) => {
    const image = readImage(name);
    expect(image.toString("latin1", 0, 4)).toBe("\x7fELF");
    const [elfClass, byteOrder] = [image[4], image[5]];
    const [type, machine] = [image.readUInt16LE(16), image.readUInt16LE(18)];
    expect({ elfClass, byteOrder, type, machine }).toEqual({
      elfClass: 1,
      byteOrder: 1,
      type: 2,
      machine: 3,
    });
  });

  it.each(imageNames)("%s loads and starts between 1 MiB and 2 MiB", (name) => {
    const image = readImage(name);
    const entry = image.readUInt32LE(24);
    const segments = loadSegments(image);
    expect(segments).toHaveLength(1);
    for (const { address, end } of segments) {
      expect(address).toBeGreaterThanOrEqual(ONE_MIB);
      expect(end).toBeLessThan(2 * ONE_MIB);
      expect(entry).toBeGreaterThanOrEqual(address);
      expect(entry).toBeLessThan(end);
    }
  });

  it.each(imageNames)("%s has one multiboot 1 header with a zero sum, at its load address", (name) => {
    const image = readImage(name);
    const headers = [];
    for (let offset = 0; offset < Math.min(MULTIBOOT_SEARCH_BYTES, image.length - 12); offset += 4) {
      if (image.readUInt32LE(offset) === MULTIBOOT_MAGIC) headers.push(offset);
    }
    expect(headers).toEqual([loadSegments(image)[0]?.offset]);
    const [header = 0] = headers;
    const [magic, flags, checksum] = [0, 4, 8].map((field) => image.readUInt32LE(header + field));
    expect(flags).toBe(2);
    expect(((magic ?? 0) + (flags ?? 0) + (checksum ?? 0)) >>> 0).toBe(0);
  });
});
