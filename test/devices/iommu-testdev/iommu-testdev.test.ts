import { beforeEach, describe, expect, it } from "vitest";

import { iommuTestdev } from "../../../host/devices/iommu-testdev/model.js";
import { reg, result, space } from "../../../host/devices/iommu-testdev/registers.js";
import { Machine } from "../../../host/machine.js";
import { GuestMemory } from "../../../host/memory/guest-memory.js";
import { PciBus } from "../../../host/pci/bus.js";
import { FrameAllocator, LegacyTables, SecondStageTable } from "../../../host/tables/index.js";
import { FakeUnit } from "../../pci/fake-unit.js";

const BDF = 0x0020;
const BAR = 0xe820_0000n;
const IOVA = 0x1_0020_0560n;
const GPA = 0x4560n;

/** The device on a bus behind a fake unit that maps one page. */
class Rig {
  readonly memory = GuestMemory.create({ size: 2 ** 20 });
  readonly bus = new PciBus({ memory: this.memory });
  readonly unit = new FakeUnit();

  constructor() {
    const model = iommuTestdev();
    this.bus.addEndpoint({ bdf: BDF, model, bars: { 0: { address: Number(BAR) } } });
    this.bus.addUnit({ port: this.unit, covers: () => true });
    this.bus.config.write16(BDF, 4, 6);
    this.unit.map({ iova: IOVA & ~0xfffn, to: GPA & ~0xfffn });
  }

  read(offset: number): number {
    return this.bus.read32(BAR + BigInt(offset));
  }

  write(offset: number, value: number): void {
    this.bus.write32(BAR + BigInt(offset), value);
  }

  set(iova: bigint, gpa: bigint, length: number): void {
    this.write(reg.iovaLow, Number(iova & 0xffff_ffffn));
    this.write(reg.iovaHigh, Number(iova >> 32n));
    this.write(reg.gpaLow, Number(gpa & 0xffff_ffffn));
    this.write(reg.gpaHigh, Number(gpa >> 32n));
    this.write(reg.length, length);
  }

  /** Arms and triggers; answers the result. */
  run(): number {
    this.write(reg.doorbell, 1);
    this.read(reg.trigger);
    return this.read(reg.result);
  }
}

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
  rig.set(IOVA, GPA, 4);
});

describe("what software finds in configuration space", () => {
  it("is QEMU's device 1b36:0005 with a window of 4 KiB and no capability", () => {
    const { config } = rig.bus;
    expect(config.read32(BDF, 0x00)).toBe(0x0005_1b36);
    expect(config.read32(BDF, 0x08)).toBe(0x00ff_0000);
    expect(config.read8(BDF, 0x34)).toBe(0);
    expect(config.read16(BDF, 0x06) & 0x10).toBe(0);
    expect(config.read8(BDF, 0x3d)).toBe(0);
    config.write32(BDF, 0x10, 0xffff_ffff);
    expect(config.read32(BDF, 0x10)).toBe(0xffff_f000);
  });
});

describe("a request", () => {
  it("is armed by the doorbell, and disarmed by it", () => {
    expect(rig.read(reg.result)).toBe(result.idle);
    rig.write(reg.doorbell, 1);
    expect(rig.read(reg.result)).toBe(result.armed);
    rig.write(reg.doorbell, 0);
    expect(rig.read(reg.result)).toBe(result.idle);
    rig.read(reg.trigger);
    expect(rig.read(reg.result)).toBe(result.notArmed);
    expect(rig.unit.requests).toEqual([]);
  });

  it("writes 12345678h through the unit and finds it at the guest-physical address", () => {
    expect(rig.run()).toBe(result.ok);
    expect(rig.memory.read32(GPA)).toBe(0x1234_5678);
    expect(rig.unit.requests).toEqual([
      { sourceId: BDF, pasid: undefined, address: IOVA, access: "write", size: 4 },
    ]);
  });

  it("is consumed by the trigger, with or without success", () => {
    rig.run();
    rig.read(reg.trigger);
    expect(rig.read(reg.result)).toBe(result.notArmed);
    rig.set(IOVA, GPA, 0);
    expect(rig.run()).toBe(result.badLength);
    rig.read(reg.trigger);
    expect(rig.read(reg.result)).toBe(result.notArmed);
  });

  it("takes its registers as they are when it is triggered, not when it was armed", () => {
    rig.write(reg.doorbell, 1);
    rig.set(IOVA + 0x40n, GPA + 0x40n, 4);
    rig.read(reg.trigger);
    expect(rig.read(reg.result)).toBe(result.ok);
    expect(rig.memory.read32(GPA + 0x40n)).toBe(0x1234_5678);
    expect(rig.memory.read32(GPA)).toBe(0);
  });

  it("repeats the pattern over its length, across pages and to the last odd byte", () => {
    rig.unit.map({ iova: (IOVA & ~0xfffn) + 0x1000n, to: (GPA & ~0xfffn) + 0x1000n });
    rig.set(IOVA + 3n, GPA + 3n, 0x1003);
    expect(rig.run()).toBe(result.ok);
    expect(rig.memory.read32(GPA + 3n)).toBe(0x1234_5678);
    expect(rig.memory.readBytes(GPA + 3n + 0x1000n, 4)).toEqual(
      Uint8Array.of(0x78, 0x56, 0x34, 0x00),
    );
  });
});

describe("what can go wrong", () => {
  it("the unit refuses the write", () => {
    rig.unit.unmap(IOVA);
    expect(rig.run()).toBe(result.dmaFailed);
  });

  it("the device may not master the bus", () => {
    rig.bus.config.write16(BDF, 4, 2);
    expect(rig.run()).toBe(result.dmaFailed);
    expect(rig.memory.read32(GPA)).toBe(0);
  });

  it("no memory is at the guest-physical address", () => {
    rig.set(IOVA, 0x4000_0000_0000n, 4);
    expect(rig.run()).toBe(result.readBackFailed);
  });

  it("the unit leads the write somewhere else", () => {
    rig.set(IOVA, GPA + 0x1000n, 4);
    expect(rig.run()).toBe(result.mismatch);
    expect(rig.memory.read32(GPA)).toBe(0x1234_5678);
  });

  it("the attributes name a space that the secure bit denies", () => {
    const named = (which: number, secure: number) => (1 << 3) | (which << 1) | secure;
    const cases: [number, number][] = [
      [named(space.secure, 0), result.badAttributes],
      [named(space.secure, 1), result.ok],
      [named(space.nonSecure, 1), result.badAttributes],
      [named(space.nonSecure, 0), result.ok],
      [named(space.realm, 1), result.ok],
      [space.secure << 1, result.ok],
    ];
    for (const [attributes, expected] of cases) {
      rig.write(reg.attributes, attributes);
      expect([attributes, rig.run()]).toEqual([attributes, expected]);
    }
  });
});

describe("the registers", () => {
  it("keep what is written, and are as after power-on after a reset", () => {
    rig.write(reg.result, 0x77);
    rig.write(reg.attributes, 0xff);
    const offsets = Object.values(reg);
    expect(offsets.slice(1).map((offset) => rig.read(offset))).toEqual([
      0x0020_0560, 1, 4, 0x77, 0, 0xff, 0x4560, 0,
    ]);
    rig.bus.endpoint(BDF)?.reset();
    rig.bus.endpoint(BDF)?.placeBar(0, { address: Number(BAR) });
    rig.bus.config.write16(BDF, 4, 6);
    expect(offsets.slice(1).map((offset) => rig.read(offset))).toEqual([
      0, 0, 0, 0xffff_ffff, 0, 2, 0, 0,
    ]);
  });

  it("take aligned 32-bit accesses alone: others read all ones and write nothing", () => {
    rig.write(reg.doorbell, 1);
    expect(rig.bus.read64(BAR)).toBe(2n ** 64n - 1n);
    expect(rig.bus.read(BAR + 1n, 1)).toBe(0xffn);
    expect(rig.read(reg.result)).toBe(result.armed);
    rig.bus.write64(BAR + BigInt(reg.result), 0n);
    expect(rig.read(reg.result)).toBe(result.armed);
    expect(rig.read(0x24)).toBe(0);
  });
});

describe("iommu-testdev in a machine", () => {
  it("runs the check of QEMU's own tests: one write to 10200567h in legacy mode", async () => {
    const machine = await Machine.create({
      memory: { size: 2 ** 22 },
      units: [{}],
      endpoints: [{ bdf: BDF, kind: "iommu-testdev" }],
    });
    const { memory, bus, config } = machine;
    const frames = new FrameAllocator({ start: 0x10_0000n, end: 0x20_0000n });
    const tables = LegacyTables.create({ memory, frames });
    const pages = new SecondStageTable({ memory, frames });
    tables.context(BDF, { kind: "second-stage", domain: 1, secondStage: pages });
    pages.map(0x1020_0000n, 0x4000n);
    bus.write64(0xfed9_0020n, tables.rootTableAddress);
    bus.write32(0xfed9_0018n, 1 << 30);
    bus.write32(0xfed9_0018n, (1 << 31) >>> 0);
    config.write16(BDF, 4, 6);
    const bar = BigInt(config.read32(BDF, 0x10));
    const write = (offset: number, value: number) => {
      bus.write32(bar + BigInt(offset), value);
    };
    write(reg.iovaLow, 0x1020_0567);
    write(reg.gpaLow, 0x4567);
    write(reg.length, 4);
    write(reg.doorbell, 1);
    bus.read32(bar + BigInt(reg.trigger));
    expect(bus.read32(bar + BigInt(reg.result))).toBe(0);
    expect(memory.read32(0x4567n)).toBe(0x1234_5678);
  });
});
