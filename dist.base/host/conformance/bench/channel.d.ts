import { type Ability } from "../abilities.js";
import type { Operation, OperationName, OperationTable } from "../operation.js";
import type { Session } from "../target.js";
import type { ShadowMemory } from "./shadow-memory.js";
/**
 * The way from a case to its target. Operations whose answers say nothing wait for the next one that
 * does, so that a target behind a pipe gets few, long batches; the order stays.
 */
export declare class Channel {
    #private;
    constructor(session: Session, memory: ShadowMemory);
    get session(): Session;
    /** Does something whose answer tells nothing, now or with the next `ask`. */
    post(operation: Operation): Promise<void>;
    /** Does something, after everything before it, and answers what came of it. */
    ask<K extends OperationName>(operation: Operation<K>): Promise<OperationTable[K]["answer"]>;
    /** As `ask`, for several at once. */
    askAll<K extends OperationName>(operations: readonly Operation<K>[]): Promise<OperationTable[K]["answer"][]>;
    /** Does everything that waits. */
    flush(): Promise<void>;
    /** Throws a CaseSkip if the target lacks an ability. */
    require(ability: Ability): void;
}
