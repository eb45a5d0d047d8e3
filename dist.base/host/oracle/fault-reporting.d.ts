import type { EventInterface } from "./event-interface.js";
import type { FaultRecorder } from "./fault-recording.js";
import type { RegisterFile, RegisterWrite } from "./register-file.js";
export type QueueErrorBit = "IQE" | "ICE" | "ITE";
/** The fault status and fault recording registers, and the fault event (§7.2, §7.3, §11.4.7). */
export declare class FaultReporting {
    #private;
    constructor(registers: RegisterFile, recorder: FaultRecorder, event: EventInterface);
    /** Shows in the registers what the recorder has taken, and raises the event if it is the first. */
    update(): void;
    /** An error of the invalidation queue. */
    raise(bit: QueueErrorBit): void;
    /** Software wrote the fault status register or a fault recording register. */
    written({ mnemonic, index, cleared }: RegisterWrite): void;
}
