import { describe, expect, it } from "vitest";
import { bytePortOver } from "../../host/memory/byte-port.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import type { MemoryPort } from "../../host/memory/port.js";

/** Only the three words of a MemoryPort, so that the bytes must go through them. */
function wordsOnly(memory: GuestMemory): MemoryPort {
  return {
    read64: (address) => memory.read64(address),
    write64: (address, value) => memory.write64(address, value),
    compareExchange64: (address, expected, replacement) =>
      memory.compareExchange64(address, expected, replacement),
  };
}

describe("bytes over a 64-bit port", () => {
  it("reads and writes runs of any length and alignment, and nothing beside them", () => {
    const memory = GuestMemory.create({ size: 4096 });
    const port = bytePortOver(wordsOnly(memory));
    for (let start = 0; start < 9; start++) {
      for (let length = 0; length < 20; length++) {
        memory.fill(0n, 64, 0xee);
        const bytes = Uint8Array.from({ length }, (_, i) => i + 1);
        expect(port.tryWriteBytes(BigInt(start), bytes)).toBe(true);
        expect(port.tryReadBytes(BigInt(start), length)).toEqual(bytes);
        const expected = new Uint8Array(64).fill(0xee);
        expected.set(bytes, start);
        expect(memory.readBytes(0n, 64)).toEqual(expected);
      }
    }
  });

  it("fails where the words fail", () => {
    const memory = GuestMemory.create({ size: 4096 });
    const port = bytePortOver(wordsOnly(memory));
    memory.poison(16n, 8);
    expect(port.tryReadBytes(8n, 8)).toEqual(new Uint8Array(8));
    expect(port.tryReadBytes(8n, 9)).toBeUndefined();
    expect(port.tryWriteBytes(8n, new Uint8Array(9))).toBe(false);
    expect(port.tryWriteBytes(18n, new Uint8Array(2))).toBe(false);
    expect(port.tryWriteBytes(4090n, new Uint8Array(8))).toBe(false);
  });

  it("keeps a change that another writer makes to the rest of a word", () => {
    const memory = GuestMemory.create({ size: 4096 });
    let interfere = true;
    const port = bytePortOver({
      ...wordsOnly(memory),
      read64: (address) => {
        const value = memory.read64(address);
        if (interfere) memory.write8(address + 7n, 0x77);
        interfere = false;
        return value;
      },
    });
    expect(port.tryWriteBytes(0n, Uint8Array.of(0x11))).toBe(true);
    expect(memory.read64(0n)).toBe(0x7700_0000_0000_0011n);
  });

  it("passes the words on", () => {
    const memory = GuestMemory.create({ size: 4096 });
    const port = bytePortOver(wordsOnly(memory));
    expect(port.write64(8n, 5n)).toBe(true);
    expect(port.compareExchange64(8n, 5n, 6n)).toBe(5n);
    expect(port.read64(8n)).toBe(6n);
    expect(port.read64(4096n)).toBeUndefined();
  });

  it("is GuestMemory itself where that is given", () => {
    const memory = GuestMemory.create({ size: 4096 });
    expect(bytePortOver(memory)).toBe(memory);
  });
});
