import type { Structure } from "./fields.js";
/** Interrupt remapping table entries and the posted-interrupt descriptor (§9.9 to §9.11). */
export declare const interruptEntries: readonly Structure[];
