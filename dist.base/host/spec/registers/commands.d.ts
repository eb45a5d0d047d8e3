import type { Register } from "../fields.js";
/** Enhanced commands, resource director technology, virtual commands (§11.4.14 to §11.4.16). */
export declare const commandRegisters: readonly Register[];
