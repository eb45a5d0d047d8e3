import type { Register } from "../fields.js";
/** Version, global command and status, root table address, register-based invalidation (§11.4.1, §11.4.4 to §11.4.6). */
export declare const generalRegisters: readonly Register[];
