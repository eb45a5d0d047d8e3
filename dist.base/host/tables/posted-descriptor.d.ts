import type { TableEntry } from "./entry.js";
import { type TableMemory } from "./table-memory.js";
export interface PostedDescriptorOptions {
    readonly memory: TableMemory;
    /** Where it lies, a multiple of 64. */
    readonly address: bigint;
    /** NV, the vector of notifications. */
    readonly vector: number;
    /** NDST: APIC id, 8 bits, or 32 with `extended`. */
    readonly destination: number;
    /** The unit's interrupt table has EIME set. Default false. */
    readonly extended?: boolean;
    /** SN. Default false. */
    readonly suppressed?: boolean;
}
/** A posted-interrupt descriptor in guest memory (§5.2.2, §9.11). */
export declare class PostedDescriptor {
    /** The descriptor with its fields. */
    readonly entry: TableEntry;
    private constructor();
    /** Writes a descriptor without posted interrupts. Throws a RangeError if a value does not fit. */
    static create(options: PostedDescriptorOptions): PostedDescriptor;
    /** Vectors posted and not taken yet, in rising order. */
    get posted(): number[];
    /** Takes what was posted, as a processor does on a notification: ON first, then PIR. */
    take(): number[];
}
