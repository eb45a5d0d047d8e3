import type { ConformanceCase } from "../../case.js";
import { contextEntries } from "./context-entries.js";
import { pagingEntries } from "./paging-entries.js";
import { pasidEntries } from "./pasid-entries.js";
import { rootEntries } from "./root-entries.js";
import { scalableContextEntries } from "./scalable-context-entries.js";

/** Cases of chapter 9, one file to a topic. */
export const chapter9: readonly ConformanceCase[] = [
  ...[...rootEntries, ...contextEntries, ...scalableContextEntries],
  ...[...pasidEntries, ...pagingEntries],
];
