import { type ConformanceCase } from "../../../case.js";
/** What §11.4.2 and §11.4.3 say about fields that go together. */
export declare const capabilityRuleCases: readonly ConformanceCase[];
