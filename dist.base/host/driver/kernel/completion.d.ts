import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/** Something that one task says is done, and others wait for. */
export declare class Completion extends KernelObject {
    #private;
    /** Completed and not waited for. */
    get isDone(): boolean;
    complete(): Routine;
    /** For all who wait now and later, until `reinit`. */
    completeAll(): Routine;
    reinit(): Routine;
    wait(): Routine;
}
