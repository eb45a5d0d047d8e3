import { KernelObject } from "./kernel-object.js";
import { type Routine } from "./step.js";
/**
 * Read-copy-update by epochs: a grace period is over when every reader that was in its section when the
 * period began has left it. Readers never wait, and must not sleep.
 */
export declare class Rcu extends KernelObject {
    #private;
    constructor(kernel: Rcu["kernel"]);
    readLock(): Routine;
    readUnlock(): Routine;
    /** Waits until every reader of this moment has left. */
    synchronize(): Routine;
    /** Runs `callback` after a grace period, as a task of its own. */
    call(name: string, callback: () => Routine): Routine;
    /** Frees an allocation after a grace period. */
    kfree(object: object): Routine;
    /** Callbacks queued so far. */
    get callbacks(): number;
}
