import type { AccessesInFlight } from "./accesses-in-flight.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { RegisterFile, RegisterWrite } from "./register-file.js";
/**
 * CCMD_REG and IOTLB_REG (§6.5.1, §11.4.6). There is nothing to invalidate: what remains is whether the
 * command is served, and that it drains. Served is what was asked for, never more.
 */
export declare class RegisterBasedInvalidation {
    #private;
    constructor(unit: UnitCapabilities, registers: RegisterFile, inFlight: AccessesInFlight);
    /** The byte with ICC or IVT starts the command. `legacyMode`: TTM = 00b as latched. */
    written({ mnemonic, covered, written }: RegisterWrite, legacyMode: boolean): void;
}
