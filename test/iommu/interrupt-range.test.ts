import { describe, expect, it } from "vitest";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { LegacyWorld, OUTPUT, PASID, SID } from "./worlds.js";

const FIRST = 0xfee0_0000n;
const LAST = 0xfeef_fffcn;
const message = (address: bigint) =>
  ({ sourceId: SID, address, access: "write", size: 4 }) as const;

/** RTADDR.TTM of the modes that block every DMA. */
const RESERVED = 2n << 10n;
const ABORT = 3n << 10n;

const modes: readonly (readonly [string, (unit: Unit) => void])[] = [
  ["with translation disabled", () => {}],
  ["in legacy mode", (unit) => new LegacyWorld(unit).start()],
  ["in scalable mode", (unit) => scalable("second-stage")(unit).start()],
  ["in abort-DMA mode", (unit) => unit.start(ABORT)],
  ["in the reserved mode", (unit) => unit.start(RESERVED)],
];

describe.each(modes)("VTD-3.15: the interrupt address range %s", (_mode, start) => {
  it("VTD-3.15: an aligned DWORD write without PASID is an interrupt message (choice R1)", async () => {
    const unit = await Unit.create();
    start(unit);
    for (const address of [FIRST, 0xfee1_2344n, LAST]) {
      expect(unit.iommu.translate(message(address))).toEqual({ status: "interrupt", address });
    }
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-3.15: a zero-length read without PASID passes (choice R2)", async () => {
    const unit = await Unit.create();
    start(unit);
    const request = { sourceId: SID, address: LAST, access: "read", size: 0 } as const;
    expect(unit.iommu.translate(request)).toEqual({
      status: "ok",
      address: LAST,
      pageSize: 4096,
      permissions: { read: true, write: true },
    });
  });
});

describe("VTD-3.15: other requests to the interrupt address range", () => {
  const others = [
    { access: "read", size: 4 },
    { access: "write", size: 8 },
    { access: "write", size: 0 },
    { access: "atomic", size: 4 },
  ] as const;

  it("VTD-3.15: pass unchanged while nothing is remapped (choice R2)", async () => {
    const { iommu } = await Unit.create();
    for (const other of others) {
      const result = iommu.translate({ sourceId: SID, address: FIRST, ...other });
      expect(result).toMatchObject({ status: "ok", address: FIRST });
    }
  });

  it("VTD-3.15: fault with code 29h in abort-DMA mode too, ahead of RTA.4 (choice R1)", async () => {
    const unit = await Unit.create();
    unit.start(ABORT);
    for (const other of others) {
      const result = unit.iommu.translate({ sourceId: SID, address: FIRST, ...other });
      expect(result).toMatchObject({ condition: "IR.29", reason: 0x29, completion: "UR" });
    }
  });

  it("VTD-3.1: with PASID while translation is disabled have no PASID for the unit", async () => {
    const { iommu } = await Unit.create();
    const request = { ...message(FIRST), pasid: PASID };
    expect(iommu.translate(request)).toEqual({ status: "interrupt", address: FIRST });
  });

  it("VTD-3.15: with PASID are translated like any address", async () => {
    const unit = await Unit.create();
    scalable("first-stage", undefined, {}, { input: FIRST })(unit).start();
    const request = { ...message(FIRST + 0x10n), pasid: PASID };
    for (const time of ["walked", "cached"]) {
      const { status, ...rest } = unit.iommu.translate(request);
      expect([time, status, rest]).toMatchObject([time, "ok", { address: OUTPUT + 0x10n }]);
    }
  });
});

describe("VTD-3.15: the ends of the interrupt address range", () => {
  it.each([0xfedf_fffcn, 0xfef0_0000n, 0x1_fee0_0000n, 0xe0_0000n])(
    "VTD-3.15: %d is an address like any other",
    async (address) => {
      const unit = await Unit.create();
      const input = address & ~0xfffn;
      scalable("second-stage", undefined, {}, { input, output: OUTPUT })(unit).start();
      const expected = { status: "ok", address: OUTPUT | (address & 0xfffn) };
      expect(unit.iommu.translate(message(address))).toMatchObject(expected);
    },
  );

  it.each([0xfedf_f000n, 0xfef0_0000n])(
    "VTD-3.15: %d is an output like any other",
    async (output) => {
      const unit = await Unit.create();
      const world = scalable("first-stage", undefined, {}, { output })(unit).start();
      const request = { sourceId: SID, address: 0x12_3456_7ff8n, access: "read" } as const;
      expect(unit.iommu.translate(request)).toMatchObject({ address: output | 0xff8n });
      expect(unit.iommu.requestTranslation(request)).toMatchObject({ address: output, read: true });
      world.first.entry(request.address, 1).set({ ADDR: 0xfee5_5000n });
      unit.setRoot(world.rootTableAddress);
      expect(unit.iommu.translate(request)).toMatchObject({ condition: "SGN.8.1" });
      expect(unit.iommu.requestTranslation(request)).toMatchObject({ condition: "SGN.8.2" });
    },
  );

  it("VTD-3.15: a large page that covers the range serves the addresses beside it", async () => {
    const unit = await Unit.create();
    const mapping = { input: 0xc000_0000n, output: 0xc000_0000n, size: 0x4000_0000 } as const;
    scalable("second-stage", undefined, {}, mapping)(unit).start();
    const at = (address: bigint) =>
      unit.iommu.translate({ sourceId: SID, pasid: PASID, address, access: "write" });
    expect(at(0xfedf_f000n)).toMatchObject({ status: "ok", address: 0xfedf_f000n });
    expect(at(0xfee0_0000n), "cached").toMatchObject({ condition: "SGN.8.1" });
    expect(at(0xfef0_0000n), "cached").toMatchObject({ status: "ok", address: 0xfef0_0000n });
  });
});
