import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { DirtyLedger, Violation } from "viommu/driver";
import { dirtyWorld, LARGE, PAGE, type DirtyWorld } from "./world.js";

/** Two areas of four small pages, and one large page; only whole areas are scanned. */
const AREAS = [
  { iova: 0x1_0000_0000n, length: 4n * PAGE },
  { iova: 0x1_0001_0000n, length: 4n * PAGE },
  { iova: 0x2_0000_0000n, length: LARGE },
];
const PHYSICAL = 0x10_0000_0000n;

type Call =
  | { readonly kind: "write" | "read"; readonly area: number; readonly page: number }
  | { readonly kind: "scan"; readonly area: number; readonly noClear: boolean }
  | { readonly kind: "remap"; readonly area: number }
  | { readonly kind: "track"; readonly enable: boolean }
  | { readonly kind: "attach again" };

const area = fc.nat(AREAS.length - 1);
const access = fc.record({
  kind: fc.constantFrom("write" as const, "write" as const, "read" as const),
  ...{ area, page: fc.nat(3) },
});
const scan = fc.record({ kind: fc.constant("scan" as const), area, noClear: fc.boolean() });
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: access },
  { weight: 4, arbitrary: scan },
  fc.record({ kind: fc.constant("remap" as const), area }),
  fc.record({ kind: fc.constant("track" as const), enable: fc.boolean() }),
  fc.constant({ kind: "attach again" as const }),
);

/** Does the calls with a domain of its own; the ledger throws at the first broken rule. */
function perform(world: DirtyWorld, calls: readonly Call[]): void {
  const hwpt = world.hwpt();
  const ledger = new DirtyLedger(world.kernel);
  world.ledgers.set(hwpt, ledger);
  const map = ({ iova, length }: (typeof AREAS)[number]) => world.map(iova, PHYSICAL, length);
  for (const each of AREAS) map(each);
  world.attach(hwpt);
  world.track(hwpt);
  for (const each of calls) {
    if (each.kind === "track") world.track(hwpt, each.enable ? 1 : 0);
    else if (each.kind === "attach again") {
      world.detach();
      world.attach(hwpt);
    } else if (each.kind === "remap") {
      const range = AREAS[each.area]!;
      world.unmap(range.iova, range.length);
      ledger.unmapped(range);
      map(range);
    } else if (each.kind === "scan") {
      world.dirty(hwpt, { ...AREAS[each.area]!, noClear: each.noClear });
    } else {
      const address = AREAS[each.area]!.iova + BigInt(each.page) * PAGE;
      const request = { sourceId: world.sourceId(), address, access: each.kind, size: 4 };
      expect(world.iommu.translate(request).status).toBe("ok");
      if (each.kind === "read") continue;
      ledger.begins(address);
      ledger.wrote(address);
    }
  }
  for (const range of AREAS) world.dirty(hwpt, range);
  world.detach();
  world.ok(() => world.iommufd.destroy({ id: hwpt }));
  for (const { iova, length } of AREAS) world.unmap(iova, length);
}

describe("whatever is written, scanned, mapped and attached", () => {
  let world: DirtyWorld;
  beforeAll(async () => {
    world = await dirtyWorld();
  });

  it("D-I2 to D-I4: every written page is told once, again with NO_CLEAR, and no other is", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
        perform(world, calls);
      }),
      { numRuns: 60 },
    );
  });
});

describe("control: without the flush behind a scan", () => {
  it("D-I2: the ledger misses a page that is written, told, and written again", async () => {
    const write: Call = { kind: "write", area: 0, page: 2 };
    const scan: Call = { kind: "scan", area: 0, noClear: false };
    const world = await dirtyWorld({ without: ["flush"] });
    expect(() => {
      perform(world, [write, scan, write]);
    }).toThrow(Violation);
    expect(world.kernel.violation?.invariant).toBe("D-I2");
  });
});
