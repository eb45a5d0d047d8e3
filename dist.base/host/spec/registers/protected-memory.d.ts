import type { Register } from "../fields.js";
/**
 * Protected memory regions (§11.4.8), which the manual plans to drop. Their bounds have the
 * granularity of 1 MiB, N = 19 (implementation choice P1).
 */
export declare const protectedMemoryRegisters: readonly Register[];
