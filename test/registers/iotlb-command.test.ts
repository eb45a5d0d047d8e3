import { beforeEach, describe, expect, it } from "vitest";
import { QueuedUnit } from "../queues/queued-unit.js";
import { outputOf, PAGE, PageWorld } from "../queues/worlds.js";
import { REG, SRTP, TE } from "./offsets.js";

const IVT = 1n << 63n;
const IH = 1n << 6n;
const DR = 1n << 49n;
const DW = 1n << 48n;
const GLOBAL = 1n;
const DOMAIN = 2n;
const PAGES = 3n;

const command = (granularity: bigint, domain = 0) =>
  IVT | (granularity << 60n) | (BigInt(domain) << 32n);

const DEVICES = { 0x0110: 1, 0x0118: 2 } as const;
const COUNT = 16;
const all = Array.from({ length: COUNT }, (_, page) => page);

let unit: QueuedUnit;
let world: PageWorld;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ preset: "legacy", ...options });
  world = new PageWorld(unit, DEVICES);
  world.start();
  world.cacheAndMove(COUNT);
}
beforeEach(() => start());

const refreshed = () => [1, 2].map((domain) => world.refreshed(domain, COUNT));
const actual = () => (unit.iommu.read64(REG.IOTLB) >> 57n) & 3n;

const writes = [
  ["one 64-bit write", (at: number, value: bigint) => unit.iommu.write64(at, value)],
  [
    "two 32-bit writes",
    (at: number, value: bigint) => {
      unit.iommu.write32(at, Number(value & 0xffff_ffffn));
      unit.iommu.write32(at + 4, Number(value >> 32n));
    },
  ],
] as const;

describe.each(writes)("VTD-11.4.6.3: IOTLB_REG and IVA_REG, by %s", (_, write) => {
  it("nothing is refreshed without an invalidation", () => {
    expect(refreshed()).toEqual([[], []]);
  });

  it.each([
    ["global", command(GLOBAL), 0n, [all, all]],
    ["domain-selective", command(DOMAIN, 2), 0n, [[], all]],
    ["one page", command(PAGES, 1), 5n * PAGE, [[5], []]],
    [
      "AM 2: four pages, low address bits ignored",
      command(PAGES, 1),
      (5n * PAGE) | 2n,
      [[4, 5, 6, 7], []],
    ],
    ["AM 3 in the other domain", command(PAGES, 2), (8n * PAGE) | 3n, [[], all.slice(8)]],
    ["AM 18, the MAMV of the preset", command(PAGES, 2), 18n, [[], all]],
    ["a page that nothing is cached for", command(PAGES, 2), 0x7_0000_0000n, [[], []]],
    ["a domain that nothing is cached for", command(DOMAIN, 3), 0n, [[], []]],
  ])("%s", (_name, iotlb, iva, expected) => {
    write(REG.IVA, iva);
    write(REG.IOTLB, iotlb);
    expect(refreshed()).toEqual(expected);
    expect(actual()).toBe((iotlb >> 60n) & 3n);
  });

  it("reads IVT 0, IAIG, IIRG, DID, DR and DW when it is done; IVA reads 0", () => {
    write(REG.IVA, 0x3000n | IH | 1n);
    write(REG.IOTLB, command(PAGES, 2) | DR | DW);
    expect(unit.iommu.read64(REG.IOTLB)).toBe(
      (PAGES << 60n) | (PAGES << 57n) | DR | DW | (2n << 32n),
    );
    expect(unit.iommu.read64(REG.IVA)).toBe(0n);
  });

  it("without IVT nothing is done", () => {
    write(REG.IOTLB, command(GLOBAL) & ~IVT);
    expect(refreshed()).toEqual([[], []]);
    expect(actual()).toBe(0n);
  });

  it.each([
    ["the reserved granularity", {}, command(0n), 0n],
    ["an AM above CAP.MAMV", {}, command(PAGES, 1), 19n],
    ["pages without CAP.PSI", { capabilities: { PSI: 0 } }, command(PAGES, 1), 0n],
    ["anything at major version 6", { preset: "full" as const }, command(GLOBAL), 0n],
  ])("%s is not performed: IAIG 0", async (_name, options, iotlb, iva) => {
    await start(options);
    write(REG.IOTLB, iotlb & ~IVT);
    write(REG.IVA, iva);
    write(REG.IOTLB, iotlb);
    expect(unit.iommu.read64(REG.IOTLB)).toBe(iotlb & ~IVT);
    expect(refreshed()).toEqual([[], []]);
  });

  it("in scalable mode it is not performed either", async () => {
    await start({ preset: "full", version: 0x50, capabilities: { ESRTPS: 0 } });
    unit.setRoot(world.tables.rootTableAddress | (1n << 10n));
    write(REG.IOTLB, command(GLOBAL));
    expect(unit.iommu.read64(REG.IOTLB)).toBe(GLOBAL << 60n);
    unit.setRoot(world.tables.rootTableAddress);
    expect(unit.status & SRTP).not.toBe(0);
    expect(refreshed()).toEqual([[], []]);
  });
});

describe("VTD-6.5.1.2: what goes with the pages", () => {
  it("IH 0 drops non-leaf entries of the range, IH 1 keeps them", () => {
    world.moveLeafTable(1, 0n);
    world.table(1).unmap(0n, { count: COUNT });
    world.table(1).map(0n, 0x10_0000n, { count: COUNT });
    unit.iommu.write64(REG.IVA, IH);
    unit.iommu.write64(REG.IOTLB, command(PAGES, 1));
    // The stale leaf table, which the cached non-leaf entry points to.
    expect(outputOf(unit, 0x0110, 0n)).toBe(0x6000_0000n);
    unit.iommu.write64(REG.IVA, 0n);
    unit.iommu.write64(REG.IOTLB, command(PAGES, 1));
    expect(outputOf(unit, 0x0110, 0n)).toBe(0x10_0000n);
    // Behind the range the IOTLB still has what it had.
    expect(outputOf(unit, 0x0110, PAGE)).toBe(0x4000_1000n);
  });

  it("domain-ids above CAP.ND's width are ignored", async () => {
    await start({ capabilities: { ND: 2 } });
    unit.iommu.write64(REG.IOTLB, command(DOMAIN, 0xab01));
    expect(refreshed()).toEqual([all, []]);
  });

  it("works with translation disabled", () => {
    unit.command(TE, false);
    unit.iommu.write64(REG.IOTLB, command(GLOBAL));
    unit.command(TE);
    expect(refreshed()).toEqual([all, all]);
  });
});

describe("VTD-6.5.4, choice C3: IVT stays set while requests drain", () => {
  const inFlight = () =>
    unit.iommu.beginAccess({ sourceId: 0x0110, address: 0n, access: "read" }).token;
  const busy = () => (unit.iommu.read64(REG.IOTLB) & IVT) !== 0n;

  it.each([
    ["DR", DR, {}, true],
    ["DW", DW, {}, true],
    ["neither", 0n, {}, false],
    ["DR without CAP.DRD", DR, { DRD: 0 }, false],
    ["DW without CAP.DWD", DW, { DWD: 0 }, false],
  ])("version 1 with %s", async (_, bits, capabilities, waits) => {
    await start({ capabilities });
    const token = inFlight();
    unit.iommu.write64(REG.IOTLB, command(GLOBAL) | bits);
    expect(busy()).toBe(waits);
    const late = inFlight();
    unit.iommu.endAccess(token);
    expect(busy()).toBe(false);
    expect(actual()).toBe(GLOBAL);
    unit.iommu.endAccess(late);
  });

  it("from major version 2 on it always drains", async () => {
    await start({ version: 0x20 });
    const token = inFlight();
    unit.iommu.write64(REG.IOTLB, command(GLOBAL));
    expect(busy()).toBe(true);
    unit.iommu.endAccess(token);
    expect(busy()).toBe(false);
  });

  it("a command that is refused waits for nothing", () => {
    const token = inFlight();
    unit.iommu.write64(REG.IOTLB, command(0n) | DR);
    expect(busy()).toBe(false);
    unit.iommu.endAccess(token);
  });
});

describe("where ECAP.IRO places the registers", () => {
  it("they work there, and the usual place is reserved", async () => {
    await start({ capabilities: { IRO: 0x50 } });
    unit.iommu.write64(REG.IOTLB, command(GLOBAL));
    expect(unit.iommu.read64(REG.IOTLB)).toBe(0n);
    expect(refreshed()).toEqual([[], []]);
    unit.iommu.write64(0x500, 3n * PAGE);
    unit.iommu.write64(0x508, command(PAGES, 1));
    expect(refreshed()).toEqual([[3], []]);
  });

  it.each([
    ["ICS, without a queue", { IRO: 0x09, QI: 0, DT: 0 }],
    ["PRS, without page requests", { IRO: 0x0d }],
    ["PMEN, without protected memory", { IRO: 0x06 }],
  ])("they work in the place of %s", async (_, capabilities) => {
    await start({ capabilities });
    const at = 16 * capabilities.IRO;
    unit.iommu.write64(at, 3n * PAGE);
    unit.iommu.write64(at + 8, command(PAGES, 1));
    expect(unit.iommu.read64(at + 8)).toBe((PAGES << 60n) | (PAGES << 57n) | (1n << 32n));
    expect(refreshed()).toEqual([[3], []]);
  });
});
