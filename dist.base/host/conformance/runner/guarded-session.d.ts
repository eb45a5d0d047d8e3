import type { Answer, Operation } from "../operation.js";
import type { Session, SessionDescription } from "../target.js";
/** The target is gone, hangs or talks nonsense: nothing more is to be had from this session. */
export declare class TargetBroken extends Error {
    readonly name = "TargetBroken";
}
/** A session whose target may not be trusted: it gets a time limit, and its answers are looked at. */
export declare class GuardedSession implements Session {
    #private;
    readonly description: SessionDescription;
    /** @param milliseconds for each batch of operations; 0 for no limit */
    constructor(session: Session, milliseconds: number);
    /** Why the session cannot be used any more. */
    get broken(): string | undefined;
    perform(operations: readonly Operation[]): Promise<readonly Answer[]>;
    close(): Promise<void>;
}
/** Waits for at most so many milliseconds. */
export declare function within<T>(promise: Promise<T>, milliseconds: number): Promise<T>;
