import type { ConformanceCase } from "../../case.js";

/** Cases of chapter 11, one file to a topic. */
export const chapter11: readonly ConformanceCase[] = [];
