import { type RunResult } from "../runner/result.js";
/** The report as data, as docs/conformance.schema.json describes it but for `schemaVersion`. */
export declare function jsonData({ target, title, preset, cases, fixed }: RunResult): object;
