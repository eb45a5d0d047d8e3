import { detailLines, totalsOf } from "../runner/result.js";
import { chapterOf, chapters, SPECIFICATION } from "./reporter.js";
/** Skipped cases with the same reason are told of together; of this many ids are named. */
const NAMED = 3;
/** For people: counts by chapter, what was skipped and why, deviations, and failures at the end. */
export function humanReport(result, style = (_, text) => text) {
    const { cases } = result;
    const of = (status) => cases.filter((each) => each.status === status);
    const totals = totalsOf(cases);
    const bad = totals.failed > 0;
    return [
        style("strong", `${SPECIFICATION} conformance of ${result.title}`),
        ...chapterLines(cases),
        ...skipLines(of("skipped")),
        ...deviationLines(of("known-deviation")),
        ...result.fixed.map(({ id, does }) => style("strong", `no longer seen: ${id}, ${does}`)),
        ...of("failed").flatMap((failed) => failureLines(failed, style)),
        "",
        style(bad ? "bad" : "good", `${totals.passed} passed, ${totals.failed} failed, ${totals.knownDeviations} known deviations, ` +
            `${totals.skipped} skipped`),
        "",
    ].join("\n");
}
function chapterLines(cases) {
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
function skipLines(skipped) {
    const byReason = new Map();
    for (const { reason = "", id } of skipped) {
        byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
    }
    if (byReason.size === 0)
        return [];
    const lines = [...byReason].map(([reason, ids]) => {
        const names = [...new Set(ids)];
        const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
        return `  ${reason}: ${names.slice(0, NAMED).join(", ")}${more}`;
    });
    return ["", "skipped", ...lines];
}
function deviationLines(known) {
    if (known.length === 0)
        return [];
    return ["", "known deviations", ...known.map((each) => `  ${each.deviation}: ${each.id}`)];
}
function failureLines(failed, style) {
    return [
        "",
        style("bad", `FAILED ${failed.id} [${failed.configuration}]`),
        `  ${failed.title} (§${failed.section})`,
        ...detailLines(failed).map((line) => `    ${line}`),
    ];
}
