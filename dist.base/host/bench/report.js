import { cpus } from "node:os";
import { compilerFlags } from "./compiler.js";
/** This machine. @param compiler the first line that the compiler's `--version` prints */
export function describeMachine(compiler) {
    const all = cpus();
    return {
        cpu: all[0]?.model.trim() ?? "unknown",
        cpus: all.length,
        platform: process.platform,
        arch: process.arch,
        node: process.versions.node,
        v8: process.versions.v8,
        ...(compiler !== undefined && {
            compiler: { version: compiler, flags: compilerFlags.join(" ") },
        }),
    };
}
const round = (value, digits) => Number(value.toFixed(digits));
/** What `viommu bench --json` prints, without the version of its schema (docs/bench.schema.json). */
export function reportData({ machine, results }) {
    return {
        machine,
        cases: results.map(({ name, figures, native }) => ({
            name,
            nsPerOp: round(figures.median, 2),
            opsPerSecond: Math.round(1e9 / figures.median),
            ...(native !== undefined && {
                native: { nsPerOp: round(native.figures.median, 2), ratio: round(native.ratio, 3) },
            }),
        })),
    };
}
/** The rows of a table for people; the first names the columns. */
export function reportRows(results) {
    const header = ["case", "ns", "quartiles", "least", "M/s", "native ns", "ratio", "what"];
    return [
        header,
        ...results.map(({ name, title, figures, native }) => [
            name,
            figures.median.toFixed(1),
            `${figures.lowerQuartile.toFixed(1)}-${figures.upperQuartile.toFixed(1)}`,
            figures.least.toFixed(1),
            (1e3 / figures.median).toFixed(1),
            native?.figures.median.toFixed(1) ?? "",
            native?.ratio.toFixed(2) ?? "",
            title,
        ]),
    ];
}
