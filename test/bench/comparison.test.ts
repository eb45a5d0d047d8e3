import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  compareRuns,
  comparisonRows,
  medianInterval,
  type Turn,
} from "../../host/bench/comparison.js";

const run = (cases: Readonly<Record<string, number>>) => new Map(Object.entries(cases));

/** Turns of one case: base takes `base`, head that times each ratio. */
const turnsOf = (ratios: readonly number[], base: (turn: number) => number = () => 10): Turn[] =>
  ratios.map((ratio, turn) => ({
    base: run({ case: base(turn) }),
    head: run({ case: base(turn) * ratio }),
  }));

const verdictOf = (ratios: readonly number[]) => compareRuns(turnsOf(ratios))[0]!.verdict;

describe("a comparison of two checkouts", () => {
  it("finds what changed, though turns differ more among themselves than the checkouts do", () => {
    const slow = (turn: number) => (turn % 3 === 0 ? 30 : 10);
    const [found] = compareRuns(turnsOf([0.9, 0.91, 0.89, 0.9, 0.92, 0.88, 0.9], slow));
    expect(found).toMatchObject({ name: "case", verdict: "faster", base: 10 });
    expect(found!.ratio).toBeCloseTo(0.9);
    expect(found!.low).toBeCloseTo(0.88);
    expect(found!.high).toBeCloseTo(0.92);
  });

  it("says slower as it says faster", () => {
    expect(verdictOf([1.1, 1.2, 1.1, 1.3, 1.1, 1.2])).toBe("slower");
  });

  it("calls no change what lies on both sides of 1, or is less than 2 percent", () => {
    expect(verdictOf([0.8, 1.3, 0.8, 1.3, 0.8, 1.3, 0.8])).toBe("no change");
    expect(verdictOf([0.99, 0.985, 0.99, 0.99, 0.985, 0.99, 0.99])).toBe("no change");
  });

  it("is not misled by one turn that something else has slowed", () => {
    const ratios = [0.9, 0.9, 0.9, 0.9, 5, 0.9, 0.9, 0.9, 0.9];
    expect(compareRuns(turnsOf(ratios))[0]).toMatchObject({ ratio: 0.9, verdict: "faster" });
  });

  it("is sure of nothing with five turns, and can be with six", () => {
    expect(verdictOf([0.5, 0.5, 0.5, 0.5, 0.5])).toBe("no change");
    expect(verdictOf([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])).toBe("faster");
  });

  it("leaves out cases that one of the checkouts does not have", () => {
    const turn = { base: run({ old: 1, both: 1 }), head: run({ both: 1, new: 1 }) };
    expect(compareRuns([turn]).map(({ name }) => name)).toEqual(["both"]);
  });

  it("refuses to compare nothing", () => {
    expect(() => compareRuns([])).toThrow(RangeError);
  });

  it("prints a row for each case", () => {
    const [header, row] = comparisonRows(compareRuns(turnsOf(Array<number>(7).fill(0.5))));
    expect(header).toContain("ratio");
    expect(row).toEqual(["case", "10.0", "5.0", "0.500", "0.500-0.500", "faster"]);
  });
});

describe("the interval of a median", () => {
  // Of n values, the pairs of the sign test at 95 %: n = 6 the outermost, 9 the second, 11 the second, 12 the third.
  it.each([
    [6, 0],
    [8, 0],
    [9, 1],
    [11, 1],
    [12, 2],
    [25, 7],
  ])("leaves out of %i values %i at each end", (count, outside) => {
    const values = Array.from({ length: count }, (_, index) => (index * 7) % count);
    const sorted = [...values].sort((a, b) => a - b);
    expect(medianInterval(values)).toEqual({
      low: sorted[outside],
      high: sorted[count - 1 - outside],
      sure: true,
    });
  });
});

describe("bench:compare", () => {
  const script = "dist/host/cli/bench-compare.js";

  it("runs a checkout against itself, and prints the cases", () => {
    const words = [script, ".", "--case", "unit/register-read", "--turns", "1", "--rounds", "1"];
    const output = execFileSync(process.execPath, words, { encoding: "utf8", stdio: "pipe" });
    expect(output).toMatch(/^unit\/register-read +[0-9.]+ +[0-9.]+ .* no change$/m);
  });

  it.each([
    [[], /usage: npm run bench:compare/],
    [
      ["no-such-revision"],
      /"no-such-revision" is neither a folder with a built checkout nor a revision of git/,
    ],
    [[".", "--turns", "0"], /--turns "0" is no number from 1 to 1000/],
    [[".", "--case", "nope"], /no case "nope"; viommu bench --help lists them/],
  ])("refuses %j", (words, message) => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...words], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
