import { describe, expect, it } from "vitest";
import { pagingEntryBits, tableEntryBits, type Bits, type EntryBits } from "./entry-bits.js";
import { Unit } from "./unit.js";
import { INPUT, SID } from "./worlds.js";

const read = { sourceId: SID, address: INPUT, access: "read" } as const;

/** The condition of an entry that is not present, by that of one with reserved bits. */
const NOT_PRESENT: Readonly<Record<string, string>> = {
  "LRT.3": "LRT.2",
  "LCT.3": "LCT.2",
  "LSS.2": "LGN.3",
  "SRT.3": "SRT.2",
  "SCT.3": "SCT.2",
  "SPD.3": "SPD.2",
  "SPT.3": "SPT.2",
  "SFS.3": "SFS.2",
  "SSS.3": "SSS.2",
};

const bitsOf = (ranges: readonly Bits[]): number[] =>
  ranges
    .flatMap(([high, low]) => Array.from({ length: high - low + 1 }, (_, i) => low + i))
    .sort((a, b) => a - b);

describe.each([
  ["9.1 to 9.6", "root, context and PASID", tableEntryBits],
  ["9.7 and 9.8", "paging", pagingEntryBits],
] as const)("VTD-%s: the bits of %s entries", (sections, _kind, entries) => {
  it.each(entries.map((bits) => [bits.name, bits] as const))(
    `VTD-${sections}: %s: reserved bits fault, ignored ones change nothing`,
    async (_name, bits) => {
      await probe(bits);
    },
  );

  it.each(entries.map((bits) => [bits.name, bits] as const))(
    `VTD-${sections}: %s: reserved bits do not count while it is not present`,
    async (_name, bits) => {
      const unit = await Unit.create(bits.unit);
      const world = bits.build(unit);
      const spoilt = bits.entry(world as never);
      // R and W of a second-stage entry, or IR and IW, and P of any other.
      if (bits.name.includes("with SSIRWE")) spoilt.setBits(62, 61, 0);
      else spoilt.setBits(/^.SS/.test(bits.condition) ? 1 : 0, 0, 0);
      for (const [high, low] of bits.reserved) spoilt.setBits(Math.min(high, low | 63), low, 1);
      unit.start(world.rootTableAddress);
      const condition = NOT_PRESENT[bits.condition];
      expect(unit.iommu.translate(read)).toMatchObject({ status: "fault", condition });
    },
  );

  it.each(entries.map((bits) => [bits.name, bits] as const))(
    `VTD-${sections}: %s: every bit is listed once`,
    (_name, { size, reserved, ignored = [], used }) => {
      const listed = bitsOf([...reserved, ...ignored, ...used]);
      expect(listed).toEqual(Array.from({ length: size }, (_, bit) => bit));
    },
  );
});

async function probe({ unit: options, build, entry, condition, reserved, ignored }: EntryBits) {
  const unit = await Unit.create(options);
  const world = build(unit);
  const spoilt = entry(world as never);
  const begin = unit.stage(world.rootTableAddress);
  const good = begin().iommu.translate(read);
  expect(good.status).toBe("ok");
  const answerWith = (bit: number) => {
    begin();
    spoilt.setBits(bit, bit, 1);
    return unit.iommu.translate(read);
  };
  for (const bit of bitsOf(reserved)) {
    expect(answerWith(bit), `bit ${bit}`).toMatchObject({ status: "fault", condition });
  }
  for (const bit of bitsOf(ignored ?? [])) {
    expect(answerWith(bit), `bit ${bit}`).toEqual(good);
  }
}
