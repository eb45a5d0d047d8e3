import type { Register } from "../fields.js";
/** Queued invalidation registers (§11.4.9). */
export declare const invalidationQueueRegisters: readonly Register[];
