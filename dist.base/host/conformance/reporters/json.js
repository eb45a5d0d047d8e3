import { detailLines, totalsOf } from "../runner/result.js";
import { SPECIFICATION } from "./reporter.js";
/** The report as data, as docs/conformance.schema.json describes it but for `schemaVersion`. */
export function jsonData({ target, title, preset, cases, fixed }) {
    return {
        target,
        description: title,
        preset,
        specification: SPECIFICATION,
        ...totalsOf(cases),
        fixedDeviations: fixed.map(({ id }) => id),
        cases: cases.map((each) => {
            const detail = detailLines(each).join("\n");
            return {
                id: each.id,
                section: each.section,
                title: each.title,
                configuration: each.configuration,
                status: each.status,
                ...(detail !== "" && { detail }),
                ...(each.mismatches.length > 0 && { mismatches: each.mismatches }),
                ...(each.deviation !== undefined && { deviation: each.deviation }),
            };
        }),
    };
}
