import { describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";

const MIB = 2 ** 20;

describe("GuestMemory", () => {
  it("reads back what was written, little-endian, through every size", () => {
    const memory = GuestMemory.create({ size: MIB });
    expect(memory.write64(0x1000n, 0x8877_6655_4433_2211n)).toBe(true);
    expect(memory.read64(0x1000n)).toBe(0x8877_6655_4433_2211n);
    expect(memory.read32(0x1004n)).toBe(0x8877_6655);
    expect(memory.read16(0x1001n)).toBe(0x3322);
    expect(memory.read8(0x1007n)).toBe(0x88);
    memory.write8(0x1000n, 0xaa);
    memory.write16(0x1002n, 0xbbbb);
    memory.write32(0x1004n, 0xcccc_cccc);
    expect(memory.read64(0x1000n)).toBe(0xcccc_cccc_bbbb_22aan);
    expect([...memory.readBytes(0x1000n, 3)]).toEqual([0xaa, 0x22, 0xbb]);
  });

  it("exchanges a word only if it is the expected one, and answers the word found", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.write64(8n, 5n);
    expect(memory.compareExchange64(8n, 4n, 9n)).toBe(5n);
    expect(memory.read64(8n)).toBe(5n);
    expect(memory.compareExchange64(8n, 5n, 9n)).toBe(5n);
    expect(memory.read64(8n)).toBe(9n);
  });

  it("has regions above 4 GiB with holes between them", () => {
    const memory = GuestMemory.create({
      size: MIB,
      regions: [
        { start: 1n << 40n, size: 8192 },
        { start: 4n << 30n, size: MIB },
      ],
    });
    expect(memory.write64((4n << 30n) + 16n, 1n)).toBe(true);
    expect(memory.write64((1n << 40n) + 8184n, 2n)).toBe(true);
    expect(memory.read64((4n << 30n) + 16n)).toBe(1n);
    expect(memory.read64((1n << 40n) + 8184n)).toBe(2n);
    expect(memory.read64(16n)).toBe(0n);
    for (const hole of [BigInt(MIB), (4n << 30n) - 8n, (1n << 40n) + 8192n, 1n << 63n]) {
      expect(memory.read64(hole), `at ${hole}`).toBeUndefined();
      expect(memory.write64(hole, 1n)).toBe(false);
      expect(memory.compareExchange64(hole, 0n, 1n)).toBeUndefined();
      expect(memory.tryReadBytes(hole, 1)).toBeUndefined();
      expect(memory.tryWriteBytes(hole, Uint8Array.of(1))).toBe(false);
      expect(memory.contains(hole)).toBe(false);
      expect(() => memory.read32(hole)).toThrow(RangeError);
    }
    expect(memory.regions.map((region) => region.start)).toEqual([0n, 4n << 30n, 1n << 40n]);
  });

  it("moves no byte of a run that leaves its region", () => {
    const memory = GuestMemory.create({ size: 4096 });
    expect(memory.tryWriteBytes(4094n, Uint8Array.of(1, 2, 3))).toBe(false);
    expect(memory.read16(4094n)).toBe(0);
    expect(() => memory.writeBytes(4094n, Uint8Array.of(1, 2, 3))).toThrow(/0xffe/);
    expect(memory.tryReadBytes(4094n, 2)).toEqual(new Uint8Array(2));
  });

  it("fills", () => {
    const memory = GuestMemory.create({ size: 4096 });
    memory.fill(3n, 2, 0x5a);
    expect([...memory.readBytes(2n, 4)]).toEqual([0, 0x5a, 0x5a, 0]);
    memory.fill(0n, 4096);
    expect(memory.read64(0n)).toBe(0n);
  });

  it("answers an unaligned 64-bit access of the port with an error that names the address", () => {
    const memory = GuestMemory.create({ size: 4096 });
    expect(() => memory.read64(0x14n)).toThrow(/multiple of 8, got 0x14/);
    expect(() => memory.write64(0x11n, 0n)).toThrow(RangeError);
    expect(() => memory.compareExchange64(0x11n, 0n, 0n)).toThrow(RangeError);
  });

  it.each([
    ["no RAM at all", { size: 0 }, /at least one region/],
    ["a size that is no multiple of 4096", { size: 100 }, /multiples of 4096/],
    ["a negative size", { size: -4096 }, /multiples of 4096/],
    ["overlapping regions", { size: 8192, regions: [{ start: 4096n, size: 4096 }] }, /overlaps/],
    ["a region above 52 bits", { size: 0, regions: [{ start: 1n << 52n, size: 4096 }] }, /52 bits/],
    ["more than wasm can hold", { size: 2 ** 32 }, /4 GiB/],
  ])("refuses %s", (_name, options, message) => {
    expect(() => GuestMemory.create(options)).toThrow(message);
  });

  it("refuses a 65th region", () => {
    const regions = Array.from({ length: 65 }, (_, i) => ({
      start: BigInt(i) * 8192n,
      size: 4096,
    }));
    expect(() => GuestMemory.create({ size: 0, regions })).toThrow(/at most 64/);
    expect(GuestMemory.create({ size: 0, regions: regions.slice(1) }).contains(0n)).toBe(false);
  });
});

describe("poisoned memory", () => {
  it("makes accesses of the port fail that touch it, and no others", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.poison(0x2000n, 0x1000);
    expect(memory.read64(0x1ff8n)).toBe(0n);
    expect(memory.read64(0x2000n)).toBeUndefined();
    expect(memory.read64(0x2ff8n)).toBeUndefined();
    expect(memory.read64(0x3000n)).toBe(0n);
    expect(memory.write64(0x2000n, 1n)).toBe(false);
    expect(memory.compareExchange64(0x2000n, 0n, 1n)).toBeUndefined();
    expect(memory.tryReadBytes(0x1ffen, 4)).toBeUndefined();
    expect(memory.tryWriteBytes(0x1ffen, new Uint8Array(4).fill(1))).toBe(false);
    expect(memory.read32(0x1ffcn)).toBe(0);
  });

  it("does not stand in the way of the debugger's accessors", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.write32(0x2000n, 7);
    memory.poison(0x2000n, 8);
    expect(memory.read32(0x2000n)).toBe(7);
    memory.write32(0x2000n, 8);
    memory.heal();
    expect(memory.read64(0x2000n)).toBe(8n);
  });

  it("can be of reads alone or of writes alone", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.poison(0x2000n, 8, { writes: false });
    memory.poison(0x3000n, 8, { reads: false });
    expect(memory.read64(0x2000n)).toBeUndefined();
    expect(memory.write64(0x2000n, 1n)).toBe(true);
    expect(memory.compareExchange64(0x2000n, 1n, 2n)).toBe(1n);
    expect(memory.read64(0x3000n)).toBe(0n);
    expect(memory.write64(0x3000n, 1n)).toBe(false);
    expect(memory.compareExchange64(0x3000n, 0n, 1n)).toBeUndefined();
  });

  it("is widened to whole words", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.poison(0x2004n, 1);
    expect(memory.read64(0x2000n)).toBeUndefined();
    expect(memory.read64(0x2008n)).toBe(0n);
  });

  it("heals in part: ranges are cut where the healed range touches them", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.poison(0x2000n, 0x3000);
    memory.heal(0x3000n, 0x1000);
    expect(memory.read64(0x2ff8n)).toBeUndefined();
    expect(memory.read64(0x3000n)).toBe(0n);
    expect(memory.read64(0x3ff8n)).toBe(0n);
    expect(memory.read64(0x4000n)).toBeUndefined();
    memory.heal(0x1000n, 0x1008);
    expect(memory.read64(0x2000n)).toBe(0n);
    expect(memory.read64(0x2008n)).toBeUndefined();
  });

  it("may lie outside RAM and reach to the end of the address space", () => {
    const memory = GuestMemory.create({ size: 4096 });
    memory.poison(0n, 1n << 64n);
    expect(memory.read64(0n)).toBeUndefined();
    expect(() => memory.poison(8n, 1n << 64n)).toThrow(RangeError);
    expect(() => memory.poison(8n, 0)).toThrow(/at least one byte/);
    expect(() => memory.poison(8n, 8, { reads: false, writes: false })).toThrow(TypeError);
    expect(() => memory.heal(8n)).toThrow(/length/);
  });

  it("is limited to 512 ranges", () => {
    const memory = GuestMemory.create({ size: MIB });
    for (let i = 0; i < 512; i++) memory.poison(BigInt(i) * 16n, 8);
    expect(() => memory.poison(0xf_0000n, 8)).toThrow(/512/);
    expect(memory.read64(0xf_0000n)).toBe(0n);
  });
});

describe("the memory map in the wasm memory", () => {
  it("describes regions and poison ranges as host/memory/memory-map.ts draws them", () => {
    const memory = GuestMemory.create({
      size: MIB,
      regions: [{ start: 4n << 30n, size: 8192 }],
    });
    memory.poison(0x2000n, 0x1000, { reads: false });
    memory.poison(1n << 40n, 16);
    const view = new DataView(memory.wasmMemory.buffer);
    expect(view.byteLength).toBe(65536 + MIB + 65536);
    const header = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
    expect(header).toEqual([0x50414d47, 2, 2, 0]);
    const record = (at: number) => [
      view.getBigUint64(at, true),
      view.getBigUint64(at + 8, true),
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
      view.getBigUint64(at + 24, true),
    ];
    expect(record(64)).toEqual([0n, BigInt(MIB), 65536, 0, 0n]);
    expect(record(96)).toEqual([4n << 30n, 8192n, 65536 + MIB, 0, 0n]);
    expect(record(4096)).toEqual([0x2000n, 0x3000n, 2, 0, 0n]);
    expect(record(4128)).toEqual([1n << 40n, (1n << 40n) + 16n, 3, 0, 0n]);
  });

  it("says where RAM is, so that a reader of the wasm memory finds the bytes", () => {
    const memory = GuestMemory.create({ size: 4096, regions: [{ start: 1n << 32n, size: 4096 }] });
    memory.write64((1n << 32n) + 8n, 0x1234n);
    const view = new DataView(memory.wasmMemory.buffer);
    const offset = view.getUint32(64 + 32 + 16, true);
    expect(view.getBigUint64(offset + 8, true)).toBe(0x1234n);
  });

  it("follows healing", () => {
    const memory = GuestMemory.create({ size: MIB });
    memory.poison(0x2000n, 0x1000);
    memory.heal();
    expect(new DataView(memory.wasmMemory.buffer).getUint32(8, true)).toBe(0);
  });
});
