import type { Structure } from "./fields.js";
/** Paging structure entries of every level (§9.7, §9.8). Which bits are reserved or ignored depends on the level. */
export declare const pagingEntries: readonly Structure[];
