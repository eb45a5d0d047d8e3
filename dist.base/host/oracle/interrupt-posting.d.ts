import type { MemoryPort } from "../memory/port.js";
import type { MessageSignaledInterrupt } from "../spec/requests.js";
import type { InterruptConditionName } from "./interrupt-conditions.js";
/** What an entry in posted format asks for (§9.10). */
export interface Posting {
    /** Address of the posted-interrupt descriptor. */
    readonly descriptor: bigint;
    readonly vector: number;
    readonly urgent: boolean;
    /** EIME. */
    readonly extended: boolean;
}
export interface Posted {
    /** The notification to send, if there is one. */
    readonly notification: MessageSignaledInterrupt | undefined;
}
export declare function postingOf(entry: bigint, extended: boolean): Posting;
/**
 * Posts an interrupt (§5.2.3). The manual updates the whole line in one step. Implementation choice:
 * the word with the request bit first, then, read anew, the word with ON, each in an atomic step of
 * its own. So whoever clears ON later than the request was set has seen it, or is notified again.
 */
export declare function post(memory: MemoryPort, posting: Posting): Posted | InterruptConditionName;
