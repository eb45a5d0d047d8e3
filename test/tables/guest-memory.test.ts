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
