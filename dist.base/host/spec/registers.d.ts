import type { Register } from "./fields.js";
/** Every register of VT-d 5.10 chapter 11, and the two of 4.x that it dropped (GCMD and FSTS bits, AFLOG). */
export declare const registers: readonly Register[];
