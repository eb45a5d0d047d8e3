import type { ConformanceCase } from "../../case.js";

/** Cases of chapter 6, one file to a topic. */
export const chapter6: readonly ConformanceCase[] = [];
