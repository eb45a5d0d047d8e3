import { timingParameters, type Timing, type TimingName } from "./parameters.js";
import type { TimingSourceName } from "./sources.js";

/** A named set of timing parameters. */
export interface TimingSet {
  readonly name: string;
  readonly description: string;
  /** Where the values come from. */
  readonly sources: readonly string[];
  /** Source of each value that has one; the others are assumptions. */
  readonly sourceOf: Readonly<Partial<Record<TimingName, TimingSourceName>>>;
  readonly values: Timing;
}

const usual = Object.fromEntries(
  timingParameters.map(({ name, usual }) => [name, usual]),
) as unknown as Timing;

const WITHOUT_LIMIT = Object.fromEntries(
  timingParameters.filter(({ unit }) => unit === "count").map(({ name, most }) => [name, most]),
) as Partial<Record<TimingName, number>>;

const ASSUMPTIONS =
  "assumptions, measured on no machine, but for the values with a source above: no vendor publishes lookups, walkers, queues or " +
  "engines. Neugebauer et al., " +
  "Understanding PCIe performance for end host networking (SIGCOMM 2018), shows how links, memory and an IOMMU's misses " +
  "can be measured, for values of your own";

/** The sets that come with viommu. */
export const timingSets: readonly TimingSet[] = [
  {
    name: "ideal",
    description:
      "nothing waits: a lookup takes a cycle, a read of memory 100, messages nothing; the rest as " +
      "short as can be. For comparing with what one counts by hand.",
    sources: ["an assumption: round numbers, of no machine"],
    sourceOf: {},
    values: {
      ...usual,
      ...WITHOUT_LIMIT,
      "link.latency": 0,
      "link.bandwidth": 1e6,
      "link.header": 0,
      "lookup.interval": 0,
      "iotlb.latency": 1,
      "context.latency": 1,
      "pasid.latency": 1,
      "firstStagePaging.latency": 1,
      "secondStagePaging.latency": 1,
      "interruptEntry.latency": 1,
      "memory.latency": 100,
      "memory.interval": 0,
      "memory.atomic": 0,
      "fault.latency": 0,
      "pageRequest.interval": 0,
      "pageRequest.latency": 0,
      "interrupt.latency": 0,
      "driver.wake": 0,
      "driver.group": 0,
      "driver.page": 0,
      "invalidation.descriptor": 0,
      "invalidation.stall": 0,
      "device.outstanding": 64,
    },
  },
  {
    name: "desktop",
    description: "a client processor with one memory controller, and devices near it",
    sources: [ASSUMPTIONS],
    sourceOf: { "link.bandwidth": "gen3", "link.header": "tlp" },
    values: {
      ...usual,
      "memory.jitter": 20,
      "memory.cached": 0.5,
      "memory.slow": 0.01,
    },
  },
  {
    name: "server",
    description: "a large processor: farther memory, more walkers, more reads on their way",
    sources: [ASSUMPTIONS],
    sourceOf: {
      "link.bandwidth": "gen4",
      "link.header": "tlp",
      "memory.latency": "skylake",
      "memory.cached.latency": "skylake",
    },
    values: {
      ...usual,
      "link.latency": 300,
      "link.bandwidth": 32,
      walkers: 16,
      "walkers.queue": 128,
      "memory.latency": 90,
      "memory.jitter": 40,
      "memory.cached": 0.6,
      "memory.cached.latency": 26,
      "memory.slow": 0.02,
      "memory.slow.latency": 500,
      "memory.outstanding": 64,
      "interrupt.latency": 2000,
      "driver.wake": 3000,
      "driver.threads": 4,
      "device.outstanding": 64,
    },
  },
];

/** A set by its name; undefined if there is none. */
export function timingSet(name: string): TimingSet | undefined {
  return timingSets.find((set) => set.name === name);
}
