import type { Mutant } from "./mutant.js";

/** What became of a mutant: noticed by a case, alive, or not a mutant because it does not compile. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly outcome: "caught" | "alive" | "broken";
  /** The case that failed first, or why there is none. */
  readonly by: string;
  /** Cases that were run until then. */
  readonly runs: number;
}

const HEAD = `# Mistakes that the conformance suite notices

A suite is worth what it notices. \`npm run test:mutation\` breaks the unit in one place at a time, compiles it, and runs the cases
of the chapters that tell of it until one fails. A few of these mistakes are tried in every \`npm test\`.
[The list](../test/conformance/mutation/mutants) is data; this page is what
\`npm run test:mutation -- --write\` found.
`;

/** docs/conformance-mutation.md. */
export function mutationPage(verdicts: readonly Verdict[]): string {
  const caught = verdicts.filter(({ outcome }) => outcome === "caught").length;
  const rows = verdicts.map(
    ({ mutant, outcome, by }) =>
      `| ${mutant.does} | ${mutant.file} | ${outcome === "caught" ? by : `**${outcome}**`} |`,
  );
  return [
    HEAD,
    `${caught} of ${verdicts.length} mistakes were noticed.`,
    "",
    "| A unit that | File of assembly/ | First case that fails |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
