import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/** An interrupt line with a thread that waits for it. Messages that come before the thread looks are one. */
export declare class Interrupt extends KernelObject {
    #private;
    get pending(): boolean;
    /** Part of the step that makes the hardware send the message. */
    raise(): void;
    /** Waits for a message and takes it. */
    wait(): Routine;
}
