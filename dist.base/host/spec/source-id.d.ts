/**
 * The requester id of PCI Express, which VT-d calls source-id (§3.4.1): bus 15:8, device 7:3, function
 * 2:0; with ARI the lower byte is one 8-bit function number.
 */
/** A source-id as a number from 0 to FFFFh, or as text, for example "00:02.0". */
export type SourceId = number | string;
/** A source-id taken apart. */
export interface SourceIdParts {
    /** 0 to 255. */
    readonly bus: number;
    /** 0 to 31. */
    readonly device: number;
    /** 0 to 7. */
    readonly function: number;
}
/**
 * The number of a source-id. Text is "bus:device.function" in hexadecimal, without segment.
 * @throws {RangeError} if the text has another form, or a part or the number is out of range.
 */
export declare function parseSourceId(sourceId: SourceId): number;
/**
 * Bus, device and function of a source-id.
 * @throws {RangeError} as `parseSourceId`.
 */
export declare function sourceIdParts(sourceId: SourceId): SourceIdParts;
/**
 * A source-id as text: "00:02.0" for 10h.
 * @throws {RangeError} if the number is out of range.
 */
export declare function formatSourceId(sourceId: SourceId): string;
