import type { ConformanceCase } from "./case.js";
/**
 * Whether a case is meant by a filter: the number of a section, with those below it ("7.2"), an id or
 * the start of one ("VTD-7.2.1-"), or a capability that the case needs ("SMTS").
 */
export declare function isMeant(subject: ConformanceCase, filter: string): boolean;
/** The cases that one of the filters means; all without a filter. */
export declare function chosenCases(cases: readonly ConformanceCase[], filters: readonly string[]): ConformanceCase[];
