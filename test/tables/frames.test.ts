import { describe, expect, it } from "vitest";

import { FrameAllocator, ScalableTables } from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

describe("FrameAllocator", () => {
  it("hands out each frame of its range once, in rising order", () => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x8000n });
    expect([frames.allocate(), frames.allocate(), frames.allocate()]).toEqual([
      0x5000n,
      0x6000n,
      0x7000n,
    ]);
    expect(frames.free).toBe(0);
  });

  it("hands out adjacent frames", () => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x20_000n });
    expect(frames.allocate(4)).toBe(0x5000n);
    expect(frames.allocate()).toBe(0x9000n);
  });

  it("names the range and what was asked for when it has no more", () => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x8000n });
    frames.allocate();
    expect(() => frames.allocate(3)).toThrow(
      "out of frames: 3 adjacent frame(s) of 4 KiB asked for, 2 left at the end of the range " +
        "0x5000 to 0x8000",
    );
    expect(frames.allocate(2)).toBe(0x6000n);
  });

  it("hands out released frames again, before new ones", () => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x9000n });
    const run = frames.allocate(2);
    frames.allocate();
    frames.release(run, 2);
    expect(frames.free).toBe(3);
    expect([frames.allocate(), frames.allocate(), frames.allocate()]).toEqual([
      0x5000n,
      0x6000n,
      0x8000n,
    ]);
  });

  it.each([
    ["never handed out", 0x6000n],
    ["outside the range", 0x4000n],
    ["inside a frame", 0x5008n],
  ])("refuses to take back an address %s", (_, address) => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x9000n });
    frames.allocate();
    expect(() => frames.release(address)).toThrow(`frame 0x${address.toString(16)}`);
  });

  it("refuses to take back a frame twice", () => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x9000n });
    frames.release(frames.allocate());
    expect(() => frames.release(0x5000n)).toThrow("frame 0x5000: expected the address of a frame");
  });

  it.each([
    [{ start: 0x5001n, end: 0x9000n }, "start 0x5001: expected a multiple of 0x1000"],
    [{ start: -0x1000n, end: 0x9000n }, "start -0x1000: expected a multiple of 0x1000"],
    [{ start: 0x5000n, end: 0x9008n }, "end 0x9008: expected a multiple of 0x1000"],
    [{ start: 0x5000n, end: 0x5000n }, "end 0x5000: expected an address above start 0x5000"],
  ])("refuses the range %o", (range, why) => {
    expect(() => new FrameAllocator(range)).toThrow(new RangeError(why));
  });

  it.each([0, -1, 1.5])("refuses to hand out %d frames", (count) => {
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x9000n });
    expect(() => frames.allocate(count)).toThrow(`count ${count}: expected a positive number`);
  });
});

describe("memory that tables are built in", () => {
  it("is cleared before a table uses it", () => {
    const memory = new MapMemory();
    for (let word = 0x5000n; word < 0x7000n; word += 8n) memory.write64(word, ~0n & 0xffffn);
    ScalableTables.create({ memory, frames: new FrameAllocator({ start: 0x5000n, end: 0x9000n }) });
    for (let word = 0x5000n; word < 0x6000n; word += 8n) expect(memory.at(word)).toBe(0n);
    expect(memory.at(0x6000n)).toBe(0xffffn);
  });

  it("is named with its address when it refuses a write", () => {
    const memory = new MapMemory(0x5800n);
    const frames = new FrameAllocator({ start: 0x5000n, end: 0x9000n });
    expect(() => ScalableTables.create({ memory, frames })).toThrow(
      /the word at 0x5800 cannot be written: expected RAM/,
    );
  });
});
