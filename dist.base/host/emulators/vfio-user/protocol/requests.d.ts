/** What a client asks of the server, decoded. */
export type ClientRequest = {
    readonly kind: "version";
    readonly major: number;
    readonly minor: number;
    readonly json: string;
} | {
    readonly kind: "dmaMap";
    readonly map: DmaMap;
} | {
    readonly kind: "dmaUnmap";
    readonly range: DmaRange;
} | {
    readonly kind: "deviceGetInfo";
    readonly argsz: number;
} | {
    readonly kind: "deviceGetRegionInfo";
    readonly argsz: number;
    readonly index: number;
} | {
    readonly kind: "deviceGetIrqInfo";
    readonly argsz: number;
    readonly index: number;
} | {
    readonly kind: "deviceSetIrqs";
    readonly flags: number;
    readonly index: number;
    readonly start: number;
    readonly count: number;
} | {
    readonly kind: "regionRead";
    readonly access: RegionAccess;
} | {
    readonly kind: "regionWrite";
    readonly access: RegionAccess;
    readonly data: Uint8Array;
} | {
    readonly kind: "deviceReset";
};
/** A range of guest-physical memory that the client lends to the server. */
export interface DmaMap {
    readonly flags: number;
    /** Of the range in the file that came with the message. */
    readonly offset: bigint;
    readonly address: bigint;
    readonly size: bigint;
}
export interface DmaRange {
    readonly address: bigint;
    readonly size: bigint;
}
export interface RegionAccess {
    readonly offset: bigint;
    readonly region: number;
    readonly count: number;
}
/** Flags of DmaMap: the server may read, or write. */
export declare const dmaFlag: {
    readonly read: 1;
    readonly write: 2;
};
/** A request that gets an error reply, and harms nothing else. */
export declare class RequestError extends Error {
    readonly errno: number;
    readonly name = "RequestError";
    constructor(errno: number, message: string);
}
/** Bytes in front of the data of a region access. */
export declare const ACCESS_BYTES = 16;
/**
 * @throws RequestError for a command that the server does not know (ENOSYS), or a body that is too short or
 * does not fit its own counts (EINVAL).
 */
export declare function decodeRequest(code: number, body: Uint8Array): ClientRequest;
