import { describe, expect, it } from "vitest";

import { dmaCommand, reg } from "../../../host/devices/edu/registers.js";
import { Machine } from "../../../host/machine.js";
import { FrameAllocator, LegacyTables, SecondStageTable } from "../../../host/tables/index.js";

const BDF = 0x0018;
const UNIT = 0xfed9_0000n;

describe("edu in a machine with a remapping unit", () => {
  it("transfers through the tables of its requester id, and a fault is recorded with it", async () => {
    const machine = await Machine.create({
      memory: { size: 2 ** 22 },
      units: [{}],
      endpoints: [{ bdf: BDF, kind: "edu" }],
    });
    const { memory, bus, config } = machine;
    const [iommu] = machine.units;
    const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
    const tables = LegacyTables.create({ memory, frames });
    const pages = new SecondStageTable({ memory, frames });
    tables.context(BDF, { kind: "second-stage", domain: 1, secondStage: pages });
    pages.map(0x7000n, 0x4000n);
    bus.write64(UNIT + 0x20n, tables.rootTableAddress);
    bus.write32(UNIT + 0x18n, 1 << 30);
    bus.write32(UNIT + 0x18n, (1 << 31) >>> 0);
    config.write16(BDF, 4, 6);
    const bar = BigInt(config.read32(BDF, 0x10));
    const transfer = (source: bigint, destination: bigint, command: number) => {
      bus.write64(bar + BigInt(reg.dmaSource), source);
      bus.write64(bar + BigInt(reg.dmaDestination), destination);
      bus.write64(bar + BigInt(reg.dmaCount), 8n);
      bus.write32(bar + BigInt(reg.dmaCommand), command);
      return machine.settle();
    };
    memory.write64(0x4000n, 0x1122_3344_5566_7788n);
    expect(transfer(0x7000n, 0x4_0000n, dmaCommand.run)).toBe(100);
    transfer(0x4_0000n, 0x7008n, dmaCommand.run | dmaCommand.toMemory);
    expect(memory.read64(0x4008n)).toBe(0x1122_3344_5566_7788n);

    const faults: [number, bigint, number][] = [];
    iommu?.on("fault", ({ sourceId, address, reason }) => faults.push([sourceId, address, reason]));
    transfer(0x9000n, 0x4_0000n, dmaCommand.run);
    transfer(0x4_0000n, 0x9000n, dmaCommand.run | dmaCommand.toMemory);
    expect(faults).toEqual([
      [BDF, 0x9000n, 6],
      [BDF, 0x9000n, 5],
    ]);
  });
});
