/** What a request does, one after the other; the order is the order in which they come first. */
export const stages = [
  { name: "issue", description: "held in the device, until it may send" },
  { name: "request", description: "the message from the device to the unit" },
  { name: "iotlbLookup", description: "lookup in the IOTLB" },
  { name: "dispatch", description: "handed to a page walker" },
  { name: "contextLookup", description: "lookup in the context cache" },
  { name: "pasidLookup", description: "lookup in the PASID cache" },
  {
    name: "firstStagePagingLookup",
    description: "lookup in the first-stage paging-structure cache",
  },
  {
    name: "secondStagePagingLookup",
    description: "lookup in the second-stage paging-structure cache",
  },
  { name: "interruptEntryLookup", description: "lookup in the interrupt entry cache" },
  { name: "rootRead", description: "read of a root entry" },
  { name: "contextRead", description: "read of a context entry" },
  { name: "pasidDirectoryRead", description: "read of a PASID directory entry" },
  { name: "pasidEntryRead", description: "read of a PASID table entry" },
  { name: "firstStageRead", description: "read of a first-stage paging entry" },
  { name: "secondStageRead", description: "read of a second-stage paging entry" },
  { name: "interruptEntryRead", description: "read of an interrupt remapping entry" },
  { name: "postedDescriptorRead", description: "read of a posted-interrupt descriptor" },
  { name: "descriptorRead", description: "read of an invalidation queue descriptor" },
  {
    name: "firstStageFlagUpdate",
    description: "atomic update of accessed and dirty flags, first stage",
  },
  {
    name: "secondStageFlagUpdate",
    description: "atomic update of accessed and dirty flags, second stage",
  },
  { name: "faultReport", description: "a fault that is reported" },
  { name: "completion", description: "the message from the unit to the device" },
  {
    name: "pageRequestQueue",
    description: "check of a page request, and write of its queue entry",
  },
  { name: "interrupt", description: "the interrupt that wakes the driver" },
  { name: "driver", description: "the driver reads the queue, provides the page, and answers" },
  { name: "response", description: "execution of the page group response descriptor" },
] as const;

export type StageName = (typeof stages)[number]["name"];

/** Number of each stage: its place in `stages`. */
export const stageNumber = Object.freeze(
  Object.fromEntries(stages.map(({ name }, number) => [name, number])),
) as Readonly<Record<StageName, number>>;

/** What a stage may have to wait for before it begins. Number 0: it is no waiting. */
export const causes = [
  { name: "none", description: "the stage itself" },
  { name: "outstanding", description: "the device has as many requests outstanding as it may" },
  { name: "predecessor", description: "the request needs what another one of the device brings" },
  { name: "page", description: "a page that was asked for is not there yet" },
  { name: "link", description: "the link of the device carries other messages" },
  { name: "lookupPort", description: "the lookup pipeline is taken" },
  { name: "invalidation", description: "lookups pause for an invalidation descriptor" },
  { name: "walkerQueue", description: "the queue ahead of the page walkers is full" },
  { name: "walkers", description: "all page walkers are busy" },
  { name: "outstandingReads", description: "as many reads of memory are outstanding as may be" },
  { name: "memoryPort", description: "the unit's way to memory is taken" },
  { name: "pageRequestEngine", description: "the page request engine is busy" },
  { name: "invalidationEngine", description: "the invalidation queue engine is busy" },
  { name: "driver", description: "the driver answers other page requests" },
] as const;

export type CauseName = (typeof causes)[number]["name"];

/** Number of each cause: its place in `causes`. */
export const causeNumber = Object.freeze(
  Object.fromEntries(causes.map(({ name }, number) => [name, number])),
) as Readonly<Record<CauseName, number>>;

/** Caches of the unit, in the order of `RequestAccount.lookups`; the names are those of `CacheSizes`. */
export const cacheNames = [
  "iotlb",
  "context",
  "pasid",
  "firstStagePaging",
  "secondStagePaging",
  "interruptEntry",
] as const;

export type CacheName = (typeof cacheNames)[number];
