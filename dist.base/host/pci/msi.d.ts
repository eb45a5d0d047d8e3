import type { Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
import type { MessageSignaledInterrupt } from "../spec/requests.js";
/**
 * Message Signaled Interrupts, capability 05h: one message, 64-bit address; per-vector masking, with
 * its registers, unless `maskable` is false.
 */
export declare function msiCapability(at: number, maskable?: boolean): Capability;
/**
 * The message of a function. A message that is masked, or that the function may not send because
 * it is no bus master, is pending until it can go; with MSI disabled it is lost. A capability
 * without masking has no place for a pending message: one that cannot go at once is lost.
 */
export declare class Msi {
    #private;
    /** `send` answers false if the function may not send now. */
    constructor(config: ConfigSpace, at: number, send: (message: MessageSignaledInterrupt) => boolean);
    get enabled(): boolean;
    get pending(): boolean;
    /** Sends the message or makes it pending. True if it was sent. */
    raise(): boolean;
    /** Sends a pending message if nothing holds it back any more. True if it was sent. */
    retry(): boolean;
}
