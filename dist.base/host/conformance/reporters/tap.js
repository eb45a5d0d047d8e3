import { detailLines } from "../runner/result.js";
/** The Test Anything Protocol, version 14. */
export function tapReport({ cases }) {
    const lines = cases.flatMap((each, index) => [
        `${each.status === "failed" || each.status === "known-deviation" ? "not ok" : "ok"} ${index + 1} - ${description(each)}${directive(each)}`,
        ...diagnostics(each),
    ]);
    return ["TAP version 14", `1..${cases.length}`, ...lines, ""].join("\n");
}
function description({ id, title, configuration }) {
    return `${id} [${configuration}] ${title}`.replaceAll(/[#\\]/g, "\\$&");
}
/** "TODO" is what TAP calls a failure that is expected. */
function directive({ status, reason = "", deviation }) {
    if (status === "skipped")
        return ` # SKIP ${oneLine(reason)}`;
    if (status === "known-deviation")
        return ` # TODO known deviation ${deviation ?? ""}`;
    return "";
}
function diagnostics(result) {
    if (result.status !== "failed" && result.status !== "known-deviation")
        return [];
    return detailLines(result).map((line) => `# ${oneLine(line)}`);
}
function oneLine(text) {
    return text.replaceAll(/\s*\n\s*/g, " ");
}
