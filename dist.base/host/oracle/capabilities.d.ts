/** Adjusted guest address widths of second-stage tables with 3, 4 and 5 levels. */
export type AddressWidth = 39 | 48 | 57;
/** What the oracle needs of VER_REG, CAP_REG and ECAP_REG, under the manual's names (§11.4.1 to §11.4.3). */
export interface UnitCapabilities {
    /** VER_REG.MAX. */
    readonly majorVersion: number;
    /** Width of host physical addresses in bits. */
    readonly HAW: number;
    /** Maximum guest address width in bits (the register holds one less). */
    readonly MGAW: number;
    /** Supported widths of second-stage tables, narrowest first. */
    readonly SAGAW: readonly AddressWidth[];
    /** Bits of a domain id. */
    readonly domainIdBits: number;
    /** Number of fault recording registers (the register holds one less). */
    readonly faultRecords: number;
    /** Bits of a PASID (the register holds one less). */
    readonly pasidBits: number;
    readonly ZLR: boolean;
    /** Second-stage 2 MiB and 1 GiB pages (SSLPS bits 0 and 1). */
    readonly secondStage2M: boolean;
    readonly secondStage1G: boolean;
    readonly FS1GP: boolean;
    readonly FS5LP: boolean;
    readonly DT: boolean;
    readonly PT: boolean;
    readonly SC: boolean;
    readonly MTS: boolean;
    readonly NEST: boolean;
    readonly PRS: boolean;
    readonly ERS: boolean;
    readonly SRS: boolean;
    readonly NWFS: boolean;
    readonly EAFS: boolean;
    readonly PASID: boolean;
    readonly SMTS: boolean;
    readonly SSADS: boolean;
    readonly SSTS: boolean;
    readonly FSTS: boolean;
    readonly SMPWCS: boolean;
    readonly RPS: boolean;
    readonly ADMS: boolean;
    readonly RPRIVS: boolean;
    readonly PTRS: boolean;
    readonly SSIRWS: boolean;
    readonly QI: boolean;
    readonly IR: boolean;
    readonly EIM: boolean;
    readonly EIMER: boolean;
    readonly IRREQ: boolean;
    readonly PI: boolean;
    readonly PLMR: boolean;
    readonly PHMR: boolean;
    readonly DRD: boolean;
    readonly DWD: boolean;
    readonly PSI: boolean;
    readonly DIT: boolean;
    readonly PDS: boolean;
    /** Largest address mask of a page-selective IOTLB invalidation. */
    readonly MAMV: number;
    /** Largest index mask of an index-selective interrupt entry cache invalidation. */
    readonly MHMV: number;
}
/** The registers that say what a unit can do. */
export interface CapabilityRegisters {
    /** VER_REG: major version in bits 7:4, minor in 3:0; 0x60 is 6.0. */
    readonly version: number;
    /** CAP_REG. */
    readonly cap: bigint;
    /** ECAP_REG. */
    readonly ecap: bigint;
    /** Width of host physical addresses, 32 to 52 bits. */
    readonly hostAddressWidth: number;
}
/**
 * Decodes the capability registers.
 * Throws a RangeError for a host address width outside 32 to 52, for the reserved ND value 7, for
 * NEST without the two stages that it nests, and for HPTS: the oracle has no host permission tables.
 */
export declare function decodeCapabilities(registers: CapabilityRegisters): UnitCapabilities;
/**
 * The widest input address that any table of the unit can take, in bits. A fault record clears the
 * address bits from here up (§11.4.7.6).
 */
export declare function widestAddressWidth(unit: UnitCapabilities): number;
/** The largest page that any stage of the unit can map, in bytes. */
export declare function largestPageSize(unit: UnitCapabilities): number;
