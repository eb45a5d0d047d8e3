import { describe, expect, it } from "vitest";
import { decodeCapabilities } from "../../host/oracle/capabilities.js";
import { DESCRIPTOR_TYPES, fieldsOfType } from "../../host/oracle/invalidation-descriptors.js";
import { invalidationDescriptors } from "../../host/spec/descriptors.js";
import { at, QueueWorld } from "./queue-world.js";
import { registersOf, type Features } from "./registers-by-hand.js";

const SCALABLE = 1n << 10n;
const ABORT_DMA = 3n << 10n;

/** One of each type that is in order. */
const GOOD: Readonly<Record<number, bigint>> = {
  1: 1n | at(1, 4),
  2: 2n | at(1, 4),
  3: 3n,
  4: 4n,
  5: 5n,
  6: 6n | at(2, 4),
  7: 7n | at(3, 4),
  8: 8n,
  9: 9n,
};

function errorOf(descriptor: bigint, features: Features = {}, root = SCALABLE): number | undefined {
  const world = new QueueWorld({ features, root }).submit(descriptor);
  if (world.error === undefined) expect(world.head).toBe(32n);
  else expect(world.head).toBe(0n);
  return world.error;
}

describe("invalidation descriptors (§6.5.2)", () => {
  it.each([{}, { DIT: false, PDS: false }])(
    "have reserved bits where the specification data has none of their fields, with %o",
    (features: Features) => {
      const unit = decodeCapabilities(registersOf(features));
      const known = invalidationDescriptors.filter(({ type }) => type !== 10);
      expect(DESCRIPTOR_TYPES).toEqual(known.map(({ type }) => type));
      for (const { name, type, fields, ignored = [] } of known) {
        const meant = fields.filter(({ requires = [] }) =>
          requires.every((capability) => unit[capability as "DIT" | "PDS"]),
        );
        const bits = [...meant, ...ignored].reduce(
          (mask, { high, low }) => mask | (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)),
          0n,
        );
        expect(fieldsOfType(unit, type), name).toBe(bits);
      }
    },
  );

  it.each(Object.entries(GOOD))("of type %s are executed", (_type, descriptor) => {
    expect(errorOf(descriptor)).toBeUndefined();
  });

  it.each(Object.entries(GOOD))(
    "of type %s are IQEI 4 with any reserved bit, up to bit 255",
    (type, descriptor) => {
      const unit = decodeCapabilities(registersOf());
      const fields = fieldsOfType(unit, Number(type)) ?? 0n;
      const reserved = Array.from({ length: 256 }, (_, bit) => bit).filter(
        (bit) => ((fields >> BigInt(bit)) & 1n) === 0n,
      );
      expect(reserved.length).toBeGreaterThan(128);
      for (const bit of reserved) expect(errorOf(descriptor | at(1, bit)), `bit ${bit}`).toBe(4);
    },
  );

  it("of other types are IQEI 3; bits 11:9 belong to the type", () => {
    const others = [0, 10, 11, 15].map(BigInt).concat([1n | at(1, 9), 5n | at(4, 9)]);
    for (const descriptor of others) expect(errorOf(descriptor)).toBe(3);
  });

  it.each([
    [3, { DT: false, PRS: false }],
    [4, { IR: false }],
    [8, { DT: false, PRS: false }],
    [9, { PRS: false }],
    [6, { SMTS: false }],
    [7, { SMTS: false }],
  ] as const)("of type %d are IQEI 3 in a unit that reports %o", (type, features) => {
    expect(errorOf(GOOD[type] ?? 0n, features, ABORT_DMA)).toBe(3);
  });

  it.each([6, 7, 8, 9])("of type %d are IQEI 3 in legacy mode, in either width", (type) => {
    const descriptor = GOOD[type] ?? 0n;
    expect(errorOf(descriptor, {}, 0n)).toBe(3);
    expect(new QueueWorld({ wide: false }).submit(descriptor).error).toBe(3);
  });

  it.each([
    [1, [0]],
    [2, [0]],
    [6, [0, 1]],
    [7, [2]],
  ])("of type %d are IQEI 4 with the granularities %o", (type, refused) => {
    for (const granularity of [0, 1, 2, 3]) {
      const expected = refused.includes(granularity) ? 4 : undefined;
      expect(errorOf(BigInt(type) | at(granularity, 4))).toBe(expected);
    }
  });

  it("that invalidate pages of a domain need PSI, and a mask within MAMV", () => {
    const pages = (mask: number) => 2n | at(3, 4) | at(mask, 64);
    expect(errorOf(pages(9), { MAMV: 9 })).toBeUndefined();
    expect(errorOf(pages(10), { MAMV: 9 })).toBe(4);
    expect(errorOf(pages(0), { PSI: false })).toBe(4);
    expect(errorOf(2n | at(2, 4) | at(63, 64), { PSI: false })).toBeUndefined();
    expect(errorOf(6n | at(3, 4) | at(63, 64), { PSI: false, MAMV: 0 })).toBeUndefined();
  });

  it("that invalidate interrupt entries by index need a mask within MHMV", () => {
    const index = (mask: number) => 4n | at(1, 4) | at(mask, 27);
    expect(errorOf(index(8), { MHMV: 8 })).toBeUndefined();
    expect(errorOf(index(9), { MHMV: 8 })).toBe(4);
    expect(errorOf(4n | at(9, 27), { MHMV: 8 })).toBeUndefined();
  });

  it("keep PFSID and PD reserved in a unit without the capability", () => {
    for (const bit of [12, 15, 52, 63]) {
      expect(errorOf(3n | at(1, bit), { DIT: false })).toBe(4);
      expect(errorOf(8n | at(1, bit), { DIT: false })).toBe(4);
    }
    expect(errorOf(5n | at(1, 7))).toBeUndefined();
    expect(errorOf(5n | at(1, 7), { PDS: false })).toBe(4);
  });
});

describe("the width of the queue, and the table mode (Table 26, §11.4.9.9)", () => {
  const cases: [string, ConstructorParameters<typeof QueueWorld>[0], number | undefined][] = [
    ["128 bits in legacy mode", { wide: false, root: 0n }, undefined],
    ["256 bits in legacy mode", { wide: true, root: 0n }, undefined],
    ["128 bits in scalable mode", { wide: false, root: SCALABLE }, 5],
    ["256 bits in scalable mode", { wide: true, root: SCALABLE }, undefined],
    ["128 bits in abort-DMA mode", { wide: false, root: ABORT_DMA }, 5],
    ["256 bits in abort-DMA mode", { wide: true, root: ABORT_DMA }, undefined],
    ["256 bits without SMTS and ADMS", { features: { SMTS: false, ADMS: false } }, 5],
    ["256 bits with ADMS alone", { features: { SMTS: false } }, undefined],
    ["the reserved mode", { root: 2n << 10n }, 7],
    ["the reserved mode and 128 bits", { wide: false, root: 2n << 10n }, 7],
  ];

  it.each(cases)("with %s", (_name, options, expected) => {
    expect(new QueueWorld(options).submit(5n).error).toBe(expected);
  });
});
