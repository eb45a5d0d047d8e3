import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ReuseDistances } from "../../../host/profile/reuse/index.js";

/** Misses of a fully associative cache that replaces the least recently used entry, entry for entry. */
function missesOf(pages: readonly number[], entries: number): number {
  const cache: number[] = [];
  let misses = 0;
  for (const page of pages) {
    const place = cache.indexOf(page);
    if (place >= 0) cache.splice(place, 1);
    else misses += 1;
    cache.unshift(page);
    cache.length = Math.min(cache.length, entries);
  }
  return misses;
}

function distancesOf(pages: readonly number[], followed?: number): ReuseDistances {
  const distances = new ReuseDistances(followed);
  for (const page of pages) distances.add(0, page);
  return distances;
}

describe("reuse distances", () => {
  it("give the misses of a least-recently-used cache of every size, as the cache itself has them", () => {
    const uses = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(uses, (pages) => {
        for (const { entries, ratio } of distancesOf(pages, 64).summary.missRatio) {
          expect(ratio * pages.length).toBeCloseTo(missesOf(pages, entries), 6);
        }
      }),
    );
  });

  it("count different pages, and uses of a page that was used before", () => {
    const { pages, reuses, distance, sampledOneIn } = distancesOf([1, 2, 3, 1, 1, 2]).summary;
    expect({ pages, reuses, sampledOneIn }).toEqual({ pages: 3, reuses: 3, sampledOneIn: 1 });
    expect(distance).toMatchObject({ count: 3, min: 0, max: 2 });
  });

  it("tell pages of one number in two address spaces apart", () => {
    const distances = new ReuseDistances();
    for (const space of [1, 2, 2 ** 32 + 1]) distances.add(space, 7);
    distances.add(1, 2 ** 32 + 7);
    expect(distances.summary).toMatchObject({ pages: 4, reuses: 0, missRatio: [] });
  });

  it("follow a sample of the pages when there are more than can be followed, and stay near the truth", () => {
    const pages: number[] = [];
    for (let use = 0, state = 1; use < 100_000; use++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      pages.push((state >>> 8) % 6000);
    }
    const exact = distancesOf(pages, 8192).summary;
    const sampled = distancesOf(pages, 1024).summary;
    expect(exact.sampledOneIn).toBe(1);
    expect(sampled.sampledOneIn).toBe(8);
    expect(Math.abs(sampled.pages - exact.pages)).toBeLessThan(0.1 * exact.pages);
    const ratioOf = ({ missRatio }: typeof exact, entries: number): number =>
      missRatio.find((point) => point.entries === entries)!.ratio;
    for (const entries of [512, 1024, 2048, 4096, 8192]) {
      expect(Math.abs(ratioOf(sampled, entries) - ratioOf(exact, entries))).toBeLessThan(0.05);
    }
  });

  it("are the same for the same uses", () => {
    const pages = Array.from({ length: 5000 }, (_, use) => (use * use) % 3001);
    expect(distancesOf(pages, 256).summary).toEqual(distancesOf(pages, 256).summary);
  });
});
