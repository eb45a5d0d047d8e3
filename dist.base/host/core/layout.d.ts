/**
 * The map of the core's state in its linear memory: one chained table.
 *
 * The AssemblyScript constants (assembly/generated/layout.ts) are generated from it, so that the two
 * sides of the seam cannot disagree. All state that outlives a call lies between STATE_START and the
 * end of the caches: a snapshot copies that block and nothing else.
 */
/** Changes whenever a block, a field or the meaning of an export changes. */
export declare const ABI_VERSION = 2;
interface Field {
    readonly name: string;
    /** Bytes: 4 or 8. */
    readonly size: 4 | 8;
}
interface Block {
    readonly name: string;
    readonly meaning: string;
    /** Bytes of one element. */
    readonly size: number;
    readonly count?: number;
    readonly fields?: readonly Field[];
}
/** Bytes of the largest register set that a unit can have (host/core/register-placement.ts). */
export declare const LARGEST_REGISTER_SET: number;
/** Event counters, always on. The order is the order in memory; `counters()` answers by these names. */
export declare const counterNames: readonly ["requests", "interruptRequests", "translationRequests", "translatedRequests", "pageRequests", "contextLookups", "contextHits", "pasidLookups", "pasidHits", "iotlbLookups", "iotlbHits", "firstStagePagingLookups", "firstStagePagingHits", "secondStagePagingLookups", "secondStagePagingHits", "interruptEntryLookups", "interruptEntryHits", "rootReads", "contextReads", "pasidDirectoryReads", "pasidEntryReads", "firstStageReads", "secondStageReads", "interruptEntryReads", "postedDescriptorReads", "descriptorReads", "firstStageFlagUpdates", "secondStageFlagUpdates", "descriptors", "waits", "deviceTlbInvalidations", "cacheEntriesInvalidated", "pageRequestsQueued", "pageRequestsAnswered", "pageRequestsDropped", "stopMarkers", "pageGroupResponses", "faults", "faultsRecorded", "interrupts", "writeBufferFlushes", "interruptsRemapped", "interruptsPosted", "interruptNotifications", "registerReads", "registerWrites"];
export type CounterName = (typeof counterNames)[number];
/** Types of outbox records. */
export declare const outboxTypes: {
    readonly INTERRUPT: 1;
    readonly PAGE_GROUP_RESPONSE: 2;
    readonly DEVICE_TLB_INVALIDATE: 3;
    readonly FAULT: 4;
    readonly MEMORY_WRITE: 5;
    readonly FETCH: 6;
    readonly DESCRIPTOR: 7;
    readonly PAGE_REQUEST: 8;
    readonly CACHE_HIT: 9;
};
/** A request of the batch form: 32 bytes, little-endian. */
export declare const BATCH_RECORD: Block;
/** Most records of one batch. */
export declare const BATCH_RECORDS = 4096;
/** Address of each block, and the offset of each field in its block, by their names in the core. */
export declare const layout: Readonly<Record<string, number>>;
/** An address or offset of the map by its name. */
export declare function at(name: string): number;
export {};
