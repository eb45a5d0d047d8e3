import type { V86Memory } from "./guest-ram.js";
import type { V86Cpu } from "./internals.js";
/** What firmware and operating system are told of the machine. */
export interface MachineDescription {
    readonly hostAddressWidth: number;
    /** INTR_REMAP of DMAR. */
    readonly interruptRemapping: boolean;
    /** Address of the unit's registers. */
    readonly registerBase: number;
    readonly registerBytes: number;
    readonly ecam: {
        readonly base: number;
        readonly size: number;
    };
    /** Functions behind the unit; the memory requests of others never pass it. */
    readonly functions: readonly {
        readonly bdf: number;
        readonly hasAts: boolean;
    }[];
}
/**
 * Tells the guest of the unit. Without a BIOS all tables are written to the BIOS area of guest RAM,
 * where a search for the RSDP finds them. SeaBIOS has tables of its own: it takes ours, and the
 * memory that is not RAM, through v86's firmware configuration files.
 */
export declare function describeMachine(cpu: V86Cpu, memory: V86Memory, machine: MachineDescription): void;
