import { invalidationDescriptors, pageRequestDescriptor } from "../spec/descriptors.js";
import { bytesOf, decodeRecord } from "./record.js";
const SMALL_BYTES = 16;
const LARGE_BYTES = 32;
/** Type of an invalidation descriptor: bits 11:9 above bits 3:0 (§6.5.2). */
function typeOf(bytes) {
    return ((bytes[1] & 0x0e) << 3) | (bytes[0] & 0x0f);
}
/**
 * What a descriptor of the invalidation queue or of the page request queue says.
 *
 * The first element names its kind; fields follow from bit 0 up, then set reserved bits.
 *
 * @param descriptor 16 or 32 bytes as they lie in memory, or 2 or 4 words of 64 bits
 * @param queue where it comes from: both queues have a type 1. Default "invalidation".
 * @throws RangeError for another length, an unknown type, or a 128-bit form of a 256-bit type
 */
export function decodeDescriptor(descriptor, queue = "invalidation") {
    const bytes = descriptor instanceof Uint8Array ? descriptor : bytesOf(descriptor);
    if (bytes.length !== SMALL_BYTES && bytes.length !== LARGE_BYTES) {
        throw new RangeError(`a descriptor has 16 or 32 bytes; ${bytes.length} are given`);
    }
    return queue === "page-request" ? decodePageRequest(bytes) : decodeInvalidation(bytes);
}
function decodePageRequest(bytes) {
    const { title, section, bits } = pageRequestDescriptor;
    if (bytes.length * 8 !== bits) {
        throw new RangeError(`a page request descriptor has 32 bytes; ${bytes.length} are given`);
    }
    const kind = {
        field: "type",
        bits: "7:0",
        value: BigInt(bytes[0]),
        meaning: `${title} (§${section})`,
    };
    return [
        kind,
        ...decodeRecord(pageRequestDescriptor, bytes).filter(({ field }) => field !== "TYPE"),
    ];
}
function decodeInvalidation(bytes) {
    const type = typeOf(bytes);
    const descriptor = invalidationDescriptors.find((candidate) => candidate.type === type);
    if (descriptor === undefined) {
        const known = invalidationDescriptors.map((each) => `${each.type} ${each.title}`).join(", ");
        throw new RangeError(`no invalidation descriptor has type ${type}; known are ${known}`);
    }
    if (bytes.length * 8 < descriptor.queueWidth) {
        throw new RangeError(`${descriptor.title} has 32 bytes; ${bytes.length} are given`);
    }
    const kind = {
        field: "type",
        bits: "11:9, 3:0",
        value: BigInt(type),
        meaning: `${descriptor.title} (§${descriptor.section})`,
    };
    return [
        kind,
        ...decodeRecord(descriptor, bytes).filter(({ field }) => !field.startsWith("TYPE_")),
    ];
}
