import { cases, chosenCases, runCases } from "../../../host/conformance/index.js";
import { presetNames } from "../../../host/spec/index.js";
import type { AssemblyBuild } from "./assembly-build.js";
import { changedCore } from "./changed-core.js";
import type { Mutant } from "./mutant.js";

/** What became of a mutant. */
export interface Trial {
  /** The first case that failed, or undefined if the mutant lives. */
  readonly caughtBy: string | undefined;
  /** Runs of cases until then. */
  readonly runs: number;
}

/** Cases that are run at a time, before it is looked whether one failed. */
const PORTION = 25;

/** The text of the mutant's file. @throws RangeError if the change does not fit the sources */
export function mutated(build: AssemblyBuild, { file, from, to }: Mutant): string {
  const parts = build.source(file).split(from);
  if (parts.length !== 2) {
    throw new RangeError(
      `assembly/${file} has ${parts.length - 1} times the text ${JSON.stringify(from)}: expected it once`,
    );
  }
  return parts.join(to);
}

/** Runs the mutant's cases against it until one fails. */
export async function tryMutant(build: AssemblyBuild, mutant: Mutant): Promise<Trial> {
  const bytes = await build.compile(new Map([[mutant.file, mutated(build, mutant)]]));
  const target = changedCore(await WebAssembly.compile(bytes));
  const chosen = chosenCases(cases, mutant.cases);
  if (chosen.length === 0) throw new RangeError(`no case fits ${mutant.cases.join(", ")}`);
  let runs = 0;
  for (const preset of ["full", ...presetNames.filter((name) => name !== "full")]) {
    for (let start = 0; start < chosen.length; start += PORTION) {
      const portion = chosen.slice(start, start + PORTION);
      const result = await runCases({ target, cases: portion, presets: [preset] });
      const failed = result.cases.findIndex(({ status }) => status === "failed");
      runs += failed < 0 ? result.cases.length : failed + 1;
      if (failed >= 0) return { caughtBy: result.cases[failed]!.id, runs };
    }
  }
  return { caughtBy: undefined, runs };
}
