import { afterEach, describe, expect, it, vi } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { Iommu } from "../../host/iommu.js";
import { combinations } from "./combinations.js";
import { compare, report } from "./comparison.js";

afterEach(() => vi.restoreAllMocks());

/** A unit with a mistake: translated addresses are one page too high. */
function spoilTranslations(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { translate } = Iommu.prototype;
  vi.spyOn(Iommu.prototype, "translate").mockImplementation(function (this: Iommu, request) {
    const result = translate.call(this, request);
    return result.status === "ok" ? { ...result, address: result.address + 0x1000n } : result;
  });
}

describe("a mistake in the unit", () => {
  it("is reported with all that leads to it, and replayed from its seed", async () => {
    spoilTranslations();
    const { difference, runs } = await compare({
      kind: "translation",
      runs: 500,
      seed: 4_000_000_007,
    });
    expect(runs).toBeLessThan(500);
    const text = report(difference!);
    expect(text).toMatch(/^translation: translate is answered differently\n/);
    for (const part of ["unit: { preset:", "root table", "write RTADDR", "the oracle: {"]) {
      expect(text).toContain(part);
    }
    const { seed, path } = difference!;
    expect(text).toContain(
      `replay: npm run fuzz -- --kind translation --seed ${seed} --path ${path}`,
    );

    const replayed = await compare({ kind: "translation", runs: 1, seed, path });
    expect(report(replayed.difference!)).toBe(text);
    vi.restoreAllMocks();
    expect(await compare({ kind: "translation", runs: 1, seed, path })).toEqual({ runs: 1 });
  });
});

describe("random runs", () => {
  it("are of a kind that there is", async () => {
    const wrong = compare({ kind: "tables", runs: 1, seed: 1 });
    await expect(wrong).rejects.toThrow(/no kind "tables": expected one of translation, /);
  });

  it("have legal combinations of capabilities, the same for the same seed", () => {
    const drawn = combinations(3, 40);
    expect(drawn).toHaveLength(40);
    expect(combinations(3, 40)).toEqual(drawn);
    expect(combinations(4, 40)).not.toEqual(drawn);
    for (const combination of drawn) {
      expect(resolveCapabilities(combination).values).toMatchObject(combination.capabilities);
    }
  });
});
