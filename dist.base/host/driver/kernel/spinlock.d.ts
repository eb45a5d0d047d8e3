import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/** A lock whose holder must not sleep. */
export declare class Spinlock extends KernelObject {
    #private;
    lock(): Routine;
    unlock(): Routine;
}
