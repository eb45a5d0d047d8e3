/**
 * The map of the core's state in its linear memory: one chained table.
 *
 * The AssemblyScript constants (assembly/generated/layout.ts) are generated from it, so that the two
 * sides of the seam cannot disagree. All state that outlives a call lies between STATE_START and the
 * end of the caches: a snapshot copies that block and nothing else.
 */

/** Changes whenever a block, a field or the meaning of an export changes. */
export const ABI_VERSION = 5;

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

const u32 = (name: string): Field => ({ name, size: 4 });
const u64 = (name: string): Field => ({ name, size: 8 });

/** Bytes of the largest register set that a unit can have (host/core/register-placement.ts). */
const LARGEST_REGISTER_SET = 4 * 4096;

/** Event counters, always on. The order is the order in memory; `counters()` answers by these names. */
export const counterNames = [
  "requests",
  "interruptRequests",
  "translationRequests",
  "translatedRequests",
  "pageRequests",
  "contextLookups",
  "contextHits",
  "pasidLookups",
  "pasidHits",
  "iotlbLookups",
  "iotlbHits",
  "firstStagePagingLookups",
  "firstStagePagingHits",
  "secondStagePagingLookups",
  "secondStagePagingHits",
  "interruptEntryLookups",
  "interruptEntryHits",
  "rootReads",
  "contextReads",
  "pasidDirectoryReads",
  "pasidEntryReads",
  "firstStageReads",
  "secondStageReads",
  "interruptEntryReads",
  "postedDescriptorReads",
  "descriptorReads",
  "firstStageFlagUpdates",
  "secondStageFlagUpdates",
  "descriptors",
  "waits",
  "deviceTlbInvalidations",
  "cacheEntriesInvalidated",
  "pageRequestsQueued",
  "pageRequestsAnswered",
  "pageRequestsDropped",
  "stopMarkers",
  "pageGroupResponses",
  "faults",
  "faultsRecorded",
  "interrupts",
  "writeBufferFlushes",
  "interruptsRemapped",
  "interruptsPosted",
  "interruptNotifications",
  "registerReads",
  "registerWrites",
] as const;

export type CounterName = (typeof counterNames)[number];

const blocks: readonly Block[] = [
  {
    name: "RESULT",
    meaning: "what the last call answers",
    size: 64,
    fields: [
      u32("STATUS"),
      u32("CONDITION"),
      u32("COMPLETION"),
      u32("RECORD"),
      u64("ADDRESS"),
      u32("PAGE_SHIFT"),
      u32("PERMISSIONS"),
      u32("FLAGS"),
      u32("TOKEN"),
      u64("VALUE"),
      u32("PROCESSED"),
      u32("WHY"),
    ],
  },
  {
    name: "CONFIG",
    meaning: "set once before the first power-good reset",
    size: 256,
    fields: [
      u32("VERSION"),
      u32("HOST_ADDRESS_WIDTH"),
      u64("CAP"),
      u64("ECAP"),
      u32("FAULT_COLLAPSE"),
      u32("REPORT_WRITES"),
      u64("INVALIDATION_TIMEOUT"),
      u32("TRACE"),
      u32("MEMORY_MAP"),
      u32("CONTEXT_ENTRIES"),
      u32("PASID_ENTRIES"),
      u32("IOTLB_ENTRIES"),
      u32("FIRST_STAGE_PAGING_ENTRIES"),
      u32("SECOND_STAGE_PAGING_ENTRIES"),
      u32("INTERRUPT_ENTRIES"),
      u32("STATE_END"),
      u32("REGISTER_BYTES"),
    ],
  },
  { name: "REGISTER_RW", meaning: "bits that software may write", size: LARGEST_REGISTER_SET },
  { name: "REGISTER_RW1C", meaning: "bits that a written 1 clears", size: LARGEST_REGISTER_SET },
  { name: "REGISTER_RESET", meaning: "values after reset", size: LARGEST_REGISTER_SET },
  {
    name: "REGISTER_STICKY",
    meaning: "bits that survive a warm reset",
    size: LARGEST_REGISTER_SET,
  },
  {
    name: "REGISTER_WIDTH",
    meaning: "bytes of the register at each word, 0 where reserved",
    size: LARGEST_REGISTER_SET,
  },
  {
    name: "REGISTERS",
    meaning: "the registers as software reads them",
    size: LARGEST_REGISTER_SET,
  },
  {
    name: "LATCH",
    meaning: "what hardware uses, and the unit's own state between calls",
    size: 256,
    fields: [
      u64("RTADDR"),
      u64("IQA"),
      u64("IRTA"),
      u64("NOW"),
      u64("IVA"),
      u64("CCMD"),
      u32("ROOT_VALID"),
      u32("INTERRUPT_TABLE_VALID"),
      u32("MODE"),
      u32("FAULT_INDEX"),
      u32("PENDING_TE"),
      u32("PENDING_SRTP"),
      u32("PENDING_INVALIDATIONS"),
      u32("NEXT_ITAG"),
      u32("IN_FLIGHT_FREE"),
      u32("IN_FLIGHT_OLDEST"),
      u32("IN_FLIGHT_NEWEST"),
      u64("DRAIN_BARRIER"),
      u64("ROOT_BARRIER"),
      u64("TRANSLATION_BARRIER"),
      u64("PROTECTION_BARRIER"),
      u64("IOTLB_BARRIER"),
      u64("IN_FLIGHT_SEQUENCE"),
      u32("OUTBOX_HEAD"),
      u32("OUTBOX_TAIL"),
      u32("MORE_WORK"),
      u64("ECMD"),
      u32("COUNTING"),
      u32("WAIT_OFFSET"),
      u64("WAIT_WORD_0"),
      u64("WAIT_WORD_1"),
    ],
  },
  { name: "COUNTERS", meaning: "event counters", size: 8, count: counterNames.length },
  {
    name: "CACHE",
    meaning:
      "one descriptor for each cache: context, PASID, IOTLB, first-, second-stage paging, interrupt entry",
    size: 32,
    count: 6,
    fields: [
      u32("BASE"),
      u32("END"),
      u32("SET_MASK"),
      u32("WAYS"),
      u32("ENTRY_SIZE"),
      u32("VICTIM"),
      u32("SIZES"),
      u32("LISTS"),
    ],
  },
  {
    name: "IN_FLIGHT",
    meaning: "requests between beginAccess and endAccess, a list by age; sequence 0 is a free slot",
    size: 32,
    count: 1024,
    fields: [u64("SEQUENCE"), u32("NEXT"), u32("PREVIOUS"), u32("GENERATION")],
  },
  {
    name: "ITAG",
    meaning: "device-TLB invalidations outstanding, by ITag",
    size: 32,
    count: 32,
    fields: [u32("PENDING"), u32("SOURCE_ID"), u32("PFSID"), u64("DEADLINE")],
  },
  {
    name: "OUTBOX",
    meaning: "messages to the host, a ring",
    size: 64,
    count: 1024,
    fields: [
      u32("TYPE"),
      u32("SOURCE_ID"),
      u32("PASID"),
      u32("FLAGS"),
      u64("ADDRESS"),
      u64("VALUE"),
      u64("EXTRA"),
      u64("EXTRA_2"),
    ],
  },
];

/** Types of outbox records. */
export const outboxTypes = {
  INTERRUPT: 1,
  PAGE_GROUP_RESPONSE: 2,
  DEVICE_TLB_INVALIDATE: 3,
  FAULT: 4,
  MEMORY_WRITE: 5,
  FETCH: 6,
  DESCRIPTOR: 7,
  PAGE_REQUEST: 8,
  CACHE_HIT: 9,
} as const;

/** A request of the batch form: 32 bytes, little-endian. */
const BATCH_RECORD: Block = {
  name: "REQUEST",
  meaning: "a request of the batch form",
  size: 32,
  fields: [
    u64("ADDRESS"),
    u32("SOURCE_ID"),
    u32("PASID"),
    u32("ACCESS"),
    u32("STATUS"),
    u64("PHYSICAL"),
  ],
};
/** Most records of one batch. */
export const BATCH_RECORDS = 4096;

/** The first byte of the state. What is below is of no snapshot; address 0 is never anything. */
const STATE_START = 1024;
/** Below it: where the words are that a batch reads ahead (assembly/read-ahead.ts). Nothing outlives the call. */
const READ_AHEAD = { address: 512, count: 32 } as const;

interface PlacedBlock extends Block {
  readonly address: number;
}

function chain(): readonly PlacedBlock[] {
  let address = STATE_START;
  return blocks.map((block) => {
    const placed = { ...block, address };
    address += (block.size * (block.count ?? 1) + 63) & ~63;
    return placed;
  });
}

const placed = chain();
const last = placed[placed.length - 1]!;

function fieldOffsets(block: Block): readonly (readonly [string, number])[] {
  let offset = 0;
  return (block.fields ?? []).map((field) => {
    offset = (offset + field.size - 1) & ~(field.size - 1);
    const entry = [`${block.name}_${field.name}`, offset] as const;
    offset += field.size;
    if (offset > block.size) throw new Error(`block ${block.name} is too small for its fields`);
    return entry;
  });
}

/** Address of each block, and the offset of each field in its block, by their names in the core. */
export const layout: Readonly<Record<string, number>> = Object.freeze({
  STATE_START,
  READ_AHEAD: READ_AHEAD.address,
  READ_AHEAD_COUNT: READ_AHEAD.count,
  ...Object.fromEntries(placed.map((block) => [block.name, block.address])),
  ...Object.fromEntries(placed.map((block) => [`${block.name}_SIZE`, block.size])),
  ...Object.fromEntries(
    placed.filter((block) => block.count).map((block) => [`${block.name}_COUNT`, block.count!]),
  ),
  ...Object.fromEntries([...placed, BATCH_RECORD].flatMap(fieldOffsets)),
  REQUEST_SIZE: BATCH_RECORD.size,
  BATCH_RECORDS,
  BATCH: (last.address + last.size * (last.count ?? 1) + 63) & ~63,
  CACHES:
    ((last.address + last.size * (last.count ?? 1) + 63) & ~63) + BATCH_RECORDS * BATCH_RECORD.size,
});

/** An address or offset of the map by its name. */
export function at(name: string): number {
  const value = layout[name];
  if (value === undefined) throw new Error(`the core's memory map has no "${name}"`);
  return value;
}
