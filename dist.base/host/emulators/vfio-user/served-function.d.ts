/** A PCI function as a client sees it: regions of bytes, interrupts, reset. */
export interface ServedFunction {
    /** For messages: "the unit", "dma-engine at 00:05.0". */
    readonly name: string;
    /** Bytes of a region; 0 for one that the function does not have. */
    regionSize(region: number): number;
    /** Vectors of an interrupt index: 0 INTx, 1 MSI, 2 MSI-X, 3 errors, 4 requests. */
    irqCount(index: number): number;
    /** The access lies inside the region. */
    read(region: number, offset: number, count: number): Uint8Array;
    write(region: number, offset: number, data: Uint8Array): void;
    reset(): void;
}
