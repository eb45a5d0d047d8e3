import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  FirstStageTable,
  FrameAllocator,
  PAGE_1G,
  PAGE_2M,
  PAGE_4K,
  SecondStageTable,
  type PageSize,
  type PageTableOptions,
} from "../../host/tables/index.js";
import { MapMemory } from "./map-memory.js";
import { iovaAt, place, type Drawn } from "./places.js";

/** A page as the raw words of the tables tell it. */
interface Page {
  readonly iova: bigint;
  readonly size: bigint;
  readonly physical: bigint;
  /** All bits of the leaf that are no address. */
  readonly flags: bigint;
}

interface Kind {
  readonly name: string;
  readonly levels: 3 | 4 | 5;
  /** Bits of which one must be set in a present entry. */
  readonly present: bigint;
  readonly canonical: boolean;
  readonly create: (options: PageTableOptions) => FirstStageTable | SecondStageTable;
}

const firstStage = (levels: 4 | 5): Kind => ({
  name: `first-stage table of ${levels} levels`,
  levels,
  present: 1n,
  canonical: true,
  create: (options) => new FirstStageTable({ ...options, levels }),
});
const secondStage = (levels: 3 | 4 | 5): Kind => ({
  name: `second-stage table of ${levels} levels`,
  levels,
  present: 3n,
  canonical: false,
  create: (options) => new SecondStageTable({ ...options, levels }),
});

/** Every page that is reachable from the root, found by reading the words alone (§3.6, §3.7). */
function pagesOf(memory: MapMemory, kind: Kind, root: bigint): Page[] {
  const pages: Page[] = [];
  const visit = (table: bigint, level: number, base: bigint) => {
    const bytes = 2n ** BigInt(12 + 9 * (level - 1));
    for (let i = 0n; i < 512n; i++) {
      const entry = memory.at(table + i * 8n);
      if ((entry & kind.present) === 0n) continue;
      let iova = base + i * bytes;
      const large = (level === 2 || level === 3) && (entry & 0x80n) !== 0n;
      if (level > 1 && !large) {
        visit(entry & 0xf_ffff_ffff_f000n, level - 1, iova);
        continue;
      }
      const physical = entry & 0xf_ffff_ffff_f000n;
      const width = BigInt(12 + 9 * kind.levels);
      if (kind.canonical && iova >> (width - 1n) === 1n) iova += 2n ** 64n - 2n ** width;
      pages.push({ iova, size: bytes, physical, flags: entry & ~physical });
    }
  };
  visit(root, kind.levels, 0n);
  return pages;
}

const flags = fc.record({ write: fc.boolean(), accessed: fc.boolean(), dirty: fc.boolean() });
const mapOperation = fc.record({
  kind: fc.constant("map" as const),
  place,
  size: fc.constantFrom<PageSize>(PAGE_4K, PAGE_2M, PAGE_1G),
  frame: fc.integer({ min: 0, max: 1023 }),
  count: fc.integer({ min: 1, max: 3 }),
  flags,
});
const unmapOperation = fc.record({ kind: fc.constant("unmap" as const), pick: fc.nat() });
const pruneOperation = fc.record({ kind: fc.constant("prune" as const) });
const operation = fc.oneof(
  { weight: 4, arbitrary: mapOperation },
  { weight: 3, arbitrary: unmapOperation },
  { weight: 1, arbitrary: pruneOperation },
);

type Flags = Drawn<typeof flags>;
type MapOperation = Drawn<typeof mapOperation>;
type Operation = Drawn<typeof operation>;

/** The input range ends at the top of a half (first stage) or of the width. */
function inRange(kind: Kind, iova: bigint, bytes: bigint): boolean {
  const width = BigInt(12 + 9 * kind.levels);
  const end = iova + bytes;
  if (!kind.canonical) return end <= 2n ** width;
  return iova >= 2n ** 63n ? end <= 2n ** 64n : end <= 2n ** (width - 1n);
}

/** The bits of a leaf, by the reference: U/S is set by default, R too. */
function leafFlags(kind: Kind, size: PageSize, wanted: Flags): bigint {
  const bit = (on: boolean, at: bigint) => (on ? 1n << at : 0n);
  const always = (kind.canonical ? 5n : 1n) | bit(size !== 0x1000, 7n);
  const [accessed, dirty] = kind.canonical ? [5n, 6n] : [8n, 9n];
  return always | bit(wanted.write, 1n) | bit(wanted.accessed, accessed) | bit(wanted.dirty, dirty);
}

/** The table under test, and beside it the list of pages that it ought to hold. */
class Trial {
  readonly memory = new MapMemory(1n << 52n);
  readonly frames = new FrameAllocator({ start: 0x10_0000n, end: 0x100_0000n });
  readonly table: FirstStageTable | SecondStageTable;
  pages: Page[] = [];

  constructor(readonly kind: Kind) {
    this.table = kind.create({ memory: this.memory, frames: this.frames });
  }

  perform(step: Operation): void {
    if (step.kind === "map") this.#map(step);
    else if (step.kind === "unmap") this.#unmap(step.pick);
    else for (const frame of this.table.prune()) this.frames.release(frame);
  }

  #map({ place, size, frame, count, flags }: MapOperation): void {
    const iova = iovaAt(this.kind, place, size);
    const bytes = BigInt(size) * BigInt(count);
    const physical = (1n << 32n) + BigInt(frame) * BigInt(size);
    const free = this.pages.every((p) => p.iova + p.size <= iova || p.iova >= iova + bytes);
    const map = () => this.table.map(iova, physical, { size, count, ...flags });
    if (!free || !inRange(this.kind, iova, bytes)) {
      expect(map).toThrow(RangeError);
      return;
    }
    map();
    for (let at = 0n; at < bytes; at += BigInt(size)) {
      this.pages.push({
        iova: iova + at,
        size: BigInt(size),
        physical: physical + at,
        flags: leafFlags(this.kind, size, flags),
      });
    }
  }

  #unmap(pick: number): void {
    const [page] = this.pages.splice(pick % Math.max(1, this.pages.length), 1);
    if (page !== undefined) this.table.unmap(page.iova);
  }
}

describe.each(
  [firstStage(4), firstStage(5), secondStage(3), secondStage(4), secondStage(5)].map(
    (kind) => [kind.name, kind] as const,
  ),
)("after any calls of map, unmap and prune a %s", (_, kind) => {
  it("holds exactly the pages that are mapped, and has refused what overlaps", () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 14 }), (operations) => {
        const trial = new Trial(kind);
        for (const step of operations) trial.perform(step);
        const expected = trial.pages.sort((a, b) => (a.iova < b.iova ? -1 : 1));
        expect(pagesOf(trial.memory, kind, trial.table.pointer)).toEqual(expected);
        for (const page of expected) {
          const last = trial.table.lookup(page.iova + page.size - 1n);
          expect(last?.physical).toBe(page.physical + page.size - 1n);
        }
      }),
      { numRuns: 60 },
    );
  });
});
