import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import type { V86Cpu } from "./internals.js";
/** Why a message reached no CPU. */
export type LostReason = "not an interrupt address" | "the local APIC is disabled" | "no CPU has this destination" | "delivery mode other than fixed and lowest priority" | "vector below 16";
/**
 * Delivers messages to the local APIC of v86's CPU.
 *
 * v86 has no path for messages: the vector's request bit is set in the APIC itself. Doing more is
 * allowed only while no guest code runs. Translated code keeps its instruction pointer in a local, so
 * an interrupt that is dispatched under it is lost, and the guest stays deaf. v86 looks at the request
 * bits by itself after every block of about 100,000 instructions, and when interrupts are turned on.
 */
export declare class InterruptDelivery {
    #private;
    /** Messages that became a request of the local APIC. */
    delivered: number;
    /** @param guestRuns true while v86 is inside guest code or about to look at requests itself. */
    constructor(cpu: V86Cpu, guestRuns: () => boolean);
    /** Undefined if the message was delivered. */
    deliver(message: MessageSignaledInterrupt): LostReason | undefined;
}
