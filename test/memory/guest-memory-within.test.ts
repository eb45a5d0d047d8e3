import { describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";

const PAGE = 65536;
const options = { size: 8192, regions: [{ start: 1n << 32n, size: 4096 }] };

describe("GuestMemory.within", () => {
  it("keeps the memory map and RAM behind the given place, and touches nothing else", () => {
    const wasm = new WebAssembly.Memory({ initial: 4 });
    const bytes = new Uint8Array(wasm.buffer).fill(0x5a, 0, PAGE);
    const memory = GuestMemory.within(wasm, PAGE, options);
    expect(memory.wasmMemory).toBe(wasm);
    expect(memory.memoryMapAt).toBe(PAGE);
    memory.write64(8n, 0x1122n);
    memory.write64((1n << 32n) + 8n, 0x3344n);
    memory.poison(0x1000n, 8);
    const view = new DataView(wasm.buffer);
    expect(view.getUint32(PAGE, true)).toBe(0x50414d47);
    expect(view.getUint32(PAGE + 4, true)).toBe(2);
    expect(view.getUint32(PAGE + 8, true)).toBe(1);
    expect(view.getUint32(2 * PAGE + 8, true)).toBe(0x1122);
    expect(view.getUint32(2 * PAGE + 8192 + 8, true)).toBe(0x3344);
    expect(bytes.subarray(0, PAGE).every((byte) => byte === 0x5a)).toBe(true);
    expect(memory.read64(8n)).toBe(0x1122n);
    expect(memory.read64(0x1000n)).toBeUndefined();
    expect(memory.read64(8192n)).toBeUndefined();
  });

  it("tells how many bytes it needs", () => {
    expect(GuestMemory.bytesFor(options)).toBe(PAGE + 8192 + 4096);
    const wasm = new WebAssembly.Memory({ initial: 3 });
    const rest = 2 * PAGE - GuestMemory.bytesFor(options);
    const fitting = { ...options, size: 8192 + rest };
    expect(() => GuestMemory.within(wasm, PAGE, fitting)).not.toThrow();
    expect(() => GuestMemory.within(wasm, PAGE, { ...fitting, size: fitting.size + 4096 })).toThrow(
      /135168 bytes behind it, in a memory of 196608 bytes/,
    );
  });

  it.each([-PAGE, 4096, 1.5])("refuses a memory map at %d", (place) => {
    const wasm = new WebAssembly.Memory({ initial: 4 });
    expect(() => GuestMemory.within(wasm, place, options)).toThrow(/multiple of 65536/);
  });
});

it("GuestMemory.create has its memory map at 0", () => {
  expect(GuestMemory.create({ size: 4096 }).memoryMapAt).toBe(0);
});
