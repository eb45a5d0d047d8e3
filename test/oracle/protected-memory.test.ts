import { describe, expect, it } from "vitest";
import type { Features } from "./registers-by-hand.js";
import { REG, TE, UnitWorld } from "./unit-world.js";
import { LEGACY_CONTEXT, R, ROOT_ENTRY, SECOND_STAGE_ROOT, SID, W } from "./world.js";

const EPM = 2 ** 31;
const BLOCKED = { status: "blocked", completion: "UR" };
const both: Features = { PLMR: true, PHMR: true };

/** Low region 20_0000h to 2F_FFFFh, high region 1_4000_0000h to 1_400F_FFFFh. */
function protectedWorld(features: Features = both): UnitWorld {
  const world = new UnitWorld(features);
  world.unit.write32(REG.PLMBASE, 0x20_0000);
  world.unit.write32(REG.PLMLIMIT, 0x20_0000);
  if (features.PHMR) {
    world.unit.write64(REG.PHMBASE, 0x1_4000_0000n);
    world.unit.write64(REG.PHMLIMIT, 0x1_4000_0000n);
  }
  world.unit.write32(REG.PMEN, EPM);
  return world;
}

function reach(world: UnitWorld, address: bigint): unknown {
  return world.unit.translate({ sourceId: SID, address, access: "write" });
}

describe("protected memory regions (§11.4.8)", () => {
  it("block what reaches them, limits included, without a fault", () => {
    const world = protectedWorld();
    expect(world.unit.read32(REG.PMEN)).toBe(EPM + 1);
    for (const address of [0x20_0000n, 0x2f_fff8n, 0x1_4000_0000n, 0x1_400f_fff8n]) {
      expect(reach(world, address)).toEqual(BLOCKED);
    }
    for (const address of [0x1f_fff8n, 0x30_0000n, 0x1_3fff_fff8n, 0x1_4010_0000n]) {
      expect(reach(world, address)).toMatchObject({ status: "ok", address });
    }
    expect(world.unit.read32(REG.FSTS)).toBe(0);
    expect(world.take()).toEqual([]);
  });

  it("are open while they are disabled, and while limit lies below base", () => {
    const world = protectedWorld();
    world.unit.write32(REG.PLMLIMIT, 0x10_0000);
    expect(reach(world, 0x20_0000n)).toMatchObject({ status: "ok" });
    expect(reach(world, 0x1_4000_0000n)).toEqual(BLOCKED);
    world.unit.write32(REG.PMEN, 0);
    expect(world.unit.read32(REG.PMEN)).toBe(0);
    expect(reach(world, 0x1_4000_0000n)).toMatchObject({ status: "ok" });
  });

  it("exist as the capabilities say; bits 19:0 of their registers are none", () => {
    const low = protectedWorld({ PLMR: true });
    low.unit.write64(REG.PHMBASE, ~0n);
    low.unit.write32(REG.PLMBASE, -1);
    expect([low.unit.read64(REG.PHMBASE), low.unit.read32(REG.PLMBASE)]).toEqual([0n, 0xfff0_0000]);
    const without = new UnitWorld();
    without.unit.write32(REG.PMEN, EPM);
    expect(without.unit.read32(REG.PMEN)).toBe(0);
    expect(reach(without, 0n)).toMatchObject({ status: "ok" });
  });

  it("report PRS when the accesses have ended that were in flight", () => {
    const world = new UnitWorld(both);
    const { token } = world.unit.beginAccess({ sourceId: SID, address: 0n, access: "write" });
    world.unit.write32(REG.PMEN, EPM);
    expect(world.unit.read32(REG.PMEN)).toBe(EPM);
    expect(reach(world, 0n)).toEqual(BLOCKED);
    world.unit.endAccess(token!);
    expect(world.unit.read32(REG.PMEN)).toBe(EPM + 1);
  });

  describe("with translation enabled", () => {
    /** A table of three levels that maps 7000h to 20_0000h, and FEE0_0000h nowhere. */
    const translating = (features: Features, translationType: bigint): UnitWorld => {
      const world = protectedWorld({ ...both, ...features });
      const { memory } = world;
      memory.write64(ROOT_ENTRY, 0x5000n | 1n);
      memory.write64(LEGACY_CONTEXT, SECOND_STAGE_ROOT | (translationType << 2n) | 1n);
      memory.write64(LEGACY_CONTEXT + 8n, 1n);
      memory.write64(SECOND_STAGE_ROOT, 0x30_1000n | R | W);
      memory.write64(0x30_1000n, 0x30_2000n | R | W);
      memory.write64(0x30_2000n + 7n * 8n, 0x20_0000n | R | W);
      return world.setRoot(0x1000n).command(TE);
    };

    it("block the address that a request is translated to, from major version 2 on", () => {
      const world = translating({ version: 0x20 }, 1n);
      expect(reach(world, 0x7000n)).toEqual(BLOCKED);
      expect(reach(world, 0x20_0000n)).toMatchObject({ condition: "LGN.2" });
    });

    it("let remapped requests in before version 2, but not pass-through and translated ones", () => {
      expect(reach(translating({ version: 0x10 }, 1n), 0x7000n)).toMatchObject({ status: "ok" });
      const world = translating({ version: 0x10 }, 2n);
      expect(reach(world, 0x20_0000n)).toEqual(BLOCKED);
      expect(reach(world, 0x7000n)).toMatchObject({ status: "ok" });
    });

    it("block translated requests, whose translation they did not", () => {
      const world = translating({ version: 0x20 }, 1n);
      const request = { sourceId: SID, address: 0x7000n };
      expect(world.unit.requestTranslation(request)).toMatchObject({ address: 0x20_0000n });
      const translated = { sourceId: SID, address: 0x20_0000n, access: "read" } as const;
      expect(world.unit.translateTranslated(translated)).toEqual(BLOCKED);
      expect(world.unit.translateTranslated({ ...translated, address: 0n })).toMatchObject({
        status: "ok",
      });
    });
  });
});
