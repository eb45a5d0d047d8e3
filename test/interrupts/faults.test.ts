import { describe, expect, it } from "vitest";
import { faultConditions } from "../../host/spec/index.js";
import { DEVICE, InterruptUnit, IRE, REG, type InterruptUnitOptions } from "./interrupt-unit.js";

const FIXED = { vector: 0x41, destination: 0x07 } as const;
const INDEX = 6;

interface Case {
  readonly condition: string;
  readonly title: string;
  readonly unit?: InterruptUnitOptions;
  readonly arrange?: (unit: InterruptUnit) => void;
  /** Default: the remappable message of entry INDEX. */
  readonly message?: { readonly address: bigint; readonly data: number };
  /** Interrupt index in the record; 0 where it is undefined. */
  readonly index: number;
  /** FPD of the entry decides whether it is recorded. */
  readonly qualified?: true;
}

const address = (index: number) => 0xfee0_0010n | (BigInt(index) << 5n);

/** Sets bits of entry INDEX that is good apart from them. */
const reservedBit = (bit: number, title: string, unit?: InterruptUnitOptions): Case => ({
  condition: "IR.24",
  title,
  index: INDEX,
  qualified: true,
  ...(unit !== undefined && { unit }),
  arrange: ({ table }) => table.remapped(INDEX, FIXED).setBits(bit, bit, 1),
});
const posted = (title: string, change: (unit: InterruptUnit) => void): Omit<Case, "condition"> => ({
  title,
  index: INDEX,
  qualified: true,
  arrange: (unit) => {
    const descriptor = unit.descriptor().entry.address;
    unit.table.posted(INDEX, { vector: 0x91, descriptor });
    change(unit);
  },
});
const postedBit = (bit: number, title: string): Case => ({
  condition: "IR.24",
  ...posted(title, ({ table }) => table.postedEntry(INDEX).setBits(bit, bit, 1)),
});
const descriptorOf = ({ table }: InterruptUnit) => {
  const entry = table.postedEntry(INDEX);
  return (entry.get("PDAH") << 32n) | (entry.get("PDAL") << 6n);
};
const descriptorBit = (bit: number): Case => ({
  condition: "IR.28",
  ...posted(`bit ${bit} of the posted-interrupt descriptor is set`, (unit) => {
    const at = descriptorOf(unit) + BigInt(bit >> 6) * 8n;
    unit.memory.write64(at, unit.memory.read64(at)! | (1n << BigInt(bit & 63)));
  }),
});

const cases: readonly Case[] = [
  {
    condition: "IR.20",
    title: "the upper half of the data is not 0 with SHV",
    message: { address: address(INDEX) | 8n, data: 0x1_0000 },
    index: 0,
  },
  {
    condition: "IR.21",
    title: "the index is the size of the table",
    unit: { entries: 4 },
    message: { address: address(4), data: 0 },
    index: 4,
  },
  {
    condition: "IR.21",
    title: "handle and subhandle exceed 16 bits",
    unit: { entries: 65536 },
    message: { address: address(0x7fff) | 0xcn, data: 2 },
    index: 1,
  },
  {
    condition: "IR.21",
    title: "the entry lies beyond the host address width",
    unit: { entries: 65536, hostAddressWidth: 40 },
    arrange: (unit) => {
      // The last page below 2^40: its entries from 256 on are beyond.
      unit.iommu.write64(REG.IRTA, (1n << 40n) - 0x1000n + 15n);
      unit.command(1 << 24);
    },
    message: { address: address(256), data: 0 },
    index: 256,
  },
  { condition: "IR.22", title: "the entry is not present", index: INDEX, qualified: true },
  ...[0n, 8n].map((offset): Case => ({
    condition: "IR.23",
    title: `word ${offset / 8n} of the entry cannot be read`,
    index: INDEX,
    arrange: ({ table, memory }) => {
      table.remapped(INDEX, FIXED);
      memory.poison(table.entry(INDEX).address + offset, 8n);
    },
  })),
  ...[12, 13, 14, 24, 31, 84, 95, 96, 127].map((bit) =>
    reservedBit(bit, `bit ${bit} of a remapped entry is set`),
  ),
  ...[32, 39, 48, 63].map((bit) => reservedBit(bit, `bit ${bit} of DST is set without EIME`)),
  ...[3, 6].map((mode): Case => ({
    condition: "IR.24",
    title: `delivery mode ${mode} is reserved`,
    index: INDEX,
    qualified: true,
    arrange: ({ table }) => table.remapped(INDEX, FIXED).set({ DLM: mode }),
  })),
  {
    condition: "IR.24",
    title: "source validation type 3 is reserved",
    index: INDEX,
    qualified: true,
    arrange: ({ table }) => table.remapped(INDEX, FIXED).set({ SVT: 3 }),
  },
  reservedBit(15, "the entry posts and the unit has no PI", { capabilities: { PI: 0 } }),
  ...[2, 7, 12, 13, 24, 37, 84, 95].map((bit) =>
    postedBit(bit, `bit ${bit} of a posted entry is set`),
  ),
  postedBit(110, "the descriptor lies beyond the host address width"),
  {
    condition: "IR.24",
    ...posted("source validation type 3 is reserved in a posted entry too", ({ table }) =>
      table.postedEntry(INDEX).set({ SVT: 3 }),
    ),
  },
  {
    condition: "IR.25",
    title: "compatibility format without CFI",
    message: { address: 0xfee0_1000n, data: 0x31 },
    index: 0,
  },
  {
    condition: "IR.26",
    title: "the requester is another",
    index: INDEX,
    qualified: true,
    arrange: ({ table }) => table.remapped(INDEX, { ...FIXED, source: { sourceId: DEVICE ^ 1 } }),
  },
  ...[0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].map((offset): Case => ({
    condition: "IR.27",
    ...posted(`word ${offset / 8n} of the posted-interrupt descriptor cannot be read`, (unit) =>
      unit.memory.poison(descriptorOf(unit) + offset, 8n),
    ),
  })),
  ...[258, 271, 280, 287, 288, 295, 304, 319, 320, 511].map(descriptorBit),
  {
    condition: "IR.2A",
    title: "EIMER without EIME",
    unit: { capabilities: { EIMER: 1 } },
    index: 0,
  },
  {
    condition: "IR.2B",
    title: "IRREQ with remapping off",
    unit: { capabilities: { IRREQ: 1 }, enabled: false },
    index: 0,
  },
];

async function provoke({ unit: options = {}, arrange, message }: Case, fpd: boolean) {
  const unit = await InterruptUnit.create(options);
  arrange?.(unit);
  if (fpd) unit.table.entry(INDEX).set({ FPD: 1 });
  const request = { sourceId: DEVICE, ...(message ?? { address: address(INDEX), data: 0 }) };
  return { unit, result: unit.iommu.remapInterrupt(request) };
}

describe("VTD-5.1.4.1: fault conditions of interrupt requests", () => {
  it.each(cases.map((row) => [row.condition, row.title, row] as const))(
    "VTD-5.1.4.1: %s: %s",
    async (condition, _, row) => {
      const reason = Number.parseInt(condition.slice(3), 16);
      const { unit, result } = await provoke(row, false);
      const fault = { status: "fault", condition, reason, completion: "UR" };
      expect(result).toEqual({ ...fault, record: "recorded" });
      expect(unit.faults()).toEqual([
        { reason, sourceId: DEVICE, index: row.index, lower: 0n, rest: 0n },
      ]);
      expect(unit.sent).toEqual([]);
    },
  );

  it.each(
    cases
      .filter(({ qualified }) => qualified)
      .map((row) => [row.condition, row.title, row] as const),
  )("VTD-5.1.4.1: %s is not recorded with FPD: %s", async (condition, _, row) => {
    const { unit, result } = await provoke(row, true);
    expect(result).toMatchObject({ condition, record: "suppressed" });
    expect(unit.faults()).toEqual([]);
  });

  it("VTD-5.1.4.1: 20h, 21h, 23h, 25h, 2Ah and 2Bh are recorded although the entry has FPD", async () => {
    for (const row of cases.filter(({ qualified }) => !qualified)) {
      if (row.unit?.entries === 4 || row.condition === "IR.23") continue;
      const { result } = await provoke(row, true);
      expect(result, row.title).toMatchObject({ record: "recorded" });
    }
  });

  it("VTD-5.1.4.1: all of Table 15 are provoked here, but 29h, which no interrupt request meets", () => {
    const provoked = new Set(cases.map(({ condition }) => condition));
    const table15 = faultConditions
      .map(({ condition }) => condition)
      .filter((c) => c.startsWith("IR."));
    expect(table15.filter((condition) => !provoked.has(condition))).toEqual(["IR.29"]);
  });
});

describe("VTD-5.1.4: which of two faults is reported", () => {
  it("VTD-5.1.4: the requester is checked before reserved fields", async () => {
    const unit = await InterruptUnit.create();
    unit.table.remapped(INDEX, { ...FIXED, source: { sourceId: 1 } }).setBits(12, 12, 1);
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.26" });
  });

  it("VTD-5.1.4: an entry that is not present is checked for nothing else", async () => {
    const unit = await InterruptUnit.create();
    unit.table.remapped(INDEX, { ...FIXED, present: false }).setBits(12, 12, 1);
    expect(unit.interrupt(INDEX)).toMatchObject({ condition: "IR.22" });
  });

  it("VTD-5.1.4: EIMER blocks before the format is looked at", async () => {
    const unit = await InterruptUnit.create({ capabilities: { EIMER: 1 } });
    const compatible = { sourceId: DEVICE, address: 0xfee0_1000n, data: 0x31 };
    expect(unit.iommu.remapInterrupt(compatible)).toMatchObject({ condition: "IR.2A" });
  });
});

describe("VTD-7.2.1: the index of fault records", () => {
  it("VTD-7.2.1: restarts when neither translation nor remapping is on", async () => {
    const unit = await InterruptUnit.create({ faultCollapse: false });
    unit.interrupt(1);
    unit.interrupt(2);
    expect(unit.faults()).toHaveLength(2);
    for (const index of [0, 1]) unit.iommu.write32(REG.FRCD + 16 * index + 12, 0x8000_0000);
    unit.command(IRE, false);
    unit.command(IRE);
    unit.interrupt(3);
    expect(unit.iommu.read32(REG.FSTS) >> 8).toBe(0);
    expect(unit.faults()).toMatchObject([{ index: 3 }]);
  });

  it("VTD-7.2.1: while remapping is off altogether, each 2Bh takes the next record (choice F6)", async () => {
    const unit = await InterruptUnit.create({ capabilities: { IRREQ: 1 }, enabled: false });
    const sources = [1, 2, 3];
    for (const source of sources) unit.interrupt(INDEX, undefined, source);
    expect(unit.faults().map(({ reason, sourceId }) => [reason, sourceId])).toEqual(
      sources.map((source) => [0x2b, source]),
    );
  });
});
