import { type DeviceScope } from "./scope.js";
/** A remapping unit (DRHD, §8.3). */
export interface DmarUnit {
    readonly segment?: number;
    /** Covers every device of the segment that no other unit lists. Default false. */
    readonly includeAll?: boolean;
    /** Address of the register pages, a multiple of their size. */
    readonly base: bigint;
    /** The register set has 2^N pages of 4 KiB; default 0. */
    readonly sizeLog2?: number;
    /** With `includeAll` only of kind "ioapic", "hpet" and "namespace". */
    readonly scopes?: readonly DeviceScope[];
}
/** N for a register set of that many bytes, a power of two from 4096 up. */
export declare function registerSizeLog2(bytes: number): number;
/** Memory that devices use without the operating system's doing (RMRR, §8.4). */
export interface DmarReservedRegion {
    readonly segment?: number;
    readonly base: bigint;
    /** Last byte. */
    readonly limit: bigint;
    readonly scopes: readonly DeviceScope[];
}
/** Root ports below which ATS works (ATSR, §8.5). */
export interface DmarRootPorts {
    readonly segment?: number;
    /** All root ports of the segment; then there are no scopes. Default false. */
    readonly allPorts?: boolean;
    readonly scopes?: readonly DeviceScope[];
}
/** The proximity domain of a unit (RHSA, §8.6). */
export interface DmarAffinity {
    /** Register base of the unit. */
    readonly base: bigint;
    /** 32 bits, as in SRAT. */
    readonly proximityDomain: number;
}
/** A device of the ACPI name space that sends requests (ANDD, §8.7). */
export interface DmarNamespaceDevice {
    /** 0 to 255, unique; the enumeration id of its device scope. */
    readonly number: number;
    /** Fully qualified object name, as "\\_SB.I2C0". */
    readonly name: string;
}
/** Integrated devices with an address translation cache (SATC, §8.8). */
export interface DmarIntegratedDevices {
    readonly segment?: number;
    /** ATC_REQUIRED: the devices do not work without ATS. Default false. */
    readonly required?: boolean;
    readonly scopes: readonly DeviceScope[];
}
/** An integrated device and what software has to heed with it (SIDP, §8.9; flags of §8.3.1). */
export interface DeviceProperties {
    readonly scope: DeviceScope;
    /** Requests without PASID should not use nested translation. Default false. */
    readonly nestedNotAllowed?: boolean;
    /** PWSNP must be clear for requests without PASID. Default false. */
    readonly pageWalkSnoopNotAllowed?: boolean;
    /** PGSNP and SNP must be clear for requests without PASID. Default false. */
    readonly pageSnoopNotAllowed?: boolean;
    /** Its address translation cache is validated (§4.4). Default false. */
    readonly atcHardened?: boolean;
    /** It does not work without ATS. Default false. */
    readonly atcRequired?: boolean;
}
export interface DmarDeviceProperties {
    readonly segment?: number;
    readonly devices: readonly DeviceProperties[];
}
export declare function unitStructure(unit: DmarUnit): Uint8Array;
export declare function reservedStructure(region: DmarReservedRegion): Uint8Array;
export declare function rootPortStructure(ports: DmarRootPorts): Uint8Array;
export declare function affinityStructure({ base, proximityDomain }: DmarAffinity): Uint8Array;
export declare function namespaceStructure({ number, name }: DmarNamespaceDevice): Uint8Array;
export declare function integratedStructure(devices: DmarIntegratedDevices): Uint8Array;
export declare function propertiesStructure({ segment, devices }: DmarDeviceProperties): Uint8Array;
