import { beforeEach, describe, expect, it } from "vitest";
import { REG, TE } from "../registers/offsets.js";
import { invalidationDescriptors } from "../../host/spec/descriptors.js";
import type { Descriptor } from "../../host/spec/fields.js";
import { descriptor, descriptorNamed, plainWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { ScalableWorld } from "./worlds.js";

const ALL = (1n << 64n) - 1n;

/** A descriptor of each type that asks for little, and the reserved bits of its words (§6.5.2). */
const types: readonly (readonly [string, Readonly<Record<string, number>>, bigint, bigint])[] = [
  ["CC_INV", { G: 1 }, 0xfffc_0000_0000_f1c0n, ALL],
  ["IOTLB_INV", { G: 1 }, 0xffff_ffff_0000_f100n, 0xf80n],
  ["DEV_TLB_INV", {}, 0x000f_0000_ffe0_01f0n, 0xffen],
  ["WAIT", {}, 0x0000_0000_ffff_f100n, 0x3n],
  ["PASID_IOTLB_INV", { G: 2 }, 0xfff0_0000_0000_f1c0n, 0xf80n],
  ["PASID_CACHE_INV", { G: 3 }, 0xfff0_0000_0000_f1c0n, ALL],
  ["PASID_DEV_TLB_INV", {}, 0n, 0x7fen],
  ["PAGE_GROUP_RESPONSE", {}, 0xfff0_0000_0000_01e0n, 0xffff_ffff_ffff_f003n],
];

/** Reserved by the tables of the product: what no field and no ignored range covers. */
function reservedByTable({ fields, ignored = [] }: Descriptor): bigint {
  return [...fields, ...ignored].reduce(
    (rest, { high, low }) => rest & ~(((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)),
    (1n << 128n) - 1n,
  );
}

const bitsOf = (mask: bigint) =>
  Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);

function withBit(words: readonly bigint[], bit: number): bigint[] {
  return words.map((word, i) => (i === bit >> 6 ? word ^ (1n << BigInt(bit & 63)) : word));
}

let unit: QueuedUnit;

/** Executes one descriptor, answers IQEI, and has the queue go on behind it. */
function tryOut(words: readonly bigint[]): number {
  const at = unit.tail;
  unit.submit(words);
  const error = unit.queueError;
  if (error === 0) {
    for (const { sourceId, itag } of unit.sent.invalidations.splice(0)) {
      unit.iommu.completeInvalidation({ sourceId, itag });
    }
    expect(unit.head).toBe(unit.tail);
    return 0;
  }
  expect(unit.head).toBe(at);
  unit.overwrite(at, plainWait);
  unit.iommu.write32(REG.FSTS, 1 << 4);
  expect([unit.queueError, unit.head]).toEqual([0, unit.tail]);
  return error;
}

/** The bits that make a reserved field violation of a descriptor when they are turned over. */
function refusedBits(words: readonly bigint[], candidates: readonly number[]): number[] {
  return candidates.filter((bit) => {
    const error = tryOut(withBit(words, bit));
    expect([0, 4]).toContain(error);
    return error === 4;
  });
}

describe("the table of descriptors", () => {
  it.each(types)("VTD-6.5.2: %s has these reserved bits", (name, _, low, high) => {
    expect(reservedByTable(descriptorNamed(name))).toBe(low | (high << 64n));
  });

  it("every type that preset full executes is tried out below", () => {
    const built = invalidationDescriptors.filter(
      ({ requires = [] }) => !requires.includes("IR") && !requires.includes("HPTS"),
    );
    expect(built.map(({ name }) => name).sort()).toEqual(types.map(([name]) => name).sort());
  });
});

describe("IQEI 4 in a queue of 256-bit descriptors", () => {
  beforeEach(async () => {
    unit = await QueuedUnit.create({ preset: "full" });
    new ScalableWorld(unit).start();
    unit.enableQueue();
  });

  it.each(types)("VTD-6.5.2: each reserved bit of %s", (name, fields, low, high) => {
    const reserved = bitsOf(low | (high << 64n) | (ALL << 128n) | (ALL << 192n));
    expect(tryOut(descriptor(name, fields))).toBe(0);
    expect(refusedBits(descriptor(name, fields), reserved)).toEqual(reserved);
  });

  it.each(types)(
    "no other bit of %s, but for those that select what it is",
    (name, fields, low, high) => {
      const selectors = descriptorNamed(name).fields.filter(({ name: field }) =>
        ["TYPE_LOW", "TYPE_HIGH", "G", "RC", "AM"].includes(field),
      );
      const chosen = selectors.reduce(
        (mask, { high: top, low: bottom }) =>
          mask | (((1n << BigInt(top - bottom + 1)) - 1n) << BigInt(bottom)),
        0n,
      );
      const defined = bitsOf(((1n << 128n) - 1n) & ~(low | (high << 64n) | chosen));
      expect(defined.length).toBeGreaterThan(0);
      expect(refusedBits(descriptor(name, fields), defined)).toEqual([]);
    },
  );
});

describe("IQEI 4 in a queue of 128-bit descriptors", () => {
  beforeEach(async () => {
    unit = await QueuedUnit.create({ preset: "legacy" });
    unit.setRoot(unit.frames.allocate());
    unit.command(TE);
    unit.enableQueue();
  });

  it.each([
    ...types.filter(([name]) => name === "CC_INV" || name === "IOTLB_INV"),
    // Without ECAP.DIT the PFSID is reserved, without ECAP.PDS the drain flag.
    ["DEV_TLB_INV", {}, 0xffff_0000_ffe0_f1f0n, 0xffen] as const,
    ["WAIT", {}, 0x0000_0000_ffff_f180n, 0x3n] as const,
  ])("VTD-6.5.2: each reserved bit of %s", (name, fields, low, high) => {
    const reserved = bitsOf(low | (high << 64n));
    const words = descriptor(name, fields).slice(0, 2);
    expect(tryOut(words)).toBe(0);
    expect(refusedBits(words, reserved)).toEqual(reserved);
  });
});

describe("fields that need a capability, in a queue of 256-bit descriptors", () => {
  it.each([
    ["DIT", "PASID_DEV_TLB_INV", [...bitsOf(0xf000n), ...bitsOf(0xfff0_0000_0000_0000n)]],
    ["DIT", "DEV_TLB_INV", [...bitsOf(0xf000n), ...bitsOf(0xfff0_0000_0000_0000n)]],
    ["PDS", "WAIT", [7]],
  ])("without ECAP.%s, %s has more reserved bits", async (capability, name, bits) => {
    unit = await QueuedUnit.create({ preset: "full", capabilities: { [capability]: 0 } });
    new ScalableWorld(unit).start();
    unit.enableQueue();
    expect(refusedBits(descriptor(name), bits)).toEqual(bits);
  });
});

describe("granularities (choice C4)", () => {
  it.each([
    ["CC_INV", { G: 0 }, {}],
    ["IOTLB_INV", { G: 0 }, {}],
    ["PASID_IOTLB_INV", { G: 0 }, {}],
    ["PASID_IOTLB_INV", { G: 1 }, {}],
    ["PASID_CACHE_INV", { G: 2 }, {}],
    ["IOTLB_INV", { G: 3 }, { PSI: 0 }],
    ["IOTLB_INV", { G: 3, AM: 19 }, {}],
    ["IOTLB_INV", { G: 3, AM: 63 }, {}],
  ])("%s with %o is refused as a reserved field", async (name, fields, capabilities) => {
    unit = await QueuedUnit.create({ preset: "full", capabilities });
    new ScalableWorld(unit).start();
    unit.enableQueue();
    expect(tryOut(descriptor(name, fields))).toBe(4);
  });

  it("AM up to CAP.MAMV is good in IOTLB, and every AM in PASID-based IOTLB descriptors", async () => {
    unit = await QueuedUnit.create({ preset: "full" });
    new ScalableWorld(unit).start();
    unit.enableQueue();
    expect(tryOut(descriptor("IOTLB_INV", { G: 3, AM: 18 }))).toBe(0);
    for (let AM = 0; AM < 64; AM++) {
      expect(tryOut(descriptor("PASID_IOTLB_INV", { G: 3, AM }))).toBe(0);
    }
  });
});
