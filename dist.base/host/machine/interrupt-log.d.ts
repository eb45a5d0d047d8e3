import type { MessageSignaledInterrupt } from "../spec/requests.js";
/** The interrupt messages of a machine, kept in order until they are taken. */
export declare class InterruptLog {
    #private;
    /** Messages that nobody has taken yet, oldest first. */
    get pending(): readonly MessageSignaledInterrupt[];
    /** Takes the pending messages out. */
    take(): MessageSignaledInterrupt[];
    /** Calls `listener` for each message as it arrives; answers how to stop. */
    on(listener: (message: MessageSignaledInterrupt) => void): () => void;
    /** Puts pending messages in place; listeners are not called. */
    restore(pending: readonly MessageSignaledInterrupt[]): void;
    /** A message arrives. */
    deliver(message: MessageSignaledInterrupt): void;
}
