import { describe, expect, it } from "vitest";
import { FRCD_OF, IM, IP, REG, TE, UnitWorld } from "./unit-world.js";
import { ROOT_TABLE } from "./world.js";

const SID = 0x0308;
const EVENT = { event: "interrupt", message: { address: 0xfee0_1000n, data: 0x40 } };

/** A unit in which every request meets an empty root table. */
function faulty(features: { NFR?: number } = {}, faultCollapse = false): UnitWorld {
  return new UnitWorld(features, { faultCollapse }).setRoot(ROOT_TABLE).command(TE);
}

function fault(world: UnitWorld, address = 0x12_3456_7890n, sourceId = SID): unknown {
  return world.unit.translate({ sourceId, address, access: "read" });
}

function clearRecord(world: UnitWorld, index: number): void {
  world.unit.write32(FRCD_OF(index) + 12, -(2 ** 31));
}

describe("fault recording registers (§7.2.1, §11.4.7.6)", () => {
  it("hold the fault, whose F software clears; the rest stays to be read", () => {
    const world = faulty();
    expect(fault(world)).toEqual({
      status: "fault",
      condition: "LRT.2",
      reason: 1,
      completion: "UR",
      record: "recorded",
    });
    const rest = (1n << 62n) | (1n << 32n) | BigInt(SID);
    const frcd = [world.unit.read64(REG.FRCD), world.unit.read64(REG.FRCD + 8)];
    expect(frcd).toEqual([0x12_3456_7000n, (1n << 63n) | rest]);
    expect(world.unit.read32(REG.FSTS)).toBe(2);
    clearRecord(world, 0);
    expect(world.unit.read64(REG.FRCD + 8)).toBe(rest);
    expect(world.unit.read32(REG.FSTS)).toBe(0);
  });

  it("fill in a circle; FRI tells the first that is pending, PFO that there was no room", () => {
    const world = faulty({ NFR: 1 });
    fault(world);
    clearRecord(world, 0);
    fault(world);
    expect(world.unit.read32(REG.FSTS)).toBe(0x102);
    fault(world);
    expect(fault(world)).toMatchObject({ record: "overflow" });
    expect(world.unit.read32(REG.FSTS)).toBe(0x103);
    clearRecord(world, 0);
    clearRecord(world, 1);
    expect(world.unit.read32(REG.FSTS) & 0xff).toBe(1);
    expect(fault(world)).toMatchObject({ record: "overflow" });
    world.unit.write32(REG.FSTS, 1);
    expect(fault(world)).toMatchObject({ record: "recorded" });
    expect(world.unit.read32(REG.FSTS)).toBe(0x102);
  });

  it("collapse faults of one requester if asked to", () => {
    const world = faulty({}, true);
    fault(world);
    expect(fault(world)).toMatchObject({ record: "collapsed" });
    expect(fault(world, 0n, SID + 1)).toMatchObject({ record: "recorded" });
    expect(world.takeOnly("fault")).toMatchObject([
      { sourceId: SID, record: "recorded" },
      { sourceId: SID, record: "collapsed" },
      { sourceId: SID + 1, record: "recorded" },
    ]);
  });

  it("are not there for a PASID in a unit without the capability", () => {
    const world = new UnitWorld({ PASID: false, PTRS: false }).setRoot(ROOT_TABLE).command(TE);
    world.unit.translate({ sourceId: SID, pasid: 0xfffff, address: 0n, access: "write" });
    expect(world.unit.read64(REG.FRCD + 8)).toBe((1n << 63n) | (0x31n << 32n) | BigInt(SID));
  });
});

describe("the fault event (§7.3)", () => {
  it("is sent when the first fault becomes pending, and not again until software has cleared all", () => {
    const world = faulty().unmask("FE", 0x40);
    fault(world);
    expect(world.take().map(({ event }) => event)).toEqual(["interrupt", "fault"]);
    fault(world);
    expect(world.takeOnly("interrupt")).toEqual([]);
    clearRecord(world, 0);
    fault(world);
    expect(world.takeOnly("interrupt")).toEqual([]);
    clearRecord(world, 1);
    clearRecord(world, 2);
    fault(world);
    expect(world.takeOnly("interrupt")).toEqual([EVENT.message]);
  });

  it("goes to the address and with the data of the registers, 64 bits of it", () => {
    const world = faulty().unmask("FE", 0x1_8123);
    world.unit.write32(REG.FEUADDR, 0x5678_9a00);
    fault(world);
    expect(world.takeOnly("interrupt")).toEqual([
      { address: 0x5678_9a00_fee0_1000n, data: 0x8123 },
    ]);
  });

  it("is kept in IP while it is masked, and sent when software takes the mask off", () => {
    const world = faulty();
    fault(world);
    expect(world.unit.read32(REG.FECTL)).toBe(IM + IP);
    expect(world.takeOnly("interrupt")).toEqual([]);
    world.unmask("FE", 0x40);
    expect(world.take()).toEqual([EVENT]);
    expect(world.unit.read32(REG.FECTL)).toBe(0);
  });

  it("is forgotten if software clears all status while it is masked", () => {
    const world = faulty();
    fault(world);
    fault(world);
    clearRecord(world, 0);
    expect(world.unit.read32(REG.FECTL)).toBe(IM + IP);
    clearRecord(world, 1);
    expect(world.unit.read32(REG.FECTL)).toBe(IM);
    world.take();
    world.unmask("FE", 0x40);
    expect(world.take()).toEqual([]);
  });

  it("waits for PFO too", () => {
    const world = faulty({ NFR: 0 }).unmask("FE", 0x40);
    fault(world);
    fault(world);
    clearRecord(world, 0);
    world.take();
    expect(fault(world)).toMatchObject({ record: "overflow" });
    expect(world.takeOnly("interrupt")).toEqual([]);
    world.unit.write32(REG.FSTS, 1);
    fault(world);
    expect(world.takeOnly("interrupt")).toHaveLength(1);
  });

  it("reaches a listener that calls the unit again behind what was on its way", () => {
    const world = faulty().unmask("FE", 0x40);
    world.unit.on("interrupt", () => {
      clearRecord(world, 0);
      fault(world, 0x9000n);
    });
    const stop = world.unit.on("fault", () => {
      stop();
    });
    fault(world);
    expect(
      world
        .take()
        .map(({ event }) => event)
        .slice(0, 3),
    ).toEqual(["interrupt", "fault", "interrupt"]);
  });
});
