import { describe, expect, it } from "vitest";
import { AssemblyBuild } from "./assembly-build.js";
import { mutants } from "./mutants/index.js";
import { mutated, tryMutant } from "./trial.js";

const build = new AssemblyBuild();

/** Mistakes of each chapter that are tried here; `npm run test:mutation` tries all. */
const SAMPLE = [
  "sets no dirty flag in a first-stage leaf",
  "takes PASIDs that the directory has no room for",
  "answers translation requests though DTE is 0",
  "takes interrupts from any requester",
  "keeps the IOTLB of a domain",
  "records the PASID cut to 16 bits",
  "does not set PRO when the page request queue is full",
  "clears no RW1C bits",
];

describe("mistakes in the unit", () => {
  it("are changes of texts that the sources have, each with a sentence of its own", () => {
    for (const mutant of mutants)
      expect(mutated(build, mutant)).not.toBe(build.source(mutant.file));
    const sentences = mutants.map(({ does }) => does);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.length).toBeGreaterThanOrEqual(60);
  });

  it("are refused when the text is not there, by its name", () => {
    const mutant = { ...mutants[0]!, from: "no such text" };
    expect(() => mutated(build, mutant)).toThrow(/has 0 times the text "no such text"/);
  });

  it.each(SAMPLE)("are noticed by the suite: a unit that %s", async (does) => {
    const mutant = mutants.find((each) => each.does === does)!;
    const { caughtBy } = await tryMutant(build, mutant);
    expect(caughtBy).toMatch(/^VTD-/);
  });
});
