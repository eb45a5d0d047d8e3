import { beforeEach, describe, expect, it } from "vitest";
import { QueuedUnit } from "../queues/queued-unit.js";
import { ContextWorld } from "../queues/worlds.js";
import { REG, SRTP } from "./offsets.js";

const ICC = 1n << 63n;
const GLOBAL = 1n;
const DOMAIN = 2n;
const DEVICE = 3n;

const command = (granularity: bigint, fields: { did?: number; sid?: number; fm?: number } = {}) =>
  ICC |
  (granularity << 61n) |
  (BigInt(fields.fm ?? 0) << 32n) |
  (BigInt(fields.sid ?? 0) << 16n) |
  BigInt(fields.did ?? 0);

/** Eight functions of device 2 on bus 1, and others, in two domains. */
const DEVICES = {
  0x0110: 1,
  0x0111: 1,
  0x0112: 1,
  0x0113: 1,
  0x0114: 1,
  0x0115: 1,
  0x0116: 1,
  0x0117: 1,
  0x0118: 2,
  0x0210: 2,
} as const;

let unit: QueuedUnit;
let world: ContextWorld;
beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "legacy" });
  world = new ContextWorld(unit);
  world.attach(DEVICES);
  world.change(DEVICES);
});

/** Devices whose context entry is not cached any more. */
function refreshed(): number[] {
  return Object.keys(DEVICES)
    .map(Number)
    .filter((device) => world.look(device) === "new");
}

const everyDevice = Object.keys(DEVICES).map(Number);

/** How software may write a 64-bit register whose trigger is in the upper half (§11.2). */
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

const actual = () => (unit.iommu.read64(REG.CCMD) >> 59n) & 3n;

describe.each(writes)("VTD-11.4.6.1: CCMD, by %s", (_, write) => {
  it.each([
    ["global", GLOBAL, {}, everyDevice],
    ["domain-selective", DOMAIN, { did: 2 }, [0x0118, 0x0210]],
    ["device-selective", DEVICE, { did: 1, sid: 0x0112 }, [0x0112]],
    ["FM 1 ignores bit 2 of SID", DEVICE, { did: 1, sid: 0x0112, fm: 1 }, [0x0112, 0x0116]],
    [
      "FM 2 ignores bits 2:1",
      DEVICE,
      { did: 1, sid: 0x0112, fm: 2 },
      [0x0110, 0x0112, 0x0114, 0x0116],
    ],
    [
      "FM 3 ignores bits 2:0",
      DEVICE,
      { did: 1, sid: 0x0112, fm: 3 },
      [0x0110, 0x0111, 0x0112, 0x0113, 0x0114, 0x0115, 0x0116, 0x0117],
    ],
  ])("%s", (_name, granularity, fields, expected) => {
    write(REG.CCMD, command(granularity, fields));
    expect(refreshed()).toEqual(expected);
    expect(actual()).toBe(granularity);
  });

  it("reads ICC 0, CAIG, CIRG and DID, and 0 for SID and FM when it is done", () => {
    write(REG.CCMD, command(DEVICE, { did: 1, sid: 0x0112, fm: 2 }));
    expect(unit.iommu.read64(REG.CCMD)).toBe((DEVICE << 61n) | (DEVICE << 59n) | 1n);
  });

  it("without ICC nothing is done", () => {
    write(REG.CCMD, command(GLOBAL) & ~ICC);
    expect(refreshed()).toEqual([]);
    expect(actual()).toBe(0n);
  });

  it("the reserved granularity is not performed: CAIG 0", () => {
    write(REG.CCMD, command(GLOBAL));
    write(REG.CCMD, command(0n));
    expect(unit.iommu.read64(REG.CCMD)).toBe(0n);
  });

  it("checklist 39: in scalable mode ICC clears, CAIG is 0, and nothing is done", async () => {
    unit = await QueuedUnit.create({ preset: "full", version: 0x50, capabilities: { ESRTPS: 0 } });
    world = new ContextWorld(unit);
    world.attach(DEVICES);
    world.change(DEVICES);
    const legacyRoot = unit.iommu.read64(REG.RTADDR);
    unit.iommu.write64(REG.RTADDR, legacyRoot | (1n << 10n));
    unit.command(SRTP);
    write(REG.CCMD, command(GLOBAL));
    expect(unit.iommu.read64(REG.CCMD)).toBe(GLOBAL << 61n);
    unit.setRoot(legacyRoot);
    expect(refreshed()).toEqual([]);
  });

  it.each([
    [0x50, everyDevice, GLOBAL],
    [0x60, [], 0n],
    [0x70, [], 0n],
  ])("VER 0x%x: serviced below major version 6 only", async (version, expected, granularity) => {
    const capabilities = { ESRTPS: 0 };
    unit = await QueuedUnit.create({ preset: "full", version, capabilities });
    world = new ContextWorld(unit);
    world.attach(DEVICES);
    world.change(DEVICES);
    write(REG.CCMD, command(GLOBAL));
    expect(unit.iommu.read64(REG.CCMD) & ICC).toBe(0n);
    expect(actual()).toBe(granularity);
    expect(refreshed()).toEqual(expected);
  });
});

describe("the halves of CCMD", () => {
  it("the low half alone starts nothing, and is remembered for the high half", () => {
    const value = command(DEVICE, { did: 1, sid: 0x0117 });
    unit.iommu.write32(REG.CCMD, Number(value & 0xffff_ffffn));
    expect(unit.iommu.read64(REG.CCMD)).toBe(1n);
    expect(refreshed()).toEqual([]);
    unit.iommu.write32(REG.CCMD + 4, Number(value >> 32n));
    expect(refreshed()).toEqual([0x0117]);
  });

  it("a unit whose domain-ids have fewer bits ignores those above (§11.4.2, ND)", async () => {
    unit = await QueuedUnit.create({ preset: "legacy", capabilities: { ND: 2 } });
    world = new ContextWorld(unit);
    world.attach(DEVICES);
    world.change(DEVICES);
    unit.iommu.write64(REG.CCMD, command(DOMAIN, { did: 0xff02 }));
    expect(refreshed()).toEqual([0x0118, 0x0210]);
  });

  it("IOTLB entries stay: the context-cache invalidation is not one of them", () => {
    const look = () => unit.iommu.translate({ sourceId: 0x0210, address: 0n, access: "read" });
    unit.iommu.write64(REG.CCMD, command(GLOBAL));
    const before = look();
    world.attach({ 0x0210: 2 });
    unit.iommu.write64(REG.CCMD, command(GLOBAL));
    expect(look()).toEqual(before);
    unit.iommu.write64(REG.IOTLB, (1n << 63n) | (1n << 60n));
    expect(look()).not.toEqual(before);
  });
});
