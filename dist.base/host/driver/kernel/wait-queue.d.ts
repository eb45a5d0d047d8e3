import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/**
 * Tasks that sleep until they are woken, and then look whether what they wait for is true. Nobody wakes
 * them by making it true alone: a forgotten `wake` is a deadlock.
 */
export declare class WaitQueue extends KernelObject {
    #private;
    /** Sleeps until `condition` holds; `what` says it in words. */
    waitUntil(condition: () => boolean, what: string): Routine;
    wakeAll(): Routine;
}
