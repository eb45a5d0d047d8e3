import type { DecodedField } from "./decoded-field.js";
/** The two queues that hold descriptors. */
export type DescriptorQueue = "invalidation" | "page-request";
/**
 * What a descriptor of the invalidation queue or of the page request queue says.
 *
 * The first element names its kind; fields follow from bit 0 up, then set reserved bits.
 *
 * @param descriptor 16 or 32 bytes as they lie in memory, or 2 or 4 words of 64 bits
 * @param queue where it comes from: both queues have a type 1. Default "invalidation".
 * @throws RangeError for another length, an unknown type, or a 128-bit form of a 256-bit type
 */
export declare function decodeDescriptor(descriptor: Uint8Array | readonly bigint[], queue?: DescriptorQueue): DecodedField[];
