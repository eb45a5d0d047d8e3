import { describe, expect, it } from "vitest";
import { scalable } from "./conditions/scalable.js";
import type { Column } from "./conditions/row.js";
import { send } from "./provoke.js";
import { Unit } from "./unit.js";
import { fetchesOf, type Fetch } from "./walk-entries.js";
import { INPUT, LegacyWorld, OUTPUT, PASID, SID, type ScalableWorld } from "./worlds.js";

interface Walk {
  readonly name: string;
  readonly build: (unit: Unit) => LegacyWorld | ScalableWorld;
  /** Requests with PASID; legacy mode has none. */
  readonly pasid: boolean;
}

const SSADE = { ssade: true };
const EAFE = { eafe: true };
const walks: readonly Walk[] = [
  ...([3, 4, 5] as const).map((levels) => ({
    name: `legacy mode, ${levels} levels`,
    build: (unit: Unit) => new LegacyWorld(unit, { levels }).map(),
    pasid: false,
  })),
  ...([4, 5] as const).map((levels) => ({
    name: `first stage, ${levels} levels`,
    build: scalable("first-stage", undefined, { firstLevels: levels, pasid: EAFE }),
    pasid: true,
  })),
  ...([3, 4, 5] as const).map((levels) => ({
    name: `second stage, ${levels} levels`,
    build: scalable("second-stage", undefined, { secondLevels: levels, pasid: SSADE }),
    pasid: true,
  })),
  { name: "nested, 4 and 4 levels", build: scalable("nested"), pasid: true },
  {
    name: "nested with second-stage flags, 5 and 3 levels",
    build: scalable("nested", undefined, { firstLevels: 5, secondLevels: 3, pasid: SSADE }),
    pasid: true,
  },
  {
    name: "nested with second-stage flags, 4 and 5 levels",
    build: scalable("nested", undefined, { secondLevels: 5, pasid: SSADE }),
    pasid: true,
  },
  { name: "pass-through", build: scalable("pass-through"), pasid: true },
];

/** The write that fetches everything and sets every flag. */
const write = (pasid: boolean) =>
  ({ sourceId: SID, pasid: pasid ? PASID : undefined, address: INPUT, access: "write" }) as const;

const WRITE = { access: "write" } as const;

/** Each word once, with what its first fetch is for. */
function firstFetches(fetches: readonly Fetch[]): Fetch[] {
  return fetches.filter(
    (fetch, index) => fetches.findIndex(({ address }) => address === fetch.address) === index,
  );
}

/** What Table 30 answers to a translation request that met the condition. */
const translationAnswer = (condition: string) =>
  condition === "SFS.10" ? "S0 logged" : condition.startsWith("SFS") ? "S0" : "CA";

describe.each(walks)("VTD-7.1.3: fetches of a request in $name", ({ build, pasid }) => {
  const suffix = pasid ? "+P" : "";
  const untranslated = `U${suffix}` as Column;
  const translation = `TR${suffix}` as Column;

  it("VTD-7.1.3: are those that the tables have", async () => {
    const unit = await Unit.create();
    const world = build(unit).start();
    const { entries, result } = unit.iommu.explain(write(pasid));
    expect(result.status).toBe("ok");
    // Within a nested walk the second stage begins again where its paging-structure cache allows.
    const fromMemory = entries.filter(({ source }) => source === "memory");
    const read = fromMemory.flatMap(({ address, words }) =>
      words.map((_, word) => address! + 8n * BigInt(word)),
    );
    expect(read).toEqual(firstFetches(fetchesOf(world)).map(({ address }) => address));
  });

  it("VTD-7.1.3: that fail are reported as the condition of the entry, and never cached", async () => {
    const unit = await Unit.create();
    const world = build(unit);
    const begin = unit.stage(world.rootTableAddress);
    for (const { address, readFault: condition } of firstFetches(fetchesOf(world))) {
      unit.memory.poison(address, 8, { writes: false });
      const where = `${condition} at 0x${address.toString(16)}`;
      begin();
      expect(send(unit, untranslated, WRITE), where).toMatchObject({ answer: "UR", condition });
      begin();
      const answer = translationAnswer(condition);
      expect(send(unit, translation, {}), where).toMatchObject({ answer, condition });
      unit.memory.heal();
      expect(unit.iommu.translate(write(pasid)).status, where).toBe("ok");
    }
  });

  it("VTD-7.1.3: of page requests end at the PASID entry, of translated requests at the context entry", async () => {
    const unit = await Unit.create();
    const world = build(unit);
    const begin = unit.stage(world.rootTableAddress);
    for (const { address, readFault: condition } of firstFetches(fetchesOf(world))) {
      unit.memory.poison(address, 8, { writes: false });
      const where = `${condition} at 0x${address.toString(16)}`;
      begin();
      const context = /^(LRT|LCT\.1|SRT|SCT)/.test(condition);
      const translated = context ? { answer: "UR", condition } : { answer: "ok" };
      expect(send(unit, "TD", {}), where).toMatchObject(translated);
      if (pasid) {
        begin();
        const asked = context || /^SP/.test(condition);
        const page = asked ? { answer: "IR", condition } : { answer: "accepted" };
        expect(send(unit, "PR+P", {}), where).toMatchObject(page);
      }
      unit.memory.heal();
    }
  });

  it("VTD-7.1.3: a flag that cannot be set is SFS.10 or SSS.6, and nothing else is written", async () => {
    const unit = await Unit.create();
    const world = build(unit);
    const begin = unit.stage(world.rootTableAddress);
    for (const { address, updateFault: condition } of firstFetches(fetchesOf(world))) {
      unit.memory.poison(address, 8, { reads: false });
      const where = `0x${address.toString(16)}`;
      begin();
      if (condition === undefined) {
        expect(send(unit, untranslated, WRITE), where).toEqual({ answer: "ok" });
      } else {
        expect(send(unit, untranslated, WRITE), where).toMatchObject({ answer: "UR", condition });
        begin();
        const answer = translationAnswer(condition);
        expect(send(unit, translation, {}), where).toMatchObject({ answer, condition });
      }
      unit.memory.heal();
      expect(unit.iommu.translate(write(pasid)).status, where).toBe("ok");
    }
  });
});

describe("VTD-7.1.3: tables outside RAM", () => {
  it("VTD-7.1.3: fail like any other access", async () => {
    const unit = await Unit.create();
    const world = scalable("second-stage")(unit);
    world.eachPasidEntry((entry) => entry.set({ SSPTPTR: 0x3f_0000_0000n }));
    world.start();
    expect(unit.iommu.translate(write(true))).toMatchObject({ condition: "SSS.4" });
    unit.setRoot((world.rootTableAddress & 0xfffn) | 0x3f_0000_0000n);
    unit.clearFaults();
    expect(unit.iommu.translate(write(true))).toMatchObject({ condition: "SRT.1" });
  });

  it("VTD-3.7: an output address needs no RAM behind it", async () => {
    const unit = await Unit.create();
    scalable("first-stage")(unit).start();
    expect(unit.iommu.translate(write(true))).toMatchObject({ status: "ok", address: OUTPUT });
  });
});
