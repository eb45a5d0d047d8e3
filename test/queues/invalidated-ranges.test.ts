import { beforeEach, describe, expect, it } from "vitest";
import { FirstStageTable, SecondStageTable } from "../../host/tables/index.js";
import { REG } from "../registers/offsets.js";
import { descriptor } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, LegacyWorld, outputOf, ScalableWorld } from "./worlds.js";

const OLD = 0x10_0000n;
const NEW = 0x20_0000n;
const PASID = 1;

let unit: QueuedUnit;

function move(table: FirstStageTable | SecondStageTable, address: bigint): void {
  table.unmap(address);
  table.map(address, NEW);
}

describe("VTD-6.5.2.3: the address of a page-selective IOTLB invalidation", () => {
  const LEGACY_DEVICE = 0x0108;

  async function cached(address: bigint): Promise<void> {
    unit = await QueuedUnit.create({
      preset: "legacy",
      capabilities: { MGAW: 38, SAGAW: 2 },
      hostAddressWidth: 39,
    });
    const world = new LegacyWorld(unit);
    world.attach(LEGACY_DEVICE, 1);
    const table = world.table(1);
    table.map(address, OLD);
    world.start();
    expect(outputOf(unit, LEGACY_DEVICE, address)).toBe(OLD);
    move(table, address);
  }

  it.each([39n, 48n, 63n])("bit %i, above the guest address width, is ignored", async (bit) => {
    await cached(0x7f_ffff_f000n);
    unit.enableQueue();
    const ADDR = 0x7f_ffff_f000n | (1n << bit);
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: 1, ADDR }));
    expect(outputOf(unit, LEGACY_DEVICE, 0x7f_ffff_f000n)).toBe(NEW);
  });

  it("bit 38, the highest below it, counts", async () => {
    await cached(0x7f_ffff_f000n);
    unit.enableQueue();
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: 1, ADDR: 0x3f_ffff_f000n }));
    expect(outputOf(unit, LEGACY_DEVICE, 0x7f_ffff_f000n)).toBe(OLD);
  });

  it("VTD-11.4.6.4: IVA_REG likewise", async () => {
    await cached(0x1000n);
    unit.iommu.write64(REG.IVA, (1n << 63n) | 0x1000n);
    unit.iommu.write64(REG.IOTLB, (1n << 63n) | (3n << 60n) | (1n << 32n));
    expect(outputOf(unit, LEGACY_DEVICE, 0x1000n)).toBe(NEW);
  });
});

describe("VTD-6.5.2.4, Table 18: the address of a page-selective PASID-based invalidation", () => {
  const HIGH = 0xffff_8000_0000_0000n;
  let table: FirstStageTable;

  async function cached(address: bigint, levels: 4 | 5): Promise<void> {
    unit = await QueuedUnit.create({ preset: "full" });
    const { memory, frames } = unit;
    const world = new ScalableWorld(unit);
    table = new FirstStageTable({ memory, frames, levels });
    table.map(address, OLD);
    world.pasid(PASID, { kind: "first-stage", domain: 1, firstStage: table });
    world.start();
    unit.enableQueue();
    expect(outputOf(unit, DEVICE, address, PASID)).toBe(OLD);
    move(table, address);
  }

  const invalidate = (ADDR: bigint, fields = {}) => {
    unit.submit(descriptor("PASID_IOTLB_INV", { G: 3, DID: 1, PASID, ADDR, ...fields }));
    expect(unit.queueError).toBe(0);
  };

  describe("four levels tag with bits 47:12", () => {
    it.each([HIGH, 0x0000_8000_0000_0000n, 0x0123_8000_0000_0000n])(
      "so that %d finds the lowest page of the upper half",
      async (ADDR) => {
        await cached(HIGH, 4);
        invalidate(ADDR);
        expect(outputOf(unit, DEVICE, HIGH, PASID)).toBe(NEW);
      },
    );

    it("but not the page at 0", async () => {
      await cached(0n, 4);
      invalidate(HIGH);
      expect(outputOf(unit, DEVICE, 0n, PASID)).toBe(OLD);
    });

    it.each([0n, HIGH])("and with AM 36 nothing of page %d is left to compare", async (address) => {
      await cached(address, 4);
      invalidate(address ^ HIGH, { AM: 36 });
      expect(outputOf(unit, DEVICE, address, PASID)).toBe(NEW);
    });

    it("while AM 35 is one half", async () => {
      await cached(HIGH, 4);
      invalidate(0n, { AM: 35 });
      expect(outputOf(unit, DEVICE, HIGH, PASID)).toBe(OLD);
      invalidate(HIGH | 0x7fff_0000_0000n, { AM: 35 });
      expect(outputOf(unit, DEVICE, HIGH, PASID)).toBe(NEW);
    });

    it("non-leaf entries of the upper half go as well", async () => {
      await cached(HIGH, 4);
      const leaves = table.entry(HIGH, 2);
      const fresh = unit.frames.allocate();
      unit.memory.fill(fresh, 4096);
      unit.memory.write64(fresh + 8n, unit.memory.read64(leaves.get("ADDR"))!);
      leaves.set({ ADDR: fresh });
      invalidate(0x0000_8000_0000_1000n, { IH: 1 });
      expect(outputOf(unit, DEVICE, HIGH + 0x1000n, PASID)).toBe("SFS.2");
      invalidate(0x0000_8000_0000_1000n, { IH: 0 });
      expect(outputOf(unit, DEVICE, HIGH + 0x1000n, PASID)).toBe(NEW);
    });
  });

  describe("five levels tag with bits 56:12", () => {
    it.each([0x0080_8000_0000_0000n, 0xff00_0000_0000_0000n])("page %d", async (address) => {
      await cached(address, 5);
      invalidate(address ^ (1n << 50n));
      expect(outputOf(unit, DEVICE, address, PASID)).toBe(OLD);
      invalidate(address);
      expect(outputOf(unit, DEVICE, address, PASID)).toBe(NEW);
    });
  });
});

describe("VTD-6.5.2.3: second-stage addresses of five levels", () => {
  const ADDRESS = 0x0123_4567_89ab_c000n;
  let table: SecondStageTable;

  beforeEach(async () => {
    unit = await QueuedUnit.create({ preset: "full" });
    const { memory, frames } = unit;
    const world = new ScalableWorld(unit);
    table = new SecondStageTable({ memory, frames, levels: 5 });
    table.map(ADDRESS, OLD);
    world.pasid(PASID, { kind: "second-stage", domain: 1, secondStage: table });
    world.start();
    unit.enableQueue();
    outputOf(unit, DEVICE, ADDRESS, PASID);
    move(table, ADDRESS);
  });

  it.each([
    ["the page itself", ADDRESS, 0, NEW],
    ["the page that differs in bit 56", ADDRESS ^ (1n << 56n), 0, OLD],
    ["the page that differs in bit 12", ADDRESS ^ 0x1000n, 0, OLD],
    ["two pages", ADDRESS ^ 0x1000n, 1, NEW],
    ["a range of 1 GiB", ADDRESS ^ 0x2000_0000n, 18, NEW],
  ])("%s", (_, ADDR, AM, expected) => {
    unit.submit(descriptor("IOTLB_INV", { G: 3, DID: 1, ADDR, AM }));
    expect(outputOf(unit, DEVICE, ADDRESS, PASID)).toBe(expected);
  });
});
