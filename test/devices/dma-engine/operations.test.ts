import { beforeEach, describe, expect, it } from "vitest";
import { operation, reg, statusCode } from "../../../host/devices/dma-engine/registers.js";
import { Rig, USE_ATS } from "./rig.js";

const OK = statusCode.ok;
let rig: Rig;

beforeEach(() => {
  rig = new Rig();
  for (let page = 0n; page < 8n; page++) {
    rig.unit.map({ iova: 0x10_0000n + page * 4096n, to: 0x4_0000n + page * 4096n });
    rig.unit.map({ iova: 0x20_0000n + page * 4096n, to: 0x8_0000n + page * 4096n });
  }
  rig.enableQueue(0);
});

function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
}

describe("operations of dma-engine", () => {
  it("nop completes and writes its result", () => {
    expect(rig.perform(0, { op: operation.nop })).toEqual({ code: OK, bytes: 0, result: 0n });
    expect(rig.queue(0, "completed")).toBe(1);
    expect(rig.queue(0, "head")).toBe(1);
  });

  it.each([
    [0x10_0000n, 0x20_0000n, 4096],
    [0x10_0003n, 0x20_0ffen, 9000],
    [0x10_0fffn, 0x20_0000n, 2],
    [0x10_0010n, 0x20_0020n, 1],
  ])("copies from %s to %s, %s bytes, and nothing beside them", (source, destination, length) => {
    const bytes = numbered(length);
    const from = source - 0x10_0000n + 0x4_0000n;
    const to = destination - 0x20_0000n + 0x8_0000n;
    rig.memory.writeBytes(from, bytes);
    rig.memory.fill(to - 1n, length + 2, 0xee);
    const written = rig.perform(0, { op: operation.copy, source, destination, length });
    expect(written).toEqual({ code: OK, bytes: length, result: 0n });
    expect(rig.memory.readBytes(to, length)).toEqual(bytes);
    expect(rig.memory.read8(to - 1n)).toBe(0xee);
    expect(rig.memory.read8(to + BigInt(length))).toBe(0xee);
    expect(rig.read64(reg.bytesRead)).toBe(BigInt(length + 64));
    expect(
      rig.unit.requests.every(
        ({ address, size }) => Number(address & 0xfffn) + (size ?? 8) <= 4096,
      ),
    ).toBe(true);
  });

  it("fills with the pattern, which runs on across pages", () => {
    const pattern = 0x0807_0605_0403_0201n;
    const destination = 0x20_0ffdn;
    const written = rig.perform(0, { op: operation.fill, destination, length: 4100, pattern });
    expect(written).toEqual({ code: OK, bytes: 4100, result: 0n });
    const bytes = rig.memory.readBytes(0x8_0ffdn, 4100);
    expect(bytes.every((byte, i) => byte === (i % 8) + 1)).toBe(true);
    const verified = rig.perform(0, {
      op: operation.verify,
      source: destination,
      length: 4100,
      pattern,
    });
    expect(verified.code).toBe(OK);
  });

  it("verify tells the offset and the address of the first byte that differs", () => {
    rig.perform(0, { op: operation.fill, destination: 0x20_0000n, length: 8192, pattern: 0x55n });
    rig.memory.write8(0x8_0000n + 5001n, 1);
    rig.memory.write8(0x8_0000n + 5002n, 1);
    const verify = { op: operation.verify, source: 0x20_0000n, length: 8192, pattern: 0x55n };
    expect(rig.perform(0, verify)).toEqual({
      code: statusCode.mismatch,
      bytes: 5001,
      result: 0x20_0000n + 5001n,
    });
    expect(rig.queue(0, "failed")).toBe(1);
  });

  it("compare reads both buffers", () => {
    rig.memory.writeBytes(0x4_0000n, numbered(6000));
    rig.memory.writeBytes(0x8_0100n, numbered(6000));
    const compare = {
      op: operation.compare,
      source: 0x10_0000n,
      destination: 0x20_0100n,
      length: 6000,
    };
    expect(rig.perform(0, compare)).toEqual({ code: OK, bytes: 6000, result: 0n });
    rig.memory.write8(0x8_0100n + 5999n, 0);
    expect(rig.perform(0, compare)).toMatchObject({ code: statusCode.mismatch, bytes: 5999 });
    expect(
      rig.unit.requests.filter(({ access, size }) => access === "write" && size !== 16),
    ).toEqual([]);
  });

  it("atomic add answers the old value and wraps around", () => {
    rig.memory.write64(0x8_0008n, 0xffff_ffff_ffff_fffen);
    const add = { op: operation.atomicAdd, destination: 0x20_0008n, length: 8, pattern: 3n };
    const expected = { code: OK, bytes: 8, result: 0xffff_ffff_ffff_fffen };
    expect(rig.perform(0, add)).toEqual(expected);
    expect(rig.memory.read64(0x8_0008n)).toBe(1n);
    expect(rig.perform(0, { ...add, flags: USE_ATS })).toEqual({ ...expected, result: 1n });
  });

  it("a length of 0 moves nothing and asks for nothing", () => {
    const copy = { op: operation.copy, source: 0xdead_0000n, destination: 0xdead_0000n };
    expect(rig.perform(0, copy)).toEqual({ code: OK, bytes: 0, result: 0n });
    expect(rig.unit.requests).toHaveLength(2);
  });

  it.each([
    ["an unknown operation", { op: 6 }],
    ["a reserved bit", { op: 0, flags: 1 << 12 }],
    ["an atomic add of 4 bytes", { op: operation.atomicAdd, length: 4 }],
    ["an atomic add at an odd address", { op: operation.atomicAdd, length: 8, destination: 4n }],
    ["a source that wraps around", { op: operation.verify, source: (1n << 64n) - 8n, length: 9 }],
    [
      "a destination that wraps around",
      { op: operation.fill, destination: (1n << 64n) - 1n, length: 2 },
    ],
  ])("refuses %s as a bad descriptor", (_name, descriptor) => {
    const written = rig.perform(0, descriptor);
    expect(written).toEqual({ code: statusCode.badDescriptor, bytes: 0, result: 0n });
    expect(rig.state(0)).not.toBe(11);
  });

  it("an access that fails ends the descriptor with its completion, address and the bytes done", () => {
    const source = 0x10_0000n;
    const destination = 0x20_7000n;
    const copy = { op: operation.copy, source, destination, length: 8192 };
    expect(rig.perform(0, copy)).toEqual({ code: statusCode.ur, bytes: 4096, result: 0x20_8000n });
    expect(rig.perform(0, { ...copy, destination: source, source: destination })).toEqual({
      code: statusCode.ur,
      bytes: 4096,
      result: 0x20_8000n,
    });
  });

  it.each([
    ["the source of a compare", operation.compare, 0xdead_0000n, 0x20_0000n, 0xdead_0000n],
    ["the destination of a compare", operation.compare, 0x10_0000n, 0xdead_0000n, 0xdead_0000n],
    ["an atomic add", operation.atomicAdd, 0n, 0xdead_0000n, 0xdead_0000n],
    ["a fill", operation.fill, 0n, 0xdead_0000n, 0xdead_0000n],
  ])("%s that fails is named by its address", (_name, op, source, destination, result) => {
    const written = rig.perform(0, { op, source, destination, length: 8 });
    expect(written).toEqual({ code: statusCode.ur, bytes: 0, result });
  });

  it("tells Completer Abort from Unsupported Request", () => {
    rig.unit.completion = "CA";
    const written = rig.perform(0, { op: operation.verify, source: 0xdead_0000n, length: 8 });
    expect(written).toEqual({ code: statusCode.ca, bytes: 0, result: 0xdead_0000n });
  });

  it("poisoned memory is a failed access", () => {
    rig.memory.poison(0x4_0800n, 8);
    const verify = { op: operation.verify, source: 0x10_0000n, length: 4096 };
    expect(rig.perform(0, verify)).toEqual({ code: statusCode.ur, bytes: 0, result: 0x10_0000n });
  });

  it("a failed descriptor does not stop those behind it", () => {
    rig.submit(0, { op: operation.verify, source: 0xdead_0000n, length: 4 });
    expect(rig.perform(0, { op: operation.nop }).code).toBe(OK);
    expect(rig.result(0, 0)?.code).toBe(statusCode.ur);
    expect(rig.queue(0, "completed")).toBe(2);
    expect(rig.queue(0, "failed")).toBe(1);
    expect(rig.queue(0, "lastStatus")).toBe(OK);
    expect(rig.queue(0, "lastIndex")).toBe(1);
  });
});
