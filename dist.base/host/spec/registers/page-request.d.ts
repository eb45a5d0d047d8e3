import type { Register } from "../fields.js";
/** Page request queue registers (§11.4.11). */
export declare const pageRequestRegisters: readonly Register[];
