import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/** A sleeping lock with an owner. */
export declare class Mutex extends KernelObject {
    #private;
    get locked(): boolean;
    lock(): Routine;
    unlock(): Routine;
    /** `body` between lock and unlock. */
    hold<T>(body: () => Routine<T>): Routine<T>;
}
