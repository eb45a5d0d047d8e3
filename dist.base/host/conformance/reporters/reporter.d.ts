import type { RunResult } from "../runner/result.js";
/** Makes the text of a report. */
export type Reporter = (result: RunResult) => string;
/** The specification that the cases are about. */
export declare const SPECIFICATION = "Intel VT-d 5.10";
/** Chapter of a section: 7 of "7.2.1". */
export declare function chapterOf(section: string): number;
/** Titles of the manual's chapters that have cases. */
export declare const chapters: Readonly<Record<number, string>>;
