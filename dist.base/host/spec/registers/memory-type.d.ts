import type { Register } from "../fields.js";
/** The mirror of the processor's memory type range registers (§11.4.12). */
export declare const memoryTypeRegisters: readonly Register[];
