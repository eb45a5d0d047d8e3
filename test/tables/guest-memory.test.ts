import { expect, it } from "vitest";

import { GuestMemory } from "../../host/memory/guest-memory.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";

it("tables are built in GuestMemory, also above 4 GiB, and not in a poisoned range", () => {
  const start = 0x1_0000_0000n;
  const memory = GuestMemory.create({ size: 0x1000, regions: [{ start, size: 0x10_0000 }] });
  const frames = new FrameAllocator({ start, end: start + 0x10_0000n });
  const tables = ScalableTables.create({ memory, frames });
  const firstStage = new FirstStageTable({ memory, frames });
  tables.context("00:02.0", { paside: true });
  tables.pasid("00:02.0", 5, { kind: "first-stage", domain: 1, firstStage });
  firstStage.map(0x1000n, start, { write: false });
  expect(tables.rootTableAddress).toBe(start | 0x400n);
  expect(memory.read64(firstStage.entryAddress(0x1000n, 1))).toBe(start | 5n);

  memory.poison(firstStage.pointer, 0x1000n);
  const root = firstStage.pointer.toString(16);
  expect(() => firstStage.lookup(0x1000n)).toThrow(`the word at 0x${root} cannot be read`);
  memory.heal();
  expect(firstStage.lookup(0x1000n)?.physical).toBe(start);
});

it("a new table takes the place of old ones: memory that clears at once is asked to, and may refuse", () => {
  const memory = GuestMemory.create({ size: 0x10_0000 });
  memory.fill(0n, 0x10_0000, 0xff);
  let refuses = false;
  const cleared: [bigint, number][] = [];
  const quick = {
    read64: (address: bigint) => memory.read64(address),
    write64: (address: bigint, value: bigint) => memory.write64(address, value),
    clear: (address: bigint, length: number) => {
      if (refuses) return false;
      cleared.push([address, length]);
      memory.fill(address, length);
      return true;
    },
  };
  const frames = new FrameAllocator({ start: 0x1000n, end: 0x10_0000n });
  const tables = ScalableTables.create({ memory: quick, frames });
  expect(tables.rootEntry("00:02.0").read()).toEqual([0n, 0n]);
  expect(cleared).toEqual([[tables.rootTable, 4096]]);
  refuses = true;
  expect(() => tables.context("00:02.0")).toThrow("cannot be written");
});
