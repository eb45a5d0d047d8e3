import { describe, expect, it } from "vitest";

import {
  FirstStageTable,
  FrameAllocator,
  PAGE_2M,
  SecondStageTable,
  throughSecondStage,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";

/** Guest-physical 0 to 2 MiB is at host-physical 0x4000_0000, in 4 KiB pages in reverse order. */
function setUp() {
  const memory = new MapMemory();
  const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
  const secondStage = new SecondStageTable({ memory, frames });
  const hostOf = (gpa: bigint) => 0x4000_0000n + (0x1f_f000n - (gpa & ~0xfffn)) + (gpa & 0xfffn);
  for (let gpa = 0n; gpa < BigInt(PAGE_2M); gpa += 0x1000n) secondStage.map(gpa, hostOf(gpa));
  const guestMemory = throughSecondStage(memory, secondStage);
  const guestFrames = new FrameAllocator({ start: 0x8000n, end: 0x10_0000n });
  const firstStage = new FirstStageTable({ memory: guestMemory, frames: guestFrames });
  return { memory, hostOf, secondStage, guestMemory, firstStage };
}

describe("a first stage nested on a second stage (§3.8)", () => {
  it("is built of guest-physical pointers, in the host memory behind them", () => {
    const { memory, hostOf, firstStage } = setUp();
    firstStage.map(0x1000n, 0x5000n);
    expect(firstStage.pointer).toBe(0x8000n);
    const pml4e = memory.at(hostOf(firstStage.pointer));
    expect(pml4e).toBe(0x9007n);
    const pdpe = memory.at(hostOf(pml4e & ~0xfffn));
    const pde = memory.at(hostOf(pdpe & ~0xfffn));
    expect(memory.at(hostOf((pde & ~0xfffn) + 8n))).toBe(0x5007n);
    expect(memory.at(firstStage.pointer)).toBe(0n);
  });

  it("names guest-physical entry addresses", () => {
    const { memory, hostOf, firstStage, secondStage } = setUp();
    firstStage.map(0x1000n, 0x5000n, { write: false });
    const address = firstStage.entryAddress(0x1000n, 1);
    expect(memory.at(secondStage.lookup(address)?.physical ?? 0n)).toBe(0x5005n);
    expect(memory.at(hostOf(address))).toBe(0x5005n);
  });

  it("cannot be built where the second stage maps nothing", () => {
    const { guestMemory, memory } = setUp();
    const frames = new FrameAllocator({ start: 0x20_0000n, end: 0x30_0000n });
    const before = memory.words.size;
    expect(() => new FirstStageTable({ memory: guestMemory, frames })).toThrow(
      /the word at 0x200000 cannot be written: .* that the second stage maps/,
    );
    expect(guestMemory.read64(0x20_0000n)).toBeUndefined();
    expect(memory.words.size).toBe(before);
  });
});
