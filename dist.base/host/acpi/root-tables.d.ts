/** Where software without EFI looks for the root pointer, at multiples of 16. */
export declare const BIOS_AREA: {
    readonly start: 917504n;
    readonly end: 1048576n;
};
export interface AcpiPlacement {
    /** Where the tables go, one after the other, aligned to 16. */
    readonly at: bigint;
    /** Where the root pointer (RSDP) goes, a multiple of 16; default in front of the tables. */
    readonly rsdpAt?: bigint;
}
/** What a writer of tables needs of memory. */
export interface ByteSink {
    writeBytes(address: bigint, bytes: Uint8Array): void;
}
/** A run of bytes and where it belongs. */
export interface PlacedTable {
    /** Signature; "RSDP" for the root pointer. */
    readonly name: string;
    readonly address: bigint;
    readonly bytes: Uint8Array;
}
/**
 * Gives the tables addresses and adds RSDP, XSDT and, if everything lies below 4 GiB, RSDT. Tables
 * are as the builders of this folder make them.
 */
export declare function layOutAcpi(tables: readonly Uint8Array[], placement: AcpiPlacement): readonly PlacedTable[];
/** `layOutAcpi`, written to memory. Answers the address of the RSDP. */
export declare function writeAcpi(memory: ByteSink, tables: readonly Uint8Array[], placement: AcpiPlacement): bigint;
