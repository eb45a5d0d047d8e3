/** `npm run coverage:assembly`: which lines of the unit the conformance suite executes. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases, runCases, totalsOf } from "../../../host/conformance/index.js";
import { presetNames } from "../../../host/spec/index.js";
import { AssemblyBuild } from "../mutation/assembly-build.js";
import { changedCore } from "../mutation/changed-core.js";
import { coveragePage, type FileCoverage } from "./coverage-page.js";
import { instrument } from "./instrument.js";

const LEAST = 95;
const PAGE = "docs/conformance-lines.md";
/** Not in core.wasm: the accessors of the other build. */
const ELSEWHERE = ["memory-port.ts"];

/** Lines of each file of assembly/ that the suite executes in core.wasm, with all presets. */
export async function measureLines(): Promise<FileCoverage[]> {
  const build = new AssemblyBuild();
  const files = build.files.filter(
    (file) =>
      !file.startsWith("generated/") && !file.endsWith(".d.ts") && !ELSEWHERE.includes(file),
  );
  const changes = new Map([["coverage.ts", "export declare function cover(line: i32): void;\n"]]);
  const places: { file: string; first: number; lines: readonly number[] }[] = [];
  let count = 0;
  for (const file of files) {
    const { text, lines } = instrument(build.source(file), count);
    changes.set(file, text);
    places.push({ file, first: count, lines });
    count += lines.length;
  }
  const executed = new Uint8Array(count);
  const cover = (place: number) => (executed[place] = 1);
  const module = await WebAssembly.compile(await build.compile(changes));
  const target = changedCore(module, { coverage: { cover } });
  const { failed } = totalsOf((await runCases({ target, cases, presets: presetNames })).cases);
  if (failed > 0) throw new Error(`${failed} cases fail: the lines of a unit that is right count`);
  return places
    .filter(({ lines }) => lines.length > 0)
    .map(({ file, first, lines }) => ({
      file,
      lines: lines.length,
      missed: lines.filter((_, place) => executed[first + place] === 0),
    }));
}

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const found = await measureLines();
const all = found.reduce((sum, { lines }) => sum + lines, 0);
const missed = found.reduce((sum, file) => sum + file.missed.length, 0);
const percent = (100 * (all - missed)) / all;
for (const { file, lines, missed: gaps } of found) {
  console.log(`${file.padEnd(28)} ${lines - gaps.length} of ${lines}  ${gaps.join(" ")}`);
}
console.log(`${percent.toFixed(1)} % of ${all} lines with statements`);
if (values.write) writeFileSync(PAGE, coveragePage(found));
if (percent < LEAST) process.exitCode = 1;
