import { counterDescriptions } from "../../core/counter-descriptions.js";
import { counterNames } from "../../core/layout.js";
import { causes, stages, type ProfileResult } from "../account/index.js";
import type { ProfileOutput } from "./output.js";

type Row = readonly [name: string, value: number, description: string];

/** In the form of gem5's stats.txt: one line for each figure with name, value, and behind a # what it is. */
export const statsOutput: ProfileOutput = {
  file: "stats.txt",
  about: "every figure with its description, one to a line",
  open: (write) => ({
    request: () => undefined,
    end: (result) => {
      write(statsText(result));
    },
  }),
};

// Readers of gem5's files look for these.
const BEGIN = "---------- Begin Simulation Statistics ----------";
const END = "---------- End Simulation Statistics   ----------";

/** The text of stats.txt. */
export function statsText(result: ProfileResult): string {
  const rows = [
    ...general(result),
    ...distribution("request.cycles", result.cycles.perRequest, "cycles from arrival to end"),
    ...Object.entries(result.outcomes).map(([name, count]): Row => [
      `request.outcome.${name}`,
      count,
      `requests that ended ${name}`,
    ]),
    ...stageRows(result),
    ...cacheRows(result),
    ...occupancyRows(result),
    ...pageFaultRows(result),
    ...reuseRows(result),
    ...counterNames.map((name): Row => [
      `unit.${name}`,
      result.counters[name],
      counterDescriptions[name],
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(
    ([name, value, description]) =>
      `${name.padEnd(width)} ${numberText(value).padStart(20)} # ${description}`,
  );
  const about = `# workload ${result.workload}, timing ${result.timing}, seed ${result.configuration.seed}`;
  return [about, BEGIN, ...lines, END, ""].join("\n");
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(6);
}

function general({ requests, cycles, throughput }: ProfileResult): Row[] {
  return [
    ["requests", requests, "requests of devices"],
    ["cycles", cycles.total, "from the first arrival to the last end"],
    [
      "throughput.requestsPerKilocycle",
      throughput.requestsPerKilocycle,
      "requests that end in 1000 cycles",
    ],
    [
      "throughput.requestsPerSecond",
      throughput.requestsPerSecond,
      "the same at the clock of the timing set",
    ],
  ];
}

interface Figures {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean?: number;
}

function distribution(name: string, figures: Figures, what: string): Row[] {
  const { count, min, p50, p90, p99, max, mean } = figures;
  return [
    [`${name}.count`, count, `${what}: how many`],
    [`${name}.min`, min, `${what}: least`],
    ...(mean === undefined ? [] : [[`${name}.mean`, mean, `${what}: mean`] as const]),
    [`${name}.p50`, p50, `${what}: half are at most this`],
    [`${name}.p90`, p90, `${what}: 90 % are at most this`],
    [`${name}.p99`, p99, `${what}: 99 % are at most this`],
    [`${name}.max`, max, `${what}: most`],
  ];
}

function stageRows({ stages: results }: ProfileResult): Row[] {
  const about = (name: string, list: readonly { name: string; description: string }[]): string =>
    list.find((each) => each.name === name)!.description;
  return results.flatMap(({ stage, cause, spans, cycles }) => {
    const name = cause === "none" ? `stage.${stage}` : `stage.${stage}.wait.${cause}`;
    const what =
      cause === "none" ? about(stage, stages) : `${about(cause, causes)}, ahead of ${stage}`;
    return [
      [`${name}.spans`, spans, what],
      [`${name}.cycles`, cycles, what],
    ];
  });
}

function cacheRows({ caches }: ProfileResult): Row[] {
  return Object.entries(caches).flatMap(([name, { entries, lookups, hits, hitRate }]): Row[] => [
    [`cache.${name}.entries`, entries, "size of the cache"],
    [`cache.${name}.lookups`, lookups, "lookups"],
    [`cache.${name}.hits`, hits, "lookups that found an entry"],
    [`cache.${name}.hitRate`, hitRate, "hits in lookups"],
  ]);
}

function occupancyRows(result: ProfileResult): Row[] {
  const { walkers, outstandingReads, requestsInFlight, pageRequestQueue } = result;
  const { invalidation, driver } = result;
  const pair = (name: string, { mean, most }: { mean: number; most: number }, what: string) =>
    [
      [`${name}.mean`, mean, `${what}, mean over time`],
      [`${name}.most`, most, `${what}, most at a time`],
    ] satisfies Row[];
  return [
    ["walkers.count", walkers.count, "page walkers"],
    ["walkers.utilization", walkers.utilization, "share of their time at work"],
    ...pair("walkers.busy", walkers, "page walkers at work"),
    ...pair("walkers.queue", walkers.queue, "requests that wait for a page walker"),
    ...pair("memory.outstandingReads", outstandingReads, "reads of memory on their way"),
    ...pair("requestsInFlight", requestsInFlight, "requests sent and not finished"),
    ...pair("pageRequestQueue", pageRequestQueue, "page requests without an answer"),
    ["invalidation.utilization", invalidation.utilization, "share of its engine's time at work"],
    ["invalidation.paused", invalidation.paused, "share of the time in which no lookup may begin"],
    ["driver.threads", driver.threads, "threads that answer page requests"],
    ["driver.utilization", driver.utilization, "share of their time at work"],
  ];
}

function pageFaultRows({ pageFaults }: ProfileResult): Row[] {
  if (pageFaults === undefined) return [];
  return [
    ...distribution("pageFault.cycles", pageFaults.total, "cycles of a page fault"),
    ...Object.entries(pageFaults.parts).flatMap(([part, figures]) =>
      distribution(`pageFault.${part}`, figures, `cycles of its part ${part}`),
    ),
  ];
}

function reuseRows({ reuseDistance }: ProfileResult): Row[] {
  const { pages, reuses, distance, missRatio, sampledOneIn } = reuseDistance;
  return [
    ["reuse.pages", pages, "different pages"],
    ["reuse.count", reuses, "requests to a page that was used before"],
    ["reuse.sampledOneIn", sampledOneIn, "one of so many pages is followed"],
    ...(distance === undefined
      ? []
      : distribution("reuse.distance", distance, "pages used in between")),
    ...missRatio.map(({ entries, ratio }): Row => [
      `reuse.missRatio.${entries}`,
      ratio,
      `misses of an LRU cache of ${entries} entries`,
    ]),
  ];
}
