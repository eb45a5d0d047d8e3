/** A range of the physical address space, as firmware tells of it (INT 15h E820h). */
export interface MemoryMapEntry {
    readonly start: bigint;
    /** Bytes. */
    readonly size: bigint;
    readonly kind: "ram" | "reserved";
}
interface Range {
    readonly start: bigint;
    readonly size: bigint;
}
/** RAM without what is reserved in it, and all that is reserved, by address. */
export declare function memoryMap(ram: readonly {
    readonly start: bigint;
    readonly size: number;
}[], reserved: readonly Range[]): MemoryMapEntry[];
export {};
