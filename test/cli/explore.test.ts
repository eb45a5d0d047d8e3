import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { temporaryFolder, viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

interface Json {
  readonly runs: readonly {
    readonly variant: string;
    readonly expected: string;
    readonly exhaustive: boolean;
    readonly violations: readonly { readonly invariant: string; readonly trace: string }[];
  }[];
}

const driver = new URL("../../dist/host/driver/index.js", import.meta.url).href;
const crossed = `
import { Mutex } from ${JSON.stringify(driver)};

export default {
  name: "crossed",
  about: "two locks, taken in two orders",
  variants: { both: { expected: "unsound", about: "each the other way round" } },
  setup(kernel) {
    const a = new Mutex(kernel, "a");
    const b = new Mutex(kernel, "b");
    function* both(first, second) {
      yield* first.lock();
      yield* second.lock();
      yield* second.unlock();
      yield* first.unlock();
    }
    kernel.spawn("one", () => both(a, b));
    kernel.spawn("two", () => both(b, a));
  },
};
`;

describe("viommu explore", () => {
  it("passes when the sound variants are clean and the unsound ones are caught", async () => {
    const { code, stdout } = await viommuHere([
      "explore",
      "--scenario",
      "rid-detach-order",
      "--exhaustive",
      "--json",
    ]);
    const json = JSON.parse(stdout) as Json;
    expect(schemaProblems("explore", json)).toEqual([]);
    expect(json.runs.map(({ variant, violations }) => [variant, violations.length])).toEqual([
      ["drain-first", 0],
      ["leave-first", 1],
    ]);
    expect(json.runs[0]!.exhaustive).toBe(true);
    expect(code).toBe(0);
  });

  it("fails when an unsound variant is not caught", async () => {
    const args = ["explore", "--scenario", "response-against-removal", "--variant", "reobtain"];
    const { code, stdout } = await viommuHere([...args, "--runs", "1"]);
    expect(stdout).toContain("NOT as expected: the variant is unsound");
    expect(code).toBe(1);
  });

  it("replays the trace that it printed, from the line or from a file, with the same end", async () => {
    const args = ["explore", "--scenario", "sva-unbind", "--variant", "no-flush", "--json"];
    const found = JSON.parse((await viommuHere(args)).stdout) as Json;
    const [violation] = found.runs[0]!.violations;
    const file = join(temporaryFolder(), "trace.txt");
    writeFileSync(file, `${violation!.trace}\n`);
    for (const trace of [violation!.trace, file]) {
      const { code, stdout } = await viommuHere(["explore", "--replay", trace, "--json"]);
      const again = JSON.parse(stdout) as Json;
      expect(schemaProblems("explore", again)).toEqual([]);
      expect(again.runs[0]!.violations[0]).toEqual(violation);
      expect(code).toBe(0);
    }
  });

  it("writes a page with the steps of a violation by task, and links to nothing", async () => {
    const file = join(temporaryFolder(), "diagram.html");
    const args = ["explore", "--scenario", "sva-unbind", "--variant", "no-flush", "--html", file];
    const { stdout } = await viommuHere([...args, "--json"]);
    const [violation] = (JSON.parse(stdout) as Json).runs[0]!.violations;
    const page = readFileSync(file, "utf8");
    expect(page).toContain(`${violation!.invariant}: `);
    expect(page).toContain('<div class="task">page request thread</div>');
    expect(page).not.toMatch(/https?:|src=|href=/);
  });

  it("runs a scenario of one's own, and says who waits for what in a deadlock of two mutexes", async () => {
    const file = join(temporaryFolder(), "crossed.mjs");
    writeFileSync(file, crossed);
    const args = ["explore", "--module", file];
    const { code, stdout } = await viommuHere([...args, "--all"]);
    expect(stdout).toContain(
      "deadlock: one waits to lock b, held by two; two waits to lock a, held by one\n" +
        "replay: crossed/both: two one\n",
    );
    expect(code).toBe(0);
    const again = await viommuHere([...args, "--replay", "crossed/both: one two"]);
    expect(again.stdout).toContain("two waits to lock a, held by one");
    expect((await viommuHere([...args, "--list"])).stdout).toContain("crossed: two locks");
  });

  it("lists the scenarios", async () => {
    const { stdout } = await viommuHere(["explore", "--list"]);
    expect(stdout).toMatch(/^ {2}leave-first +unsound +/m);
  });

  it.each([
    [[], "name a scenario, or ask for --all"],
    [["--scenario", "x"], 'no scenario "x"; --list lists them'],
    [["--scenario", "sva"], 'no scenario "sva"; near it: sva-unbind; --list lists them'],
    [["--scenario", "sva-unbind", "--record", "x"], "of sva-unbind; there are drain-first,"],
    [["--scenario", "fault-cookies", "--record", "x"], "of fault-cookies; --list lists them"],
    [["--scenario", "sva-unbind", "--variant", "x"], 'no variant "x"; there are drain-first'],
    [["--all", "--runs", "0"], "--runs"],
    [["--all", "--module", "absent.mjs"], "cannot load absent.mjs"],
    [["--all", "--module", "test/cli/run.ts"], "is no scenario: expected { name, about"],
    [["--replay", "nonsense"], '"nonsense" is no trace'],
    [["--replay", "sva-unbind/drain-first: nobody"], "step 1 of the trace is of nobody"],
    [["--replay", "sva-unbind/x: process"], 'sva-unbind has no variant "x"'],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await viommuHere(["explore", ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe("viommu explore --debates", () => {
  it("measures every debate as JSON, with wall time", async () => {
    const { code, stdout } = await viommuHere(["explore", "--debates", "--runs", "2", "--json"]);
    const json = JSON.parse(stdout) as {
      debates: { id: string; variants: { wallMicroseconds: number }[] }[];
    };
    expect(schemaProblems("debates", json)).toEqual([]);
    expect(json.debates.map(({ id }) => id)).toEqual(["I.1", "I.2", "I.3", "I.4", "I.5"]);
    expect(code).toBe(0);
  });
});
