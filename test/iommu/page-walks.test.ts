import { describe, expect, it } from "vitest";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { GUEST, INPUT, LegacyWorld, OUTPUT, PASID, SID, ScalableWorld } from "./worlds.js";

const SIZES = [0x1000, 0x20_0000, 0x4000_0000] as const;
const BOTH = { read: true, write: true };

const at = (address: bigint, pasid: number | undefined) =>
  ({ sourceId: SID, pasid, address, access: "read" }) as const;
const withPasid = (address: bigint) => at(address, PASID);

/** Where a page of that size begins that `address` lies in. */
const pageOf = (address: bigint, size: number) => (address / BigInt(size)) * BigInt(size);

/** The first and the last bytes of the page at INPUT. */
function corners(size: number): bigint[] {
  const page = pageOf(INPUT, size);
  return [page, INPUT, page + BigInt(size) - 8n];
}

describe("VTD-3.6: first-stage walks", () => {
  it.each(([4, 5] as const).flatMap((levels) => SIZES.map((size) => [levels, size] as const)))(
    "VTD-3.6: %i levels map pages of %i bytes",
    async (levels, size) => {
      const unit = await Unit.create();
      scalable("first-stage", undefined, { firstLevels: levels }, { size })(unit).start();
      for (const address of corners(size)) {
        expect(unit.iommu.translate(withPasid(address))).toEqual({
          status: "ok",
          address: pageOf(OUTPUT, size) + (address % BigInt(size)),
          pageSize: size,
          permissions: BOTH,
        });
      }
    },
  );

  it.each([
    [4, 0xffff_8000_0000_0000n],
    [4, 0x7fff_ffff_f000n],
    [4, 0xffff_ffff_ffff_f000n],
    [5, 0xff00_0000_0000_0000n],
    [5, 0xff_ffff_ffff_f000n],
    [5, 0xffff_7fff_ffff_f000n],
  ] as const)("VTD-3.6: %i levels translate the canonical address %d", async (levels, input) => {
    const unit = await Unit.create();
    scalable("first-stage", undefined, { firstLevels: levels }, { input })(unit).start();
    const expected = { status: "ok", address: OUTPUT + 0x10n };
    expect(unit.iommu.translate(withPasid(input + 0x10n))).toMatchObject(expected);
    expect(unit.iommu.translate(withPasid(input + 0x10n)), "cached").toMatchObject(expected);
  });

  it("VTD-3.6: each index of the five levels selects its own entry", async () => {
    const unit = await Unit.create();
    const world = new ScalableWorld(unit, { kind: "first-stage", firstLevels: 5 });
    const inputs = [12n, 21n, 30n, 39n, 48n].map((shift) => 3n << shift);
    inputs.forEach((input, i) =>
      world.first.map(input, OUTPUT + 0x1000n * BigInt(i), { size: 0x1000 }),
    );
    world.start();
    const outputs = inputs.map((input) => unit.iommu.translate(withPasid(input)));
    expect(outputs).toMatchObject(
      inputs.map((_, i) => ({ address: OUTPUT + 0x1000n * BigInt(i) })),
    );
  });
});

describe("VTD-3.7: second-stage walks", () => {
  it.each(([3, 4, 5] as const).flatMap((levels) => SIZES.map((size) => [levels, size] as const)))(
    "VTD-3.7: %i levels map pages of %i bytes, in both modes",
    async (levels, size) => {
      for (const legacy of [false, true]) {
        const unit = await Unit.create();
        const world = legacy
          ? new LegacyWorld(unit, { levels }).map({ size })
          : scalable("second-stage", undefined, { secondLevels: levels }, { size })(unit);
        world.start();
        for (const address of corners(size)) {
          expect(unit.iommu.translate(at(address, legacy ? undefined : PASID))).toEqual({
            status: "ok",
            address: pageOf(OUTPUT, size) + (address % BigInt(size)),
            pageSize: size,
            permissions: BOTH,
          });
        }
      }
    },
  );

  it.each([3, 4, 5] as const)("VTD-3.7: the last page of %i levels is mapped", async (levels) => {
    const unit = await Unit.create();
    const input = (1n << BigInt(12 + 9 * levels)) - 0x1000n;
    scalable("second-stage", undefined, { secondLevels: levels }, { input })(unit).start();
    expect(unit.iommu.translate(withPasid(input + 8n))).toMatchObject({ address: OUTPUT + 8n });
  });

  it("VTD-3.7: outputs may use every bit of the host address width", async () => {
    const unit = await Unit.create({ hostAddressWidth: 52 });
    const output = 0xf_ffff_ffff_f000n;
    scalable("second-stage", undefined, {}, { output })(unit).start();
    expect(unit.iommu.translate(withPasid(INPUT))).toMatchObject({ address: output });
  });
});

describe("VTD-3.8: nested walks", () => {
  it.each(SIZES.flatMap((size) => SIZES.map((secondSize) => [size, secondSize] as const)))(
    "VTD-3.8: a first-stage page of %i bytes on a second-stage page of %i bytes is the smaller of both",
    async (size, secondSize) => {
      const unit = await Unit.create();
      scalable("nested", undefined, {}, { size, secondSize })(unit).start();
      const guest = pageOf(GUEST, size) + (INPUT % BigInt(size));
      expect(unit.iommu.translate(withPasid(INPUT + 0x123n))).toEqual({
        status: "ok",
        address: pageOf(OUTPUT, secondSize) + (guest % BigInt(secondSize)) + 0x123n,
        pageSize: Math.min(size, secondSize),
        permissions: BOTH,
      });
    },
  );

  it.each(
    ([4, 5] as const).flatMap((first) => ([3, 4, 5] as const).map((n) => [first, n] as const)),
  )("VTD-3.8: %i levels are nested on %i levels", async (firstLevels, secondLevels) => {
    const unit = await Unit.create();
    scalable("nested", undefined, { firstLevels, secondLevels })(unit).start();
    expect(unit.iommu.translate(withPasid(INPUT + 1n))).toMatchObject({ address: OUTPUT + 1n });
  });
});

describe("VTD-9.6: pass-through", () => {
  it.each([
    [{ FS1GP: 1, SSLPS: 3 }, 0x4000_0000],
    [{ FS1GP: 0, SSLPS: 3 }, 0x4000_0000],
    [{ FS1GP: 1, SSLPS: 1 }, 0x4000_0000],
    [{ FS1GP: 0, SSLPS: 1 }, 0x20_0000],
    [{ FS1GP: 0, SSLPS: 0 }, 0x20_0000],
    [{ FS1GP: 0, FS5LP: 0, FSTS: 0, EAFS: 0, NEST: 0, SSLPS: 0 }, 0x1000],
  ] as const)(
    "VTD-4.2.3: leaves the address alone, and %o make pages of %i bytes (choice R8)",
    async (capabilities, pageSize) => {
      const unit = await Unit.create({ capabilities });
      scalable("pass-through")(unit).start();
      for (const address of [0n, INPUT + 5n, (1n << 46n) - 8n]) {
        const expected = { status: "ok", address, pageSize, permissions: BOTH };
        expect(unit.iommu.translate(withPasid(address))).toEqual(expected);
      }
    },
  );

  it.each([39, 48, 57] as const)(
    "VTD-9.3: legacy pass-through accepts an address width of %i bits (choice R12)",
    async (passThrough) => {
      const unit = await Unit.create();
      new LegacyWorld(unit, { passThrough }).start();
      const address = (1n << 46n) - 0x1000n;
      expect(unit.iommu.translate({ sourceId: SID, address, access: "write" })).toEqual({
        status: "ok",
        address,
        pageSize: 0x4000_0000,
        permissions: BOTH,
      });
    },
  );
});
