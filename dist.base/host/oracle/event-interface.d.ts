import type { Outbox } from "./outbox.js";
import type { RegisterFile } from "./register-file.js";
/** First letters of the register names: fault, invalidation and page request events. */
export type EventPrefix = "FE" | "IE" | "PE";
/**
 * One of the unit's own messages with its mask and pending bit (§7.3, §6.5.2.10, §7.5 use the same
 * words). Whether a condition is a new one is for the caller to say. Never remapped (§5.1.6).
 */
export declare class EventInterface {
    #private;
    constructor(registers: RegisterFile, prefix: EventPrefix, outbox: Outbox);
    /** A condition came up, and none was pending. */
    raise(): void;
    /** Also after software wrote the mask. */
    sendIfUnmasked(): void;
    /** Software has cleared every status bit that the event stands for. */
    serviced(): void;
}
