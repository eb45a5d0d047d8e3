import type { CycleDistribution, ProfileResult } from "../profile/index.js";
import { stageTitle, words } from "../profile/report/names.js";
import { verdict } from "../profile/report/verdict.js";
import { countText } from "./numbers.js";
import { styled, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import { wrapped } from "./wrapped-text.js";

const MOST_STAGES = 12;
const BAR = 16;

/** What a person wants to know of a profile first. */
export function profileSummary(result: ProfileResult, terminal: Terminal): string {
  const heading = (text: string): string => `\n${styled(terminal, "strong", text)}\n`;
  const { pageFaults } = result;
  return [
    `${result.workload}, timing ${result.timing}, seed ${result.configuration.seed}\n`,
    replayText(result),
    heading("Throughput"),
    throughput(result),
    heading("Where the cycles of requests went"),
    ...wrapped(verdict(result), 78).map((line) => `  ${line}\n`),
    "\n",
    stages(result),
    heading("Caches"),
    caches(result),
    heading("Reuse distance"),
    reuse(result),
    heading("Page walkers"),
    walkers(result),
    ...(result.counters.descriptors > 0
      ? [heading("Invalidation queue"), invalidations(result)]
      : []),
    ...(pageFaults === undefined ? [] : [heading("Page faults, in cycles"), faults(pageFaults)]),
  ].join("");
}

function replayText({ replay }: ProfileResult): string {
  if (replay === undefined) return "";
  const { exact, different, unrecordedReads } = replay;
  if (exact) return "replayed exactly as it was recorded\n";
  const differences = [
    ...(different > 0 ? [`${counted(different, "call")} with another answer`] : []),
    ...(unrecordedReads > 0
      ? [`${counted(unrecordedReads, "read")} of words that were not recorded`]
      : []),
  ];
  return `replayed with other caches: ${differences.join(", ") || "every answer as it was recorded"}\n`;
}

const counted = (count: number, what: string): string =>
  `${countText(count)} ${what}${count === 1 ? "" : "s"}`;

function throughput({
  requests,
  cycles,
  throughput,
  configuration,
  outcomes,
}: ProfileResult): string {
  const { perRequest } = cycles;
  return textTable([
    ["requests", `${countText(requests)}: ${outcomeText(outcomes)}`],
    [
      "cycles",
      `${countText(cycles.total)} of ${Number((1000 / configuration.timing["clock"]!).toFixed(3))} ns`,
    ],
    [
      "rate",
      `${throughput.requestsPerKilocycle.toFixed(2)} in 1000 cycles, ` +
        `${(throughput.requestsPerSecond / 1e6).toFixed(2)} million a second`,
    ],
    ["latency", `${distribution(perRequest)} cycles`],
  ]);
}

function outcomeText(outcomes: ProfileResult["outcomes"]): string {
  return Object.entries(outcomes)
    .map(([name, n]) => `${countText(n)} ${name}`)
    .join(", ");
}

function stages({ stages }: ProfileResult): string {
  const shown = stages.slice(0, MOST_STAGES);
  const rest = stages.slice(MOST_STAGES).reduce((sum, { share }) => sum + share, 0);
  const rows = shown.map((row) => [
    stageTitle(row),
    percent(row.share),
    `${countText(Math.round(row.cycles / row.spans))} each`,
    "#".repeat(Math.round(row.share * BAR)),
  ]);
  return textTable(rest > 0.0005 ? [...rows, ["others", percent(rest)]] : rows);
}

function caches({ caches }: ProfileResult): string {
  const used = Object.entries(caches).filter(([, { lookups }]) => lookups > 0);
  return textTable(
    used.map(([name, { entries, lookups, hits, hitRate }]) => [
      words(name),
      `${percent(hitRate)} hits`,
      `${countText(hits)} of ${countText(lookups)}`,
      `${entries} entries`,
    ]),
  );
}

function reuse({ reuseDistance }: ProfileResult): string {
  const { pages, reuses, distance, sampledOneIn } = reuseDistance;
  const how = sampledOneIn === 1 ? "" : `, from one page in ${sampledOneIn}`;
  return textTable([
    ["pages", `${countText(pages)}, used again ${countText(reuses)} times${how}`],
    ...(distance === undefined
      ? []
      : [
          [
            "other pages in between",
            `p50 ${countText(distance.p50)}, p90 ${countText(distance.p90)}, p99 ${countText(distance.p99)}`,
          ],
        ]),
  ]);
}

function walkers({ walkers }: ProfileResult): string {
  const { count: all, mean, most, utilization, queue } = walkers;
  return textTable([
    ["busy", `${mean.toFixed(2)} of ${all} (${percent(utilization)}), at most ${most}`],
    ["waiting for one", `${queue.mean.toFixed(2)}, at most ${queue.most}`],
  ]);
}

function invalidations({ counters, invalidation }: ProfileResult): string {
  const { descriptors, waits, pageGroupResponses } = counters;
  return textTable([
    [
      "descriptors",
      `${countText(descriptors)}, of them ${counted(waits, "wait")}, ${counted(pageGroupResponses, "response")}`,
    ],
    ["engine busy", `${percent(invalidation.utilization)} of the time`],
    ["lookups pause", `${percent(invalidation.paused)} of the time`],
  ]);
}

function faults({ count: all, total, parts }: NonNullable<ProfileResult["pageFaults"]>): string {
  const row = (name: string, cycles: CycleDistribution): string[] => [
    name,
    `mean ${cycles.mean.toFixed(0)}`,
    distribution(cycles),
  ];
  return textTable([
    [`all ${countText(all)}`, `mean ${total.mean.toFixed(0)}`, distribution(total)],
    ...Object.entries(parts)
      .filter(([, cycles]) => cycles.count > 0)
      .map(([name, cycles]) => row(name, cycles)),
  ]);
}

function distribution({ p50, p90, p99, max }: CycleDistribution): string {
  return `p50 ${countText(p50)}, p90 ${countText(p90)}, p99 ${countText(p99)}, most ${countText(max)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
