import type { ConformanceCase } from "../../case.js";
import { checksAndEvents } from "./checks-and-events.js";
import { counterCases } from "./counting.js";
import { overflowCases } from "./overflow.js";

/** Cases of chapter 10, one file to a topic. */
export const chapter10: readonly ConformanceCase[] = [
  ...[...counterCases, ...overflowCases, ...checksAndEvents],
];
