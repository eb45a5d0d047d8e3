import type { Register } from "../fields.js";
/** Performance monitoring registers at fixed offsets (§11.4.13). */
export declare const performanceRegisters: readonly Register[];
