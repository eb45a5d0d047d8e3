import type { Register } from "../fields.js";
/** ECAP_REG (§11.4.3). */
export declare const ecapRegister: Register;
