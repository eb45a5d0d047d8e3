import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  firstStageFormat,
  secondStageFormat,
  type TableFormat,
  type TableWorld,
} from "viommu/driver";
import { attachedDomain, everyFormat } from "./attached-domain.js";

let world: TableWorld;
beforeAll(async () => {
  world = await everyFormat();
});

const KB4 = 0x1000n;
const MB2 = 0x20_0000n;
const GB1 = 0x4000_0000n;

/** Output addresses have 39 bits in the unit of the scenarios. */
const PHYSICAL = 0x40_0000_0000n;

type Call =
  | { readonly kind: "map"; readonly size: bigint; readonly at: number; readonly count: number }
  | { readonly kind: "unmap"; readonly size: bigint; readonly at: number; readonly count: number };

/** Few places, so that calls meet: within two 4 KiB tables, two 2 MiB tables, and two 1 GiB entries. */
const place = fc.record({
  size: fc.constantFrom(KB4, KB4, MB2, GB1),
  at: fc.nat(7),
  count: fc.integer({ min: 1, max: 3 }),
});
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: place.map((p) => ({ kind: "map" as const, ...p })) },
  { weight: 2, arbitrary: place.map((p) => ({ kind: "unmap" as const, ...p })) },
);

/** The eight pages around a border of tables. */
const iovaOf = ({ size, at }: Call, border: bigint) => border + BigInt(at - 4) * size;

interface Leaf {
  readonly size: bigint;
  readonly physical: bigint;
}

/** The plain model: leaves by their input address. */
class Model {
  readonly leaves = new Map<bigint, Leaf>();

  leafAt(iova: bigint): { readonly first: bigint; readonly leaf: Leaf } | undefined {
    for (const size of [KB4, MB2, GB1]) {
      const first = iova & ~(size - 1n);
      const leaf = this.leaves.get(first);
      if (leaf?.size === size) return { first, leaf };
    }
    return undefined;
  }

  translate(iova: bigint): bigint | undefined {
    const found = this.leafAt(iova);
    return found && found.leaf.physical + (iova - found.first);
  }

  overlaps(first: bigint, end: bigint): boolean {
    return [...this.leaves].some(([at, { size }]) => at < end && at + size > first);
  }

  /** Pages from `iova` on, up to the first that is not mapped or that began earlier. */
  unmap(iova: bigint, length: bigint): bigint {
    let at = iova;
    for (let leaf = this.leaves.get(at); leaf && at < iova + length; leaf = this.leaves.get(at)) {
      this.leaves.delete(at);
      at += leaf.size;
    }
    return at - iova;
  }
}

function behavesLikeTheModel(format: TableFormat, border: bigint, calls: readonly Call[]): void {
  const { domain, run, device, done, end } = attachedDomain(world, { format });
  const model = new Model();
  for (const each of calls) {
    const iova = iovaOf(each, border);
    const length = each.size * BigInt(each.count);
    if (each.kind === "map") {
      const physical = PHYSICAL + (iova - border);
      const taken = model.overlaps(iova, iova + length);
      const run = { iova, physical, pageSize: each.size, count: each.count };
      const before = new Map(model.leaves);
      const { result, mapped } = done(() => domain.table.mapPages(run));
      expect(result).toBe(taken ? "EADDRINUSE" : 0);
      for (let at = 0n; at < mapped; at += each.size) {
        expect(before.has(iova + at)).toBe(false);
        model.leaves.set(iova + at, { size: each.size, physical: physical + at });
      }
      if (!taken) expect(mapped).toBe(length);
    } else {
      expect(done(() => domain.unmap(iova, length))).toBe(model.unmap(iova, length));
    }
    for (const probe of [iova, iova + each.size - 8n, iova + length, iova - KB4]) {
      const expected = model.translate(probe);
      expect(done(() => domain.iovaToPhys(probe))).toBe(expected);
      const result = run.iommu.translate({
        sourceId: device.sourceId,
        address: probe,
        access: "write",
      });
      expect(result.status === "ok" ? result.address : undefined).toBe(expected);
      if (result.status === "ok") {
        expect(BigInt(result.pageSize)).toBe(model.leafAt(probe)!.leaf.size);
      }
    }
  }
  for (const [iova, { size }] of model.leaves) {
    expect(done(() => domain.unmap(iova, size))).toBe(size);
  }
  end();
  // D-I6
  expect(run.pages.live).toBe(0);
}

/** Each with a border of tables at as many levels as there are. */
const formats: readonly [string, TableFormat, bigint][] = [
  ["second stage, 3 levels", secondStageFormat({ levels: 3 }), 1n << 38n],
  ["second stage, 4 levels", secondStageFormat(), 1n << 39n],
  ["second stage, 5 levels", secondStageFormat({ levels: 5 }), 1n << 48n],
  ["first stage, 4 levels", firstStageFormat(), 1n << 39n],
  ["first stage, 4 levels, upper half", firstStageFormat(), 0xffff_8080_0000_0000n],
  ["first stage, 5 levels", firstStageFormat({ levels: 5 }), 1n << 48n],
];

describe("page tables, call by call, against a plain map and against the unit", () => {
  it.each(formats)("%s", (_, format, border) => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 24 }), (calls) => {
        behavesLikeTheModel(format, border, calls);
      }),
      { numRuns: 25 },
    );
  });
});
