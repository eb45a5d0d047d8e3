import type { AccessesInFlight } from "./accesses-in-flight.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { ProtectedMemory } from "./oracle-state.js";
import type { RegisterFile } from "./register-file.js";
/** The protected low and high memory regions (§11.4.8). */
export declare class ProtectedRegions implements ProtectedMemory {
    #private;
    constructor(unit: UnitCapabilities, registers: RegisterFile, inFlight: AccessesInFlight);
    /**
     * Software wrote PMEN_REG. The regions block from here on; PRS follows when the requests have ended
     * that were in flight.
     */
    enableWritten(): void;
    /** Units before major version 2 let remapped requests into the regions (§11.4.8.1). */
    blocks(address: bigint, remapped: boolean): boolean;
}
