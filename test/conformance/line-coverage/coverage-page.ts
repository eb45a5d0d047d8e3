/** Lines of one file that have a statement, and those that were not executed. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: number;
  readonly missed: readonly number[];
}

const HEAD = `# Lines of the unit that the conformance suite executes

\`npm run coverage:assembly -- --write\` puts a call ahead of every line of \`assembly/\` that has a statement, compiles core.wasm, and
runs the suite with all presets. A target of the suite has single requests, no batches, and cannot ask the unit to explain itself: of
those lines the unit's own tests tell.
`;

/** docs/conformance-lines.md. */
export function coveragePage(files: readonly FileCoverage[]): string {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const missed = files.reduce((sum, file) => sum + file.missed.length, 0);
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  return [
    HEAD,
    `${percent(lines - missed, lines)} of ${lines} lines.`,
    "",
    "| File of assembly/ | Executed | Lines that were not |",
    "| --- | --- | --- |",
    ...files.map(
      (file) =>
        `| ${file.file} | ${percent(file.lines - file.missed.length, file.lines)} | ${file.missed.join(", ")} |`,
    ),
    "",
  ].join("\n");
}
