import { describe, expect, it } from "vitest";
import { pagingEntryBits, tableEntryBits, type Bits, type EntryBits } from "./entry-bits.js";
import { Unit } from "./unit.js";
import { INPUT, SID } from "./worlds.js";

const read = { sourceId: SID, address: INPUT, access: "read" } as const;

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
