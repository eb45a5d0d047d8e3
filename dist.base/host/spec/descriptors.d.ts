import type { Descriptor, Structure } from "./fields.js";
/** Invalidation descriptors (§6.5.2). Bits 255:128 of a 128-bit type in a queue of 256-bit descriptors are zero. */
export declare const invalidationDescriptors: readonly Descriptor[];
/** The page request descriptor, which the unit writes to the page request queue (§7.4.1.1). */
export declare const pageRequestDescriptor: Structure;
