/**
 * How a DMA message is laid out. QEMU 10.1 and 10.2 have a 32-bit count with the data behind it; later
 * ones the 64-bit count of the protocol's text.
 */
export type DmaLayout = "count32" | "count64";
/** The body of a DMA request to the client: with data a write. */
export declare function dmaRequest(layout: DmaLayout, address: bigint, count: number, data?: Uint8Array): Uint8Array;
/** The data of the reply to a DMA read; undefined if it has not as many bytes. */
export declare function dmaReadData(layout: DmaLayout, body: Uint8Array, count: number): Uint8Array | undefined;
/** Bytes of a whole DMA message without its data. */
export declare function dmaOverhead(layout: DmaLayout): number;
