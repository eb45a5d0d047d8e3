/** Entries of the translation structures (VT-d 5.10 chapter 9). */
export { interruptEntries } from "./interrupt-entries.js";
export { pagingEntries } from "./paging-entries.js";
export { tableEntries } from "./table-entries.js";
