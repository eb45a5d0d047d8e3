import { detailLines, totalsOf } from "../runner/result.js";
import { chapterOf, chapters } from "./reporter.js";
/** JUnit XML: a suite for each chapter. A known deviation is a skipped test with its details. */
export function junitReport({ target, cases }) {
    const numbers = [...new Set(cases.map(({ section }) => chapterOf(section)))];
    const suites = numbers.sort((a, b) => a - b).flatMap((chapter) => suite(target, chapter, cases));
    const { failed } = totalsOf(cases);
    const counts = `tests="${cases.length}" failures="${failed}"`;
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites name="${attribute(`VT-d conformance of ${target}`)}" ${counts}>`,
        ...suites,
        "</testsuites>",
        "",
    ].join("\n");
}
function suite(target, chapter, cases) {
    const here = cases.filter(({ section }) => chapterOf(section) === chapter);
    const { failed, skipped, knownDeviations } = totalsOf(here);
    const name = attribute(`${target}: ${chapter} ${chapters[chapter] ?? ""}`.trim());
    const counts = `tests="${here.length}" failures="${failed}" skipped="${skipped + knownDeviations}"`;
    return [`  <testsuite name="${name}" ${counts}>`, ...here.flatMap(testcase), "  </testsuite>"];
}
function testcase(result) {
    const { id, title, configuration, status, reason = "", deviation = "" } = result;
    const name = attribute(`${id} [${configuration}] ${title}`);
    const start = `    <testcase classname="${attribute(`VTD-${result.section}`)}" name="${name}"`;
    const details = detailLines(result).join("\n");
    if (status === "passed")
        return [`${start}/>`];
    const outcome = status === "failed"
        ? `<failure message="${attribute(firstLine(details))}">${text(details)}</failure>`
        : `<skipped message="${attribute(status === "skipped" ? reason : `known deviation ${deviation}`)}"/>`;
    return [`${start}>`, `      ${outcome}`, "    </testcase>"];
}
function firstLine(details) {
    return details.split("\n", 1)[0] ?? "";
}
/** Text that XML 1.0 can hold; a character that it cannot becomes a question mark. */
function text(value) {
    return value
        .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;");
}
function attribute(value) {
    return text(value)
        .replaceAll('"', "&quot;")
        .replaceAll(/[\t\n\r]/g, " ");
}
