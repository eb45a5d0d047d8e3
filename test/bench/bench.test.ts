import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  benchNames,
  isWanted,
  reportData,
  reportRows,
  runBench,
  type BenchReport,
} from "../../host/bench/index.js";
import { schemaProblems } from "../cli/schema.js";

const nativeSources = fileURLToPath(new URL("../../bench/native", import.meta.url));

const figures = { median: 6.5432, least: 6, lowerQuartile: 6.25, upperQuartile: 7 };
const report: BenchReport = {
  machine: {
    cpu: "a processor",
    cpus: 2,
    platform: "linux",
    arch: "x64",
    node: "20.19.0",
    v8: "11.3",
    oneCpu: 1,
    compiler: { version: "gcc 12", flags: "-O3" },
  },
  results: [
    {
      name: "core/hit-few-pages",
      title: "a hit",
      figures,
      native: { figures: { ...figures, median: 6 }, ratio: 1.09 },
    },
    { name: "unit/translate", title: "a call", figures },
  ],
};

it("measures wasm alone without a compiler, and says so", async () => {
  const lines: string[] = [];
  const { machine, results } = await runBench({
    rounds: 1,
    only: "core/hit-few-pages",
    nativeSources,
    compiler: "no-such-compiler",
    progress: (line) => lines.push(line),
  });
  expect(lines[0]).toBe("no no-such-compiler: wasm is measured alone");
  expect(machine.compiler).toBeUndefined();
  expect(results.map(({ name }) => name)).toEqual(["core/hit-few-pages"]);
  expect(results[0]?.native).toBeUndefined();
  expect(results[0]?.figures.median).toBeGreaterThan(0);
});

it("chooses cases by name, and by the part before or behind the slash", () => {
  const wanted = (only?: string) => benchNames.filter((name) => isWanted(name, only));
  expect(wanted()).toEqual(benchNames);
  expect(wanted("unit/translate")).toEqual(["unit/translate"]);
  expect(wanted("hit-any-way")).toEqual(["core/hit-any-way", "core-port/hit-any-way"]);
  expect(wanted("core").every((name) => name.startsWith("core/"))).toBe(true);
  expect(wanted("hit")).toEqual([]);
});

it("prints JSON that its schema describes", () => {
  const data = { schemaVersion: 1, ...reportData(report) };
  expect(schemaProblems("bench", data)).toEqual([]);
  expect(data).toMatchObject({
    cases: [
      {
        name: "core/hit-few-pages",
        nsPerOp: 6.54,
        opsPerSecond: 152_830_419,
        native: { nsPerOp: 6, ratio: 1.09 },
      },
      { name: "unit/translate", nsPerOp: 6.54 },
    ],
  });
});

it("prints a table with a column for the ratio, empty where there is nothing to compare", () => {
  const [header, hit, call] = reportRows(report.results);
  const ratio = header!.indexOf("ratio");
  expect(hit![ratio]).toBe("1.09");
  expect(call![ratio]).toBe("");
  expect(hit![header!.indexOf("quartiles")]).toBe("6.3-7.0");
  expect(hit![header!.indexOf("M/s")]).toBe("152.8");
});
