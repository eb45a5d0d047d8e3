/** Bytes of a header; the size in it counts them. */
export declare const HEADER_BYTES = 16;
/** Flags of a header; the low four bits tell requests, 0, from replies. */
export declare const flag: {
    readonly reply: 1;
    readonly typeMask: 15;
    readonly noReply: number;
    readonly error: number;
};
export interface Header {
    /** Chosen by the sender of a request; its reply has the same. */
    readonly id: number;
    readonly command: number;
    /** Bytes of the whole message. */
    readonly size: number;
    readonly flags: number;
    /** Of an error reply. */
    readonly errno: number;
}
export declare function decodeHeader(bytes: Uint8Array): Header;
/** A whole message: header and body. */
export declare function encodeMessage(header: Omit<Header, "size" | "errno"> & {
    readonly errno?: number;
}, body?: Uint8Array): Uint8Array;
