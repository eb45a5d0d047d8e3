import type { MemoryPort } from "../memory/port.js";
import type { InterruptRequest, MessageSignaledInterrupt, RemapInterruptResult } from "../spec/requests.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { FaultRecorder } from "./fault-recording.js";
import { type InterruptTable } from "./interrupt-table.js";
/** What software has made of interrupt remapping. */
export interface InterruptState {
    /** GSTS_REG.IRES. */
    readonly enabled: boolean;
    /** GSTS_REG.CFIS. */
    readonly compatibilityFormat: boolean;
    /** As latched. */
    readonly table: InterruptTable;
}
/** Interrupt requests on their way through the unit (§5.1.4, §5.2.3). No entry is cached. */
export declare class InterruptRemapping {
    #private;
    constructor(unit: UnitCapabilities, memory: MemoryPort, recorder: FaultRecorder, notify: (message: MessageSignaledInterrupt) => void);
    /** Throws a RangeError for what is no interrupt request. */
    process(request: InterruptRequest, state: InterruptState): RemapInterruptResult;
}
