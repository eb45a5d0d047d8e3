import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Oracle, type OracleTranslateResult } from "../../host/oracle/index.js";
import type { MemoryRequest } from "../../host/spec/requests.js";
import {
  FirstStageTable,
  FrameAllocator,
  LegacyTables,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
  type PasidOptions,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";
import {
  OUTPUT_BASE,
  drawnPage,
  firstStageOutcome,
  modelOf,
  nestedOutcome,
  pageAt,
  secondStageOutcome,
  type ModelPage,
  type Outcome,
} from "./page-model.js";
import { iovaAt, place, type Drawn } from "./places.js";

const DEVICE = 0x10;
const PASID = 5;
const bits = (...set: number[]) => set.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);

/** Version 6.0; all widths and page sizes; PT, SC, NEST, SRS, EAFS, PASID, SMTS, SSADS, RPS, RPRIVS. */
const UNIT = {
  version: 0x60,
  cap: bits(1, 2, 9, 10, 11, 22, 34, 35, 56, 60) | (56n << 16n),
  ecap: bits(2, 6, 7, 26, 31, 33, 34, 40, 43, 45, 46, 47, 48, 49, 53) | (19n << 35n),
  hostAddressWidth: 46,
};

/** What is asked of the tables: an address in a page, or somewhere. */
const question = fc.record({
  page: fc.option(fc.nat(), { freq: 5 }),
  place,
  /** Often small, so that a small page of the second stage under a large one of the first is met. */
  offset: fc
    .oneof(...[12n, 22n, 30n].map((width) => fc.bigInt({ min: 0n, max: 2n ** width - 1n })))
    .map((offset) => offset & ~7n),
  access: fc.constantFrom("read", "write", "atomic"),
  privileged: fc.boolean(),
});
const setting = fc.record({
  firstLevels: fc.constantFrom(4, 5),
  secondLevels: fc.constantFrom(3, 4, 5),
  pages: fc.array(drawnPage, { minLength: 2, maxLength: 10 }),
  guestPages: fc.array(drawnPage, { minLength: 4, maxLength: 10 }),
  questions: fc.array(question, { minLength: 1, maxLength: 12 }),
  withPasid: fc.boolean(),
  sre: fc.boolean(),
  wpe: fc.boolean(),
  ssade: fc.boolean(),
  eafe: fc.boolean(),
});
type Setting = Drawn<typeof setting>;
type Question = Drawn<typeof question>;

function memoryAndFrames() {
  const memory = new MapMemory(1n << 46n);
  return { memory, frames: new FrameAllocator({ start: 0x10_0000n, end: 0x1000_0000n }) };
}

function addressOf(
  kind: { readonly levels: number; readonly canonical: boolean },
  pages: readonly ModelPage[],
  asked: Question,
): bigint {
  const page = asked.page === null ? undefined : pages[asked.page % Math.max(1, pages.length)];
  const start = page?.iova ?? iovaAt(kind, asked.place, 0x1000);
  return start + (asked.offset % BigInt(page?.size ?? 0x1000));
}

function mapAll(table: FirstStageTable | SecondStageTable, pages: readonly ModelPage[]): void {
  for (const { iova, physical, size, read, write, user } of pages) {
    if (table instanceof FirstStageTable) table.map(iova, physical, { size, write, user });
    else table.map(iova, physical, { size, read, write });
  }
}

function outcomeOf(result: OracleTranslateResult): Outcome | OracleTranslateResult {
  if (result.status === "fault") return { condition: result.condition };
  if (result.status !== "ok") return result;
  const { address, pageSize, permissions } = result;
  const { read, write } = permissions;
  return { address, pageSize, permissions: { read, write } };
}

/** A device and a PASID in scalable mode; requests without PASID get there through RID_PASID. */
function scalableUnit(
  drawn: Setting,
  build: (memory: MapMemory, frames: FrameAllocator) => PasidOptions,
) {
  const { memory, frames } = memoryAndFrames();
  const tables = ScalableTables.create({ memory, frames });
  const { withPasid, sre, wpe, ssade, eafe } = drawn;
  const ridPasid = withPasid ? PASID + 1 : PASID;
  tables.context(DEVICE, { paside: true, ridPasid, ridPriv: sre });
  tables.pasid(DEVICE, PASID, { ...build(memory, frames), sre, wpe, ssade, eafe });
  const oracle = oracleFor(memory, tables.rootTableAddress);
  const translate = (address: bigint, { access, privileged }: Question) => {
    const request: MemoryRequest = { sourceId: DEVICE, address, access, privileged };
    return outcomeOf(oracle.translate(withPasid ? { ...request, pasid: PASID } : request));
  };
  /** RID_PRIV, set like SRE here, stands in for the flag of a prefix. */
  const isPrivileged = ({ privileged }: Question) => (withPasid ? privileged : sre);
  const expected = (asked: Question, outcome: (privileged: boolean) => Outcome): Outcome =>
    isPrivileged(asked) && !sre ? { condition: "SPT.6" } : outcome(isPrivileged(asked));
  return { memory, translate, expected };
}

function oracleFor(memory: MapMemory, rootTableAddress: bigint): Oracle {
  const oracle = new Oracle({ ...UNIT, memory });
  oracle.state = { ...oracle.state, translationEnabled: true, rootTableAddress };
  return oracle;
}

function check(property: (drawn: Setting) => void, numRuns = 60): void {
  fc.assert(fc.property(setting, property), { numRuns });
}

describe("what the tables map, the oracle translates", () => {
  it("through first-stage tables of 4 and 5 levels, and sets A and D in the leaf (§3.6)", () => {
    check((drawn) => {
      const kind = { levels: drawn.firstLevels, canonical: true };
      const pages = modelOf(kind, drawn.pages);
      let table: FirstStageTable | undefined;
      const unit = scalableUnit(drawn, (memory, frames) => {
        table = new FirstStageTable({ memory, frames, levels: drawn.firstLevels });
        mapAll(table, pages);
        return { kind: "first-stage", domain: 1, firstStage: table };
      });
      const dirty = new Set<ModelPage>();
      for (const asked of drawn.questions) {
        const address = addressOf(kind, pages, asked);
        const expected = unit.expected(asked, (privileged) =>
          firstStageOutcome(pages, { ...asked, address, privileged, wpe: drawn.wpe }),
        );
        expect(unit.translate(address, asked)).toEqual(expected);
        const page = pageAt(pages, address);
        if ("condition" in expected || page === undefined) continue;
        if (asked.access !== "read") dirty.add(page);
        const leaf = table?.lookup(address)?.entry ?? 0n;
        expect([leaf & bits(5), leaf & bits(6)]).toEqual([bits(5), dirty.has(page) ? bits(6) : 0n]);
        expect(leaf & bits(10)).toBe(drawn.eafe ? bits(10) : 0n);
      }
    });
  });

  it("through second-stage tables of 3, 4 and 5 levels, and sets A and D with SSADE (§3.7)", () => {
    check((drawn) => {
      const kind = { levels: drawn.secondLevels, canonical: false };
      const pages = modelOf(kind, drawn.pages);
      let table: SecondStageTable | undefined;
      const unit = scalableUnit(drawn, (memory, frames) => {
        table = new SecondStageTable({ memory, frames, levels: drawn.secondLevels });
        mapAll(table, pages);
        return { kind: "second-stage", domain: 1, secondStage: table };
      });
      const dirty = new Set<ModelPage>();
      for (const asked of drawn.questions) {
        const address = addressOf(kind, pages, asked);
        const expected = unit.expected(asked, () =>
          secondStageOutcome(pages, { ...asked, address, legacy: false }),
        );
        expect(unit.translate(address, asked)).toEqual(expected);
        const page = pageAt(pages, address);
        if ("condition" in expected || page === undefined) continue;
        if (asked.access !== "read") dirty.add(page);
        const leaf = table?.lookup(address)?.entry ?? 0n;
        const flags = bits(8) | (dirty.has(page) ? bits(9) : 0n);
        expect(leaf & bits(8, 9)).toBe(drawn.ssade ? flags : 0n);
      }
    });
  });

  it("through a first stage nested on a second stage (§3.8)", () => {
    check((drawn) => {
      const kind = { levels: drawn.firstLevels, canonical: true };
      const pages = modelOf(kind, drawn.pages);
      const guestKind = { levels: drawn.secondLevels, canonical: false };
      const guestPages = modelOf(guestKind, drawn.guestPages, (page) => {
        const [, , , , at] = page.place;
        return OUTPUT_BASE + (at % 2n) * BigInt(page.size);
      });
      const unit = scalableUnit(drawn, (memory, frames) => {
        const secondStage = new SecondStageTable({ memory, frames, levels: drawn.secondLevels });
        secondStage.map(0n, 0x4_0000_0000n, { count: 512 });
        mapAll(secondStage, guestPages);
        const firstStage = new FirstStageTable({
          memory: throughSecondStage(memory, secondStage),
          frames: new FrameAllocator({ start: 0x1000n, end: 0x20_0000n }),
          levels: drawn.firstLevels,
        });
        mapAll(firstStage, pages);
        return { kind: "nested", domain: 1, firstStage, secondStage };
      });
      for (const asked of drawn.questions) {
        const address = addressOf(kind, pages, asked);
        const expected = unit.expected(asked, (privileged) =>
          nestedOutcome(
            firstStageOutcome(pages, { ...asked, address, privileged, wpe: drawn.wpe }),
            (guest) => secondStageOutcome(guestPages, { ...asked, address: guest, legacy: false }),
          ),
        );
        expect(unit.translate(address, asked)).toEqual(expected);
      }
    });
  });

  it("unchanged for pass-through (§3.9)", () => {
    check((drawn) => {
      const unit = scalableUnit(drawn, () => ({ kind: "pass-through", domain: 1 }));
      for (const asked of drawn.questions) {
        const address = asked.offset;
        const expected = unit.expected(asked, () => passThrough(address));
        expect(unit.translate(address, asked)).toEqual(expected);
      }
    }, 20);
  });
});

describe("what the tables of legacy mode map, the oracle translates", () => {
  it("through second-stage tables of 3, 4 and 5 levels (§3.4.2)", () => {
    check((drawn) => {
      const { memory, frames } = memoryAndFrames();
      const kind = { levels: drawn.secondLevels, canonical: false };
      const pages = modelOf(kind, drawn.pages);
      const secondStage = new SecondStageTable({ memory, frames, levels: drawn.secondLevels });
      mapAll(secondStage, pages);
      const tables = LegacyTables.create({ memory, frames });
      const deviceTlb = drawn.withPasid;
      tables.context(DEVICE, { kind: "second-stage", domain: 1, secondStage, deviceTlb });
      const oracle = oracleFor(memory, tables.rootTableAddress);
      for (const asked of drawn.questions) {
        const address = addressOf(kind, pages, asked);
        const { access } = asked;
        const result = outcomeOf(oracle.translate({ sourceId: DEVICE, address, access }));
        expect(result).toEqual(secondStageOutcome(pages, { address, access, legacy: true }));
        const ats = oracle.requestTranslation({ sourceId: DEVICE, address });
        expect(ats.status === "fault" ? ats.condition : ats.status).toBe(
          deviceTlb ? "ok" : "LCT.5",
        );
      }
    });
  });

  it("unchanged for pass-through (§3.9)", () => {
    const { memory, frames } = memoryAndFrames();
    const tables = LegacyTables.create({ memory, frames });
    tables.context(DEVICE, { kind: "pass-through", domain: 1, addressWidth: 57 });
    const oracle = oracleFor(memory, tables.rootTableAddress);
    const address = 0x1234_5678n;
    const result = oracle.translate({ sourceId: DEVICE, address, access: "write" });
    expect(outcomeOf(result)).toEqual(passThrough(address));
  });
});

function passThrough(address: bigint): Outcome {
  return { address, pageSize: 2 ** 30, permissions: { read: true, write: true } };
}
