import type { Register } from "../fields.js";
/** Interrupt remapping table address (§11.4.10). */
export declare const interruptRemappingRegisters: readonly Register[];
