import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/**
 * A read-write semaphore. A writer that waits keeps new readers out, so that a reader who comes twice, or
 * who wants to write, waits for ever.
 */
export declare class Rwsem extends KernelObject {
    #private;
    downRead(): Routine;
    upRead(): Routine;
    downWrite(): Routine;
    upWrite(): Routine;
}
