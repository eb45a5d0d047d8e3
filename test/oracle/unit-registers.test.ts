import { describe, expect, it } from "vitest";
import { registersOf } from "./registers-by-hand.js";
import { IM, IP, REG, SRTP, TE, UnitWorld, WBF } from "./unit-world.js";
import { LEGACY, ROOT_TABLE } from "./world.js";

const ONES32 = 0xffff_ffffn;
const ONES64 = 0xffff_ffff_ffff_ffffn;

describe("the register page (§11.2, §11.4)", () => {
  it("reports version and capabilities, which cannot be written", () => {
    const { unit } = new UnitWorld({ version: 0x50, NFR: 3 });
    const { cap, ecap } = registersOf({ version: 0x50, NFR: 3 });
    unit.write64(REG.CAP, 0n);
    unit.write64(REG.ECAP, 0n);
    unit.write32(REG.VER, 0);
    expect([unit.read32(REG.VER), unit.read64(REG.CAP), unit.read64(REG.ECAP)]).toEqual([
      0x50,
      cap,
      ecap,
    ]);
  });

  it.each([
    ["a 64-bit access to a 32-bit register", REG.FECTL, 8],
    ["a 64-bit access that reaches a 32-bit register behind a reserved offset", 0x30, 8],
    ["an unaligned access", 0x1e, 4],
    ["an unaligned 64-bit access", 0x0c, 8],
    ["two bytes", REG.GSTS, 2],
    ["an access behind the page", 0x1000, 4],
  ])("answers all ones to %s, and changes nothing", (_name, offset, size) => {
    const { unit } = new UnitWorld();
    const ones = (1n << BigInt(8 * size)) - 1n;
    expect(unit.access({ kind: "read", offset, size })).toMatchObject({ value: ones });
    expect(unit.access({ kind: "write", offset, size, value: 0n }).problem).toContain("0x");
    expect(unit.read32(REG.FECTL)).toBe(IM);
    if (size !== 2) {
      const read = size === 4 ? () => unit.read32(offset) : () => unit.read64(offset);
      expect(read).toThrow(RangeError);
    }
  });

  it("reads 0 at reserved offsets and ignores writes there", () => {
    const { unit } = new UnitWorld({ PRS: false, SMS: false });
    for (const offset of [0x48, 0x50, 0xc0, 0xd0, 0xe0, 0xff8]) {
      unit.write64(offset, ONES64);
      expect(unit.read64(offset), offset.toString(16)).toBe(0n);
    }
  });

  it("lets software change just the bits that are its own, also by halves", () => {
    const { unit } = new UnitWorld();
    unit.write64(REG.RTADDR, ONES64);
    expect(unit.read64(REG.RTADDR)).toBe(0xffff_ffff_ffff_fc80n);
    unit.write32(REG.RTADDR, 0);
    expect(unit.read64(REG.RTADDR)).toBe(0xffff_ffff_0000_0000n);
    expect(unit.read32(REG.RTADDR + 4)).toBe(Number(ONES32));
    unit.write64(REG.IQA, ONES64);
    expect(unit.read64(REG.IQA)).toBe(0xffff_ffff_ffff_f807n);
    unit.write32(REG.FEDATA, -1);
    unit.write32(REG.FEADDR, -1);
    unit.write32(REG.FEUADDR, -1);
    expect([REG.FEDATA, REG.FEADDR, REG.FEUADDR].map((offset) => unit.read32(offset))).toEqual([
      0xffff, 0xffff_fffc, 0xffff_ffff,
    ]);
    const { unit: xapic } = new UnitWorld({ EIM: false });
    xapic.write32(REG.FEUADDR, -1);
    expect(xapic.read32(REG.FEUADDR)).toBe(0);
  });

  it("does not tell what was written to write-only fields", () => {
    const { unit } = new UnitWorld({ version: 0x10 });
    unit.write64(REG.IVA, ONES64);
    unit.write64(REG.CCMD, 0x3_ffff_ffffn);
    expect([unit.read64(REG.IVA), unit.read64(REG.CCMD), unit.read32(REG.GCMD)]).toEqual([
      0n,
      0xffffn,
      0,
    ]);
  });
});

describe("reset (§11.3)", () => {
  it("masks the events, and clears everything else", () => {
    const world = new UnitWorld();
    for (const offset of [REG.FECTL, REG.IECTL, REG.PECTL]) {
      expect(world.unit.read32(offset)).toBe(IM);
    }
    world.setRoot(ROOT_TABLE).command(TE).unmask("FE", 7);
    world.unit.reset("warm");
    expect(world.unit.read32(REG.GSTS)).toBe(0);
    expect(world.unit.read64(REG.RTADDR)).toBe(0n);
    expect([REG.FECTL, REG.FEDATA].map((offset) => world.unit.read32(offset))).toEqual([IM, 0]);
    expect(world.unit.translate({ sourceId: 8, address: 0x5000n, access: "read" })).toMatchObject({
      status: "ok",
    });
  });

  it("keeps fault records and status over a warm one, and not over a power-good one", () => {
    const world = new UnitWorld();
    const fault = (): unknown =>
      world.setRoot(ROOT_TABLE | LEGACY).command(TE) &&
      world.unit.translate({ sourceId: 8, address: 0x5000n, access: "read" });
    fault();
    const record = [world.unit.read64(REG.FRCD), world.unit.read64(REG.FRCD + 8)];
    expect(record[1]! >> 63n).toBe(1n);
    world.unit.reset("warm");
    expect([world.unit.read64(REG.FRCD), world.unit.read64(REG.FRCD + 8)]).toEqual(record);
    expect(world.unit.read32(REG.FSTS)).toBe(2);
    expect(world.unit.read32(REG.FECTL) & IP).toBe(0);
    world.unit.reset("power-good");
    expect([world.unit.read64(REG.FRCD + 8), world.unit.read32(REG.FSTS)]).toEqual([0n, 0]);
  });
});

describe("global commands (§11.4.4)", () => {
  it("set the root table pointer, and translation only after it", () => {
    const world = new UnitWorld();
    world.command(TE);
    expect(world.status(TE)).toBe(false);
    world.release(TE).setRoot(ROOT_TABLE);
    expect(world.status(SRTP)).toBe(true);
    expect(world.command(TE).status(TE)).toBe(true);
    expect(world.release(TE).status(TE)).toBe(false);
    expect(world.status(SRTP)).toBe(true);
  });

  it("latch RTADDR_REG: a write alone changes nothing", () => {
    const world = new UnitWorld().setRoot(ROOT_TABLE).command(TE);
    const read = { sourceId: 8, address: 0x5000n, access: "read" } as const;
    world.unit.write64(REG.RTADDR, 2n << 10n);
    expect(world.unit.translate(read)).toMatchObject({ condition: "LRT.2" });
    world.command(SRTP);
    expect(world.unit.translate(read)).toMatchObject({ condition: "RTA.1.2" });
  });

  it("may all come in one write", () => {
    const world = new UnitWorld();
    world.unit.write64(REG.RTADDR, ROOT_TABLE);
    world.command(SRTP + TE);
    expect([SRTP, TE].map((bit) => world.status(bit))).toEqual([true, true]);
  });

  it("flush write buffers at once: WBFS is clear again", () => {
    const world = new UnitWorld({ RWBF: true, SMTS: false });
    expect(world.command(WBF).status(WBF)).toBe(false);
  });
});

describe("requests in flight (§6.5.4)", () => {
  const write = { sourceId: 8, address: 0x5000n, access: "write" } as const;

  it("hold back RTPS and TES until they end; later ones do not", () => {
    const world = new UnitWorld();
    const { result, token } = world.unit.beginAccess(write);
    expect(result.status).toBe("ok");
    world.setRoot(ROOT_TABLE);
    const later = world.unit.beginAccess(write);
    expect(world.status(SRTP)).toBe(false);
    world.command(TE);
    // What begins now is translated, while TES is still to come.
    expect(world.unit.translate(write)).toMatchObject({ condition: "LRT.2" });
    expect(world.status(TE)).toBe(false);
    world.unit.endAccess(token!);
    expect([SRTP, TE].map((bit) => world.status(bit))).toEqual([true, false]);
    world.unit.endAccess(later.token!);
    expect(world.status(TE)).toBe(true);
    world.release(TE);
    expect(world.status(TE)).toBe(false);
  });

  it("hold back the end of translation: until TES clears, requests are translated", () => {
    const world = new UnitWorld();
    world.setRoot(ROOT_TABLE).command(TE);
    const zero = { ...write, address: 0xfee0_0000n, access: "read", size: 0 } as const;
    const bypass = world.unit.beginAccess(zero);
    world.release(TE);
    expect(world.status(TE)).toBe(true);
    expect(world.unit.translate(write)).toMatchObject({ condition: "LRT.2" });
    world.unit.endAccess(bypass.token!);
    expect(world.status(TE)).toBe(false);
    expect(world.unit.translate(write)).toMatchObject({ status: "ok" });
  });

  it("do not bring back a command that software took back, and are forgotten by a reset", () => {
    const world = new UnitWorld();
    const { token } = world.unit.beginAccess(write);
    world.setRoot(ROOT_TABLE).command(TE).release(TE);
    world.unit.endAccess(token!);
    expect(world.status(TE)).toBe(false);
    const next = world.unit.beginAccess(write);
    world.setRoot(ROOT_TABLE);
    world.unit.reset("warm");
    expect(() => {
      world.unit.endAccess(next.token!);
    }).toThrow(RangeError);
    expect(world.status(SRTP)).toBe(false);
  });

  it("are only those that were let through, and end once", () => {
    const world = new UnitWorld().setRoot(ROOT_TABLE).command(TE);
    expect(world.unit.beginAccess(write)).toMatchObject({
      result: { status: "fault" },
      token: undefined,
    });
    expect(() => {
      world.unit.endAccess(17);
    }).toThrow("token 17");
  });
});

describe("register-based invalidation (§6.5.1, §11.4.6)", () => {
  const ICC = 1n << 63n;
  const granularity = (value: bigint) => value << 61n;
  const legacy = { version: 0x50 };

  /** ICC or IVT, granularity asked for, and granularity performed. */
  const context = (world: UnitWorld, asked: bigint) => {
    world.unit.write64(REG.CCMD, ICC | granularity(asked) | 0x1_2345n);
    return [world.field(REG.CCMD, 63, 63), world.field(REG.CCMD, 60, 59)];
  };
  const iotlb = (world: UnitWorld, asked: bigint, mask = 0n) => {
    world.unit.write64(REG.IVA, mask);
    world.unit.write64(REG.IOTLB, ICC | (asked << 60n) | (3n << 48n));
    return [world.field(REG.IOTLB, 63, 63), world.field(REG.IOTLB, 58, 57)];
  };

  it("performs what is asked, and refuses a reserved granularity", () => {
    const world = new UnitWorld(legacy);
    for (const asked of [0n, 1n, 2n, 3n]) {
      expect(context(world, asked)).toEqual([0n, asked]);
      expect(iotlb(world, asked)).toEqual([0n, asked]);
    }
  });

  it("refuses pages beyond MAMV, and all pages without PSI", () => {
    const world = new UnitWorld({ ...legacy, MAMV: 9 });
    expect(iotlb(world, 3n, 9n)).toEqual([0n, 3n]);
    expect(iotlb(world, 3n, 10n)).toEqual([0n, 0n]);
    expect(iotlb(new UnitWorld({ ...legacy, PSI: false }), 3n)).toEqual([0n, 0n]);
  });

  it("is refused outside of legacy mode, and from major version 6 on", () => {
    const scalable = new UnitWorld(legacy).setRoot(ROOT_TABLE | (1n << 10n));
    for (const world of [scalable, new UnitWorld({ version: 0x60 })]) {
      expect(context(world, 1n)).toEqual([0n, 0n]);
      expect(iotlb(world, 1n)).toEqual([0n, 0n]);
    }
  });

  it("starts with the write of the upper half, and not with the lower", () => {
    const world = new UnitWorld(legacy);
    world.unit.write32(REG.CCMD, 0x1234);
    expect(world.field(REG.CCMD, 60, 59)).toBe(0n);
    world.unit.write32(REG.CCMD + 4, Number((ICC | granularity(2n)) >> 32n));
    expect(world.field(REG.CCMD, 63, 59)).toBe(0b01010n);
    expect(world.field(REG.CCMD, 15, 0)).toBe(0x1234n);
  });

  it("drains accesses before IVT clears: from version 2 on always, before if DR or DW asks for it", () => {
    const access = { sourceId: 8, address: 0x5000n } as const;
    const busy = (world: UnitWorld, flags: bigint): boolean => {
      world.unit.write64(REG.IOTLB, ICC | (1n << 60n) | (flags << 48n));
      return world.field(REG.IOTLB, 63, 63) === 1n;
    };
    const old = new UnitWorld({ version: 0x10 });
    const read = old.unit.beginAccess({ ...access, access: "read" });
    expect([busy(old, 0n), busy(old, 2n)]).toEqual([false, true]);
    old.unit.endAccess(read.token!);
    expect(old.field(REG.IOTLB, 63, 57)).toBe(0b0001001n);

    const newer = new UnitWorld({ version: 0x20 });
    const write = newer.unit.beginAccess({ ...access, access: "write" });
    expect(busy(newer, 0n)).toBe(true);
    newer.unit.endAccess(write.token!);
    expect(newer.field(REG.IOTLB, 63, 63)).toBe(0n);

    const unable = new UnitWorld({ version: 0x10, DRD: false, DWD: false });
    unable.unit.beginAccess({ ...access, access: "atomic" });
    expect(busy(unable, 3n)).toBe(false);
  });
});
