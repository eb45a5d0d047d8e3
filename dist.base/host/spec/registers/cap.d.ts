import type { Register } from "../fields.js";
/** CAP_REG (§11.4.2). */
export declare const capRegister: Register;
