import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { debates, lookupFigures, measureDebate } from "viommu/driver";
import { debateSection, pageAround } from "../../../host/build/debates-page.js";

const page = readFileSync(new URL("../../../docs/driver-debates.md", import.meta.url), "utf8");
/** What to do after a change of a scenario, of the explorer, or of what is measured. */
const OLD =
  "docs/driver-debates.md is out of date: npm run build && node dist/host/build/debates.js";

/** The sections of the debates, in the order of the page. */
function sectionsOf(text: string): string[] {
  const parts = text.split(/^(?=## )/m).slice(1, 1 + debates.length);
  // The page has an empty line between two of them.
  return parts.map((part) => part.replace(/\n\n$/, "\n"));
}

describe("the page of the debates", () => {
  it.each(debates)("$id: the figures are those of a run now", async (debate) => {
    const section = sectionsOf(page)[debates.indexOf(debate)];
    expect(section, OLD).toBe(debateSection(await measureDebate(debate)));
  });

  it("has the debates in their order, between a text, the lookups and the costs as they are now", () => {
    expect(page, OLD).toBe(pageAround(sectionsOf(page)));
  });

  it.each(debates)("$id: has a row for each answer, which says what it is", (debate) => {
    const section = sectionsOf(page)[debates.indexOf(debate)]!;
    const cells = section.split("\n").filter((line) => line.startsWith("| `"));
    const rows = cells.map((line) =>
      line
        .split("|")
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );
    const { variants } = debate.scenario;
    const names = debate.answers ?? Object.keys(variants);
    const answers = names.map((name) => [`\`${name}\``, variants[name]!.about]);
    expect(rows, OLD).toEqual(answers);
  });
});

describe("a debate", () => {
  it("finds no violation of a sound answer, and one of each unsound answer", async () => {
    const debate = debates.find(({ id }) => id === "I.5")!;
    const { variants } = await measureDebate(debate, { runs: 20 });
    for (const { expected, search } of variants) {
      expect(search.violations.length > 0).toBe(expected === "unsound");
      expect(search.exhaustive).toBe(expected === "sound");
    }
  });

  it("I.1: epochs take fewer locks than the mutex, and keep memory for later", async () => {
    const { variants } = await measureDebate(
      debates.find(({ id }) => id === "I.1")!,
      { runs: 50 },
    );
    const [mutex, epoch] = ["mutex", "epoch"].map((name) =>
      variants.find(({ variant }) => variant === name),
    );
    expect(epoch!.pathLocks).toBeLessThan(mutex!.pathLocks);
    expect(epoch!.peakDeferredBytes).toBeGreaterThan(mutex!.peakDeferredBytes);
  });

  it("weighs the steps of the path by their costs", async () => {
    const debate = debates.find(({ id }) => id === "I.5")!;
    const free = { lock: 0, contended: 0, unlock: 0, load: 0, store: 0, atomic: 0 };
    const rest = { "read section": 0, "grace period": 0, allocate: 0, free: 0 };
    const costs = { ...free, ...rest, "queue or wake": 0, other: 0 };
    const none = await measureDebate(debate, { runs: 10, search: 1, costs });
    expect(none.variants.map(({ pathCycles }) => pathCycles)).toEqual([0, 0, 0, 0, 0]);
    const dear = { ...costs, lock: 100 };
    const locks = await measureDebate(debate, { runs: 10, search: 1, costs: dear });
    for (const { pathCycles, pathLocks } of locks.variants) {
      expect(pathCycles).toBe(Math.round(100 * pathLocks));
    }
  });
});

describe("finding a device by its source-id (I.3)", () => {
  const of = (structure: string) =>
    lookupFigures().filter((figures) => figures.structure === structure);

  it("list: half of the devices are read", () => {
    expect(of("list").map(({ meanReads }) => meanReads)).toEqual([1, 8.5, 128.5, 2048.5]);
  });

  it("red-black tree: at most twice the logarithm is read", () => {
    for (const { devices, mostReads } of of("red-black tree")) {
      expect(mostReads).toBeGreaterThanOrEqual(Math.floor(Math.log2(devices)) + 1);
      expect(mostReads).toBeLessThanOrEqual(2 * Math.log2(devices + 1));
    }
  });

  it("hash map: about a bucket and a device are read; direct table: one place of 256 KiB", () => {
    for (const { meanReads } of of("hash map")) expect(meanReads).toBeLessThan(2.5);
    for (const { meanReads, bytes } of of("direct table")) {
      expect([meanReads, bytes]).toEqual([1, 256 * 1024]);
    }
  });
});
