import type { Register } from "../fields.js";
/** Fault status, event and recording registers (§11.4.7). */
export declare const faultRegisters: readonly Register[];
