import type { Ability } from "../abilities.js";
import { type ReportedCapabilities } from "../capabilities.js";
import { type Configuration } from "../configuration.js";
import { type Target } from "../target.js";
import { GuardedSession } from "./guarded-session.js";
/** A unit ready for a case: after power-good reset. */
export interface ReadySession {
    readonly session: GuardedSession;
    readonly capabilities: ReportedCapabilities;
}
/** What a unit reports, and what its endpoints can do. */
export interface KnownUnit {
    readonly capabilities: ReportedCapabilities;
    readonly abilities: ReadonlySet<Ability>;
}
/** Holds the session of the last case, for the next one that wants the same unit. */
export declare class SessionPool {
    #private;
    /** @param milliseconds limit of what a target that may hang does at once */
    constructor(target: Target, milliseconds: number);
    /** What there is to know of a unit; opens it the first time alone. */
    look(configuration: Configuration): Promise<KnownUnit>;
    /**
     * A session with that unit, as after power-good reset.
     * @throws TargetRefusal, TargetBroken
     */
    take(configuration: Configuration): Promise<ReadySession>;
    close(): Promise<void>;
}
