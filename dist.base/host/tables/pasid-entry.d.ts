import type { EntryFields } from "./entry.js";
/** First-stage tables by what an entry needs of them; a `FirstStageTable` is one. */
export interface FirstStageRoot {
    /** Address of the root table, a multiple of 4 KiB; guest-physical if nested. */
    readonly pointer: bigint;
    readonly levels: 4 | 5;
}
/** Second-stage tables by what an entry needs of them; a `SecondStageTable` is one. */
export interface SecondStageRoot {
    /** Address of the root table, a multiple of 4 KiB. */
    readonly pointer: bigint;
    readonly levels: 3 | 4 | 5;
}
/** Adjusted guest address width in bits, the AW field of an entry. */
export type AddressWidth = 39 | 48 | 57;
/**
 * What every PASID table entry has (§9.6). A flag that the kind of translation does not look at is
 * ignored by the unit, SRE excepted. Flags are false by default.
 */
export interface CommonPasidOptions {
    /** P. Default true. */
    readonly present?: boolean;
    /** FPD: faults of this PASID are not recorded, whatever `present` says. */
    readonly fpd?: boolean;
    /** DID, the domain that caches tag translations with, 16 bits. */
    readonly domain: number;
    /** SRE: requests with supervisor privilege are served. */
    readonly sre?: boolean;
    /** WPE: supervisor writes need R/W too. */
    readonly wpe?: boolean;
    /** EAFE: the unit sets EA in first-stage entries. */
    readonly eafe?: boolean;
    /** SSADE: the unit sets A and D in second-stage entries. */
    readonly ssade?: boolean;
    /** PWSNP: page walks are snooped, without which no A or D can be set. Default true. */
    readonly pwsnp?: boolean;
    /** PGSNP: no-snoop requests are snooped all the same. */
    readonly pgsnp?: boolean;
}
/** PGTT 001b. */
export interface FirstStagePasid extends CommonPasidOptions {
    readonly kind: "first-stage";
    readonly firstStage: FirstStageRoot;
    /** AW, which the unit ignores here. Default 0. */
    readonly addressWidth?: AddressWidth;
}
/** PGTT 010b. */
export interface SecondStagePasid extends CommonPasidOptions {
    readonly kind: "second-stage";
    readonly secondStage: SecondStageRoot;
}
/** PGTT 011b. */
export interface NestedPasid extends CommonPasidOptions {
    readonly kind: "nested";
    readonly firstStage: FirstStageRoot;
    readonly secondStage: SecondStageRoot;
}
/** PGTT 100b. */
export interface PassThroughPasid extends CommonPasidOptions {
    readonly kind: "pass-through";
    /** AW, which the unit ignores here. Default 0. */
    readonly addressWidth?: AddressWidth;
}
/** A PASID table entry (§9.6). */
export type PasidOptions = FirstStagePasid | SecondStagePasid | NestedPasid | PassThroughPasid;
/**
 * The AW field for an address width.
 * @throws {RangeError} if it is not 39, 48 or 57.
 */
export declare function addressWidthCode(width: AddressWidth): number;
/** Fields of a PASID table entry. */
export declare function pasidFields(options: PasidOptions): EntryFields;
