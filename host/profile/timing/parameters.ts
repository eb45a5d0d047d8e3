/** A parameter of the timing model. */
export interface TimingParameter {
  readonly name: string;
  readonly unit: "cycles" | "MHz" | "bytes per cycle" | "count" | "share" | "bytes";
  /** Of the set `desktop`, which every other set and file starts from. */
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  /** Whole numbers only. */
  readonly integer: boolean;
  readonly description: string;
}

type Row = readonly [
  name: string,
  unit: TimingParameter["unit"],
  usual: number,
  least: number,
  most: number,
  description: string,
];

const MOST_CYCLES = 1e9;

const rows = [
  ["clock", "MHz", 1000, 1, 100_000, "cycles of the model in a microsecond"],
  [
    "link.latency",
    "cycles",
    200,
    0,
    MOST_CYCLES,
    "a message between a device and the unit, one way",
  ],
  ["link.bandwidth", "bytes per cycle", 16, 0.001, 1e6, "of the link of each device, each way"],
  [
    "link.header",
    "bytes",
    24,
    0,
    4096,
    "of each message besides its data; a write request carries its data",
  ],
  [
    "lookup.interval",
    "cycles",
    2,
    0,
    MOST_CYCLES,
    "from the beginning of one IOTLB lookup to that of the next",
  ],
  ["iotlb.latency", "cycles", 4, 0, MOST_CYCLES, "lookup in the IOTLB"],
  ["context.latency", "cycles", 4, 0, MOST_CYCLES, "lookup in the context cache"],
  ["pasid.latency", "cycles", 4, 0, MOST_CYCLES, "lookup in the PASID cache"],
  [
    "firstStagePaging.latency",
    "cycles",
    4,
    0,
    MOST_CYCLES,
    "lookup in the first-stage paging-structure cache",
  ],
  [
    "secondStagePaging.latency",
    "cycles",
    4,
    0,
    MOST_CYCLES,
    "lookup in the second-stage paging-structure cache",
  ],
  ["interruptEntry.latency", "cycles", 4, 0, MOST_CYCLES, "lookup in the interrupt entry cache"],
  ["walkers", "count", 4, 1, 4096, "requests whose tables are walked at the same time"],
  [
    "walkers.queue",
    "count",
    32,
    1,
    1e6,
    "requests that may wait for a walker; with more, lookups stall",
  ],
  [
    "memory.latency",
    "cycles",
    80,
    0,
    MOST_CYCLES,
    "read of memory that misses the processor's caches",
  ],
  ["memory.jitter", "cycles", 0, 0, MOST_CYCLES, "added to it, evenly from 0 to this"],
  ["memory.cached", "share", 0, 0, 1, "of reads that the processor's caches answer"],
  ["memory.cached.latency", "cycles", 30, 0, MOST_CYCLES, "of such a read"],
  ["memory.slow", "share", 0, 0, 1, "of reads that meet a refresh or a full queue in the memory"],
  ["memory.slow.latency", "cycles", 350, 0, MOST_CYCLES, "of such a read"],
  [
    "memory.interval",
    "cycles",
    1,
    0,
    MOST_CYCLES,
    "from one access of the unit to memory to its next",
  ],
  [
    "memory.outstanding",
    "count",
    16,
    1,
    65536,
    "reads and atomics of the unit that may be on their way",
  ],
  [
    "memory.atomic",
    "cycles",
    40,
    0,
    MOST_CYCLES,
    "update of accessed or dirty flags, besides a read",
  ],
  [
    "fault.latency",
    "cycles",
    20,
    0,
    MOST_CYCLES,
    "report of a fault in the fault recording registers",
  ],
  [
    "pageRequest.interval",
    "cycles",
    20,
    0,
    MOST_CYCLES,
    "from one message of the page request engine to its next",
  ],
  [
    "pageRequest.latency",
    "cycles",
    100,
    0,
    MOST_CYCLES,
    "check of a page request and write of its queue entry",
  ],
  [
    "interrupt.latency",
    "cycles",
    1500,
    0,
    MOST_CYCLES,
    "of the unit, to the first instruction of its handler",
  ],
  [
    "driver.wake",
    "cycles",
    2000,
    0,
    MOST_CYCLES,
    "from the handler to the thread that reads the queue",
  ],
  [
    "driver.threads",
    "count",
    1,
    1,
    4096,
    "groups of page requests that are answered at the same time",
  ],
  [
    "driver.group",
    "cycles",
    1000,
    0,
    MOST_CYCLES,
    "of a thread for a group: reading, finding the process, answering",
  ],
  [
    "driver.page",
    "cycles",
    2000,
    0,
    MOST_CYCLES,
    "of a thread for each page: fault of the process, table entry",
  ],
  [
    "invalidation.descriptor",
    "cycles",
    20,
    0,
    MOST_CYCLES,
    "execution of a descriptor, besides its read",
  ],
  [
    "invalidation.stall",
    "cycles",
    20,
    0,
    MOST_CYCLES,
    "that IOTLB lookups pause for an invalidation descriptor",
  ],
  [
    "device.outstanding",
    "count",
    32,
    1,
    65536,
    "requests that a stream of a device may have on their way",
  ],
  [
    "device.gap",
    "cycles",
    0,
    0,
    MOST_CYCLES,
    "between two requests of a stream, where the workload says none",
  ],
] as const satisfies readonly Row[];

export type TimingName = (typeof rows)[number][0];

/** A value for every parameter. */
export type Timing = Readonly<Record<TimingName, number>>;

const FRACTIONAL: ReadonlySet<TimingParameter["unit"]> = new Set([
  "share",
  "bytes per cycle",
  "MHz",
]);

/** Every parameter, in the order in which a request meets them. */
export const timingParameters: readonly (TimingParameter & { readonly name: TimingName })[] =
  rows.map(([name, unit, usual, least, most, description]) => ({
    ...{ name, unit, usual, least, most, description },
    integer: !FRACTIONAL.has(unit),
  }));

/** What a parameter takes, for messages: "a whole number from 1 to 4096 (count)". */
export function expectedOf({ integer, least, most, unit }: TimingParameter): string {
  return `${integer ? "a whole number" : "a number"} from ${least} to ${most} (${unit})`;
}

/** Whether a value can be that of the parameter. */
export function accepts({ integer, least, most }: TimingParameter, value: unknown): boolean {
  if (typeof value !== "number" || !(value >= least && value <= most)) return false;
  return !integer || Number.isInteger(value);
}
