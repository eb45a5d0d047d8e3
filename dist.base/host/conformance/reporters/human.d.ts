import { type RunResult } from "../runner/result.js";
/** Puts text into a style where the terminal shows styles. */
export type Style = (style: "good" | "bad" | "strong" | "weak", text: string) => string;
/** For people: counts by chapter, what was skipped and why, deviations, and failures at the end. */
export declare function humanReport(result: RunResult, style?: Style): string;
