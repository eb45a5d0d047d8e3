import type { DeviceProperties } from "../acpi/dmar.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { Topology } from "../pci/topology.js";
import type { SourceId } from "../spec/source-id.js";
import { type SlotPath } from "./unit-scope.js";
/** RAM that devices use without the operating system's doing (RMRR, §8.4). */
export interface ReservedRegion {
    /** A multiple of 4096. */
    readonly base: bigint;
    /** Bytes, a multiple of 4096. */
    readonly size: number | bigint;
    /** The devices that use it; a bridge stands for all below it. */
    readonly devices: readonly SourceId[];
}
/** What firmware says beyond what the topology and the units say by themselves. */
export interface MachineFirmware {
    readonly reservedRegions?: readonly ReservedRegion[];
    /** Integrated endpoints that do not work without ATS (SATC with ATC_REQUIRED, §8.8). */
    readonly atcRequired?: readonly SourceId[];
    /** What software has to heed with integrated endpoints (SIDP, §8.9). */
    readonly deviceProperties?: readonly (Omit<DeviceProperties, "scope"> & {
        readonly device: SourceId;
    })[];
    /** X2APIC_OPT_OUT: asks software to stay out of x2APIC mode. Default false. */
    readonly x2apicOptOut?: boolean;
    /** DMA_CTRL_PLATFORM_OPT_IN_FLAG: firmware does DMA in reserved regions alone. Default false. */
    readonly dmaControlOptIn?: boolean;
}
/** The same with paths for places: bus numbers may change later (§8.3.5). */
export interface ResolvedFirmware {
    readonly reservedRegions: readonly {
        readonly base: bigint;
        readonly size: bigint;
        readonly devices: readonly SlotPath[];
    }[];
    readonly atcRequired: readonly SlotPath[];
    readonly deviceProperties: readonly (Omit<DeviceProperties, "scope"> & {
        readonly device: SlotPath;
    })[];
    readonly x2apicOptOut: boolean;
    readonly dmaControlOptIn: boolean;
}
/** @throws RangeError for places that do not exist, and for reserved regions outside RAM. */
export declare function resolveFirmware(firmware: MachineFirmware, topology: Topology, memory: GuestMemory): ResolvedFirmware;
