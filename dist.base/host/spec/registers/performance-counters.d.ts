import type { Register } from "../fields.js";
/** Performance monitoring registers that lie where PERFCFGOFF and its neighbours say (§11.4.13). */
export declare const performanceCounterRegisters: readonly Register[];
