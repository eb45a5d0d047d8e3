import { describe, expect, it } from "vitest";
import type { MemoryPort } from "../../host/index.js";
import { chapters } from "./conditions/index.js";
import type { Answer, Column } from "./conditions/row.js";
import { scalable } from "./conditions/scalable.js";
import { send } from "./provoke.js";
import { scriptedPort, Unit } from "./unit.js";
import { GUEST, INPUT, OUTPUT, PASID, SID } from "./worlds.js";

const request = (access: "read" | "write") =>
  ({ sourceId: SID, pasid: PASID, address: INPUT, access }) as const;

/** One row for each condition. */
const rows = Object.values(chapters)
  .flat()
  .filter((row, index, all) => all.findIndex((r) => r.condition === row.condition) === index);

describe("VTD-7.1.3: a unit over a memory port in JavaScript", () => {
  it.each(rows.map((row) => [row.condition, row.title, row] as const))(
    "VTD-7.1.3: meets %s like one over GuestMemory: %s",
    async (condition, _title, row) => {
      const unit = await Unit.create({ ...row.unit, source: scriptedPort });
      const begin = unit.stage(row.arrange(unit).rootTableAddress);
      for (const [column, answer] of Object.entries(row.answers) as [Column, Answer][]) {
        const expected = answer === "R" || answer === "W" ? { answer } : { answer, condition };
        expect(send(begin(), column, row.request ?? {})).toMatchObject(expected);
      }
    },
  );
});

/** A unit whose port tells every write, and lets `before` run ahead of each compare-and-exchange. */
async function watched(before: (address: bigint) => void = () => {}) {
  const exchanges: (readonly [address: bigint, expected: bigint, replacement: bigint])[] = [];
  const unit = await Unit.create({
    source: (memory): MemoryPort => ({
      ...scriptedPort(memory),
      write64: (address) => {
        throw new Error(`a plain write to 0x${address.toString(16)}`);
      },
      compareExchange64: (address, expected, replacement) => {
        before(address);
        exchanges.push([address, expected, replacement]);
        return memory.compareExchange64(address, expected, replacement);
      },
    }),
  });
  return { unit, exchanges };
}

describe("VTD-3.6.2: the memory accesses that set flags", () => {
  it("VTD-3.6.2: are one compare-and-exchange for each entry, all flags at once, root first", async () => {
    const { unit, exchanges } = await watched();
    const world = scalable("first-stage", undefined, { pasid: { eafe: true } })(unit).start();
    const flags = [0x420n, 0x420n, 0x420n, 0x460n];
    const expected = world.first
      .walk(INPUT)
      .map(({ address, value }, i) => [address, value, value | flags[i]!]);
    unit.iommu.translate(request("write"));
    expect(exchanges).toEqual(expected);
  });

  it("VTD-3.8.1: reach the first stage's leaf before the second stage's (choice W3)", async () => {
    const { unit, exchanges } = await watched();
    const world = scalable("nested", undefined, { pasid: { ssade: true } })(unit).start();
    unit.iommu.translate(request("write"));
    const firstLeaf = world.second.lookup(world.first.entryAddress(INPUT, 1))!.physical;
    const order = exchanges.map(([address]) => address);
    expect(order.slice(-2)).toEqual([firstLeaf, world.second.entryAddress(GUEST, 1)]);
  });

  it("VTD-3.6.2: happen only where a flag is missing", async () => {
    const { unit, exchanges } = await watched();
    const world = scalable("first-stage")(unit);
    for (const level of [4, 3, 2, 1] as const) world.first.entry(INPUT, level).set({ A: 1, D: 1 });
    world.start();
    expect(unit.iommu.translate(request("write")).status).toBe("ok");
    expect(exchanges).toEqual([]);
  });
});

describe("VTD-3.6.2: an entry that changes between its fetch and its update (choice W5)", () => {
  /** Runs `change` ahead of the first update of the leaf. */
  async function race(
    kind: "first-stage" | "second-stage",
    change: (world: ReturnType<ReturnType<typeof scalable>>) => void,
  ) {
    let leaf: bigint | undefined;
    const { unit } = await watched((address) => {
      if (address !== leaf) return;
      leaf = undefined;
      change(world);
    });
    const world = scalable(kind, undefined, { pasid: { ssade: true } })(unit).start();
    leaf = (kind === "first-stage" ? world.first : world.second).entryAddress(INPUT, 1);
    return { world, unit };
  }

  it.each(["first-stage", "second-stage"] as const)(
    "VTD-3.6.2: is looked at again: %s, now another page",
    async (kind) => {
      const { world, unit } = await race(kind, (w) =>
        (kind === "first-stage" ? w.first : w.second).entry(INPUT, 1).set({ ADDR: 0x7000n }),
      );
      expect(unit.iommu.translate(request("write"))).toMatchObject({ address: 0x7000n });
      const table = kind === "first-stage" ? world.first : world.second;
      expect(table.entry(INPUT, 1).get("D")).toBe(1n);
      expect(unit.iommu.translate(request("read"))).toMatchObject({ address: 0x7000n });
    },
  );

  it.each([
    ["first-stage", { P: 0 }, "SFS.2"],
    ["first-stage", { RW: 0 }, "SGN.6"],
    ["first-stage", { US: 0 }, "SGN.2"],
    ["second-stage", { R: 0, W: 0 }, "SSS.2"],
    ["second-stage", { W: 0 }, "SGN.6"],
  ] as const)("VTD-3.6.2: is looked at again: %s, now %o", async (kind, fields, condition) => {
    const { unit } = await race(kind, (w) =>
      (kind === "first-stage" ? w.first : w.second).entry(INPUT, 1).set(fields),
    );
    expect(unit.iommu.translate(request("write"))).toMatchObject({ condition });
  });
});

describe("VTD-3.6.2: memory that never takes an exchange fails the update, and hangs nothing", () => {
  /** A unit whose port answers that the word is another, always. */
  const contrary = () =>
    Unit.create({
      source: (memory): MemoryPort => ({
        ...scriptedPort(memory),
        compareExchange64: (_address, expected) => expected ^ (1n << 62n),
      }),
    });

  it.each([
    ["first-stage", "SFS.10"],
    ["second-stage", "SSS.6"],
    ["nested", "SSS.6"],
  ] as const)("VTD-3.6.2: %s is %s", async (kind, condition) => {
    const unit = await contrary();
    scalable(kind, undefined, { pasid: { ssade: true } })(unit).start();
    expect(unit.iommu.translate(request("write"))).toMatchObject({ condition });
  });
});

describe("VTD-3.4: a unit over a part of a WebAssembly memory", () => {
  it("VTD-3.4: translates, and fails beyond the part", async () => {
    const base = 0x10008;
    const wasmMemory = new WebAssembly.Memory({ initial: 40 });
    const size = 2 ** 20;
    const unit = await Unit.create({ source: () => ({ wasmMemory, base, size }) });
    const world = scalable("second-stage")(unit);
    const image = unit.memory.readBytes(0n, size);
    new Uint8Array(wasmMemory.buffer).set(image, base);
    world.start();
    expect(unit.iommu.translate(request("write"))).toMatchObject({ address: OUTPUT });

    const entry = world.tables.pasidEntry(SID, PASID).address;
    const pointer = new DataView(wasmMemory.buffer);
    const word = pointer.getBigUint64(base + Number(entry), true);
    pointer.setBigUint64(base + Number(entry), (word & 0xfffn) | BigInt(size), true);
    unit.setRoot(world.rootTableAddress);
    expect(unit.iommu.translate(request("write"))).toMatchObject({ condition: "SSS.4" });
  });
});
