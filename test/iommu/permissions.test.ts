import { describe, expect, it } from "vitest";
import type { Access } from "../../host/index.js";
import { scalable } from "./conditions/scalable.js";
import { Unit } from "./unit.js";
import { INPUT, LegacyWorld, OUTPUT, PASID, SID } from "./worlds.js";

const ACCESSES: readonly Access[] = ["read", "write", "atomic"];
const BOOLEANS = [false, true] as const;
const request = { sourceId: SID, pasid: PASID, address: INPUT } as const;

/** Every combination of three flags. */
const combinations = BOOLEANS.flatMap((a) =>
  BOOLEANS.flatMap((b) => BOOLEANS.map((c) => [a, b, c] as const)),
);

/** What §3.6.1 and §3.7.1 say of an access with these permissions. */
function decide(access: Access, read: boolean, write: boolean): string {
  if (access !== "read" && !write) return "SGN.6";
  if (access !== "write" && !read) return "SGN.7";
  return "ok";
}

describe("VTD-3.6.1: rights in the first stage", () => {
  it.each(combinations)("VTD-3.6.1: U/S %s, R/W %s, WPE %s", async (user, write, wpe) => {
    const unit = await Unit.create();
    const options = { pasid: { sre: true, wpe } };
    scalable("first-stage", undefined, options, { first: { user, write } })(unit).start();
    for (const privileged of BOOLEANS) {
      for (const access of ACCESSES) {
        const writable = write || (privileged && !wpe);
        const expected = !privileged && !user ? "SGN.2" : decide(access, true, writable);
        const result = unit.iommu.translate({ ...request, access, privileged });
        const answer = result.status === "fault" ? result.condition : result.status;
        expect([privileged, access, answer]).toEqual([privileged, access, expected]);
        if (result.status === "ok") {
          expect(result.permissions).toEqual({ read: true, write: writable });
        }
      }
    }
  });

  it("VTD-3.6.1: are those of all levels together", async () => {
    for (const level of [4, 3, 2, 1] as const) {
      const unit = await Unit.create();
      const world = scalable("first-stage", (w) => w.first.entry(INPUT, level).set({ RW: 0 }))(
        unit,
      ).start();
      const result = unit.iommu.translate({ ...request, access: "read" });
      expect(result).toMatchObject({ permissions: { read: true, write: false } });
      world.first.entry(INPUT, level).set({ RW: 1 });
    }
  });
});

describe("VTD-3.7.1: rights in the second stage", () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
  ] as const)("VTD-3.7.1: R %s, W %s", async (read, write) => {
    const unit = await Unit.create();
    scalable("second-stage", undefined, {}, { second: { read, write } })(unit).start();
    const legacyUnit = await Unit.create();
    new LegacyWorld(legacyUnit).map({ second: { read, write } }).start();
    const LEGACY: Record<string, string> = { "SGN.6": "LGN.2", "SGN.7": "LGN.3", ok: "ok" };
    for (const access of ACCESSES) {
      const expected = decide(access, read, write);
      const result = unit.iommu.translate({ ...request, access });
      expect(result.status === "fault" ? result.condition : result.status).toBe(expected);
      const legacy = legacyUnit.iommu.translate({ ...request, pasid: undefined, access });
      expect(legacy.status === "fault" ? legacy.condition : legacy.status).toBe(LEGACY[expected]);
      if (result.status === "ok") expect(result.permissions).toEqual({ read, write });
    }
  });
});

describe("VTD-3.8: rights of both stages together", () => {
  it.each(combinations.filter(([, read, write]) => read || write))(
    "VTD-3.8: first stage R/W %s, second stage R %s and W %s",
    async (firstWrite, read, write) => {
      const unit = await Unit.create();
      const mapping = { first: { write: firstWrite }, second: { read, write } };
      scalable("nested", undefined, {}, mapping)(unit).start();
      for (const access of ACCESSES) {
        const result = unit.iommu.translate({ ...request, access });
        const answer = result.status === "fault" ? result.condition : result.status;
        expect([access, answer]).toEqual([access, decide(access, read, write && firstWrite)]);
        if (result.status !== "ok") continue;
        expect(result.permissions).toEqual({ read, write: write && firstWrite });
      }
    },
  );
});

describe("VTD-3.14: zero-length reads", () => {
  const writeOnly = { second: { read: false } } as const;
  const zeroLength = { ...request, access: "read", size: 0 } as const;

  it("VTD-3.14: pass on a write-only page if CAP.ZLR is set, in every mode", async () => {
    for (const kind of ["second-stage", "nested"] as const) {
      const unit = await Unit.create();
      scalable(kind, undefined, {}, writeOnly)(unit).start();
      for (const time of ["walked", "cached"]) {
        expect([time, unit.iommu.translate(zeroLength)]).toEqual([
          time,
          {
            status: "ok",
            address: OUTPUT,
            pageSize: 4096,
            permissions: { read: false, write: true },
          },
        ]);
      }
    }
    const unit = await Unit.create();
    new LegacyWorld(unit).map(writeOnly).start();
    expect(unit.iommu.translate({ ...zeroLength, pasid: undefined }).status).toBe("ok");
  });

  it("VTD-3.14: set the accessed flag although neither stage leaves a permission", async () => {
    const unit = await Unit.create();
    const mapping = { first: { write: false }, second: { read: false } };
    const world = scalable("nested", undefined, {}, mapping)(unit).start();
    const permissions = { read: false, write: false };
    expect(unit.iommu.translate(zeroLength)).toMatchObject({ status: "ok", permissions });
    const flags = world.first.walk(INPUT).map(({ value }) => value & (1n << 5n));
    expect(flags).toEqual(flags.map(() => 1n << 5n));
  });

  it("VTD-3.14: fault on a page that is not mapped", async () => {
    const unit = await Unit.create();
    scalable("second-stage", (w) => w.second.unmap(INPUT))(unit).start();
    expect(unit.iommu.translate(zeroLength)).toMatchObject({ condition: "SSS.2" });
  });
});

describe("VTD-9.6: supervisor requests", () => {
  it.each(["first-stage", "second-stage", "nested", "pass-through"] as const)(
    "VTD-9.6: with SRE are served by a %s entry, walked and cached",
    async (kind) => {
      const unit = await Unit.create();
      scalable(kind, undefined, { pasid: { sre: true } })(unit).start();
      const privileged = { ...request, access: "write", privileged: true } as const;
      expect(unit.iommu.translate(privileged).status).toBe("ok");
      expect(unit.iommu.translate(privileged).status).toBe("ok");
    },
  );

  it.each(["first-stage", "second-stage", "nested", "pass-through"] as const)(
    "VTD-9.6: without SRE are SPT.6 although a user's request has the page of the %s entry cached",
    async (kind) => {
      const unit = await Unit.create();
      scalable(kind)(unit).start();
      expect(unit.iommu.translate({ ...request, access: "write" }).status).toBe("ok");
      const privileged = { ...request, access: "read", privileged: true } as const;
      expect(unit.iommu.translate(privileged)).toMatchObject({ condition: "SPT.6" });
    },
  );
});
