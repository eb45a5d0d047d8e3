import { detailLines, totalsOf, type CaseResult, type RunResult } from "../runner/result.js";
import { chapterOf, chapters, SPECIFICATION } from "./reporter.js";

/** Puts text into a style where the terminal shows styles. */
export type Style = (style: "good" | "bad" | "strong" | "weak", text: string) => string;

/** Skipped cases with the same reason are told of together; of this many ids are named. */
const NAMED = 3;

/** For people: counts by chapter, what was skipped and why, deviations, and failures at the end. */
export function humanReport(result: RunResult, style: Style = (_, text) => text): string {
  const { cases } = result;
  const of = (status: CaseResult["status"]) => cases.filter((each) => each.status === status);
  const totals = totalsOf(cases);
  const bad = totals.failed > 0;
  return [
    style("strong", `${SPECIFICATION} conformance of ${result.title}`),
    ...chapterLines(cases),
    ...skipLines(cases),
    ...deviationLines(of("known-deviation")),
    ...result.fixed.map(({ id, does }) => style("strong", `no longer seen: ${id}, ${does}`)),
    ...of("failed").flatMap((failed) => failureLines(failed, style)),
    "",
    style(
      bad ? "bad" : "good",
      `${totals.passed} passed, ${totals.failed} failed, ${totals.knownDeviations} known deviations, ` +
        `${totals.skipped} skipped`,
    ),
    "",
  ].join("\n");
}

function chapterLines(cases: readonly CaseResult[]): string[] {
  const numbers = [...new Set(cases.map(({ section }) => chapterOf(section)))];
  return numbers
    .sort((a, b) => a - b)
    .map((chapter) => {
      const here = totalsOf(cases.filter(({ section }) => chapterOf(section) === chapter));
      const title = `${chapter} ${chapters[chapter] ?? ""}`.padEnd(36);
      const failed = here.failed === 0 ? "" : `, ${here.failed} failed`;
      const known = here.knownDeviations === 0 ? "" : `, ${here.knownDeviations} known deviations`;
      const skipped = here.skipped === 0 ? "" : `, ${here.skipped} skipped`;
      return `  ${title} ${here.passed} passed${failed}${known}${skipped}`;
    });
}

/** Why cases were skipped that ran with no preset at all; the others are counted. */
function skipLines(cases: readonly CaseResult[]): string[] {
  const skipped = cases.filter(({ status }) => status === "skipped");
  if (skipped.length === 0) return [];
  const ran = new Set(cases.filter(({ status }) => status !== "skipped").map(({ id }) => id));
  const everywhere = skipped.filter(({ id }) => !ran.has(id));
  const byReason = new Map<string, Set<string>>();
  for (const { reason = "", id } of everywhere) {
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(id));
  }
  const lines = [...byReason].map(([reason, ids]) => {
    const more = ids.size > NAMED ? ` and ${ids.size - NAMED} more` : "";
    return `  ${reason}: ${[...ids].slice(0, NAMED).join(", ")}${more}`;
  });
  const elsewhere = new Set(skipped.filter(({ id }) => ran.has(id)).map(({ id }) => id)).size;
  const note = `  ${elsewhere} cases with some presets, for capabilities that those do not report`;
  return ["", "skipped", ...lines, ...(elsewhere > 0 ? [note] : [])];
}

function deviationLines(known: readonly CaseResult[]): string[] {
  if (known.length === 0) return [];
  return ["", "known deviations", ...known.map((each) => `  ${each.deviation}: ${each.id}`)];
}

function failureLines(failed: CaseResult, style: Style): string[] {
  return [
    "",
    style("bad", `FAILED ${failed.id} [${failed.configuration}]`),
    `  ${failed.title} (§${failed.section})`,
    ...detailLines(failed).map((line) => `    ${line}`),
  ];
}
