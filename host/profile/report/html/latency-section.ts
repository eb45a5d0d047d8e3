import type { ProfileResult } from "../../account/index.js";
import type { Distribution } from "../../distribution.js";
import { ways } from "../way.js";
import { figureHtml } from "./figure.js";
import { cumulativePlot, histogramPlot, type Bin, type Color, type Line } from "./plots.js";
import type { ReportRecord } from "./report-record.js";
import type { Section } from "./report-page.js";
import { countText } from "./text.js";

const COLORS: readonly Color[] = ["--blue", "--green", "--red", "--violet"];
/** Bins of a histogram from the shortest to the longest latency, more or less. */
const BINS = 56;
/** Points of a line; a distribution has more steps than anybody sees. */
const POINTS = 240;

export function latencySection(record: ReportRecord, { cycles }: ProfileResult): Section {
  const { min, max } = cycles.perRequest;
  // Powers of two beside what there is, for the axis to have a scale.
  const aside = max < 4 * min ? 2 : 1.1;
  const domain = [Math.max(1, min) / aside, Math.max(2, max) * aside] as const;
  const found = ways.flatMap((way, place) => {
    const latency = record.latencies[place]!;
    const { summary } = latency;
    if (summary === undefined) return [];
    return [{ ...way, latency, summary, color: COLORS[place]! }];
  });
  const all = cumulated(
    record.latencies.flatMap(({ histogram }) => histogram).sort((a, b) => a.to - b.to),
    max,
  );
  const rows = found.map(({ name, summary }) => ({ name, ...summary }));
  const table = {
    caption: "Cycles from arrival to end",
    head: ["Way", "Requests", "50 %", "90 %", "99 %", "Most"],
    rows: [...rows, { name: "all", ...cycles.perRequest }].map(
      ({ name, count, p50, p90, p99, max: most }) => [
        name,
        ...[count, p50, p90, p99, most].map(countText),
      ],
    ),
  };
  const legend = found.map(({ name, description, color }) => ({
    ...{ name: `${name}: ${description}`, color },
  }));
  const lines: Line[] = [
    ...found.map(({ name, latency, summary, color }) => ({
      ...{ name, color, points: cumulated(latency.histogram, summary.max) },
    })),
    { name: "all", color: "--grey", points: all, dashed: true },
  ];
  const histograms = figureHtml({
    title: "Latency, by the way a request took",
    about:
      "Each way has a scale of its own, so that what is rare stays to be seen. The axis of cycles is logarithmic.",
    plots: found.map(({ name, latency, color }) =>
      histogramPlot(`Histogram of the latency: ${name}`, binned(latency, domain), color, domain),
    ),
    legend,
    table,
  });
  const cdf = figureHtml({
    title: "Share of the requests that were done by then",
    about: "The higher a line is on the left, the better. Flat parts separate kinds of requests.",
    plots: [cumulativePlot("Cumulative distribution of the latency", lines, domain)],
    legend: [
      ...found.map(({ name, color }) => ({ name, color })),
      { name: "all requests", color: "--grey", dashed: true },
    ],
    table: {
      caption: "All requests",
      head: ["Share of requests", "Cycles"],
      rows: shares(all).map(([share, latency]) => [`${share} %`, countText(latency)]),
    },
  });
  return { id: "latency", title: "Latency", html: `${histograms}\n${cdf}` };
}

/** Counts in bins of equal width on a logarithmic axis. */
function binned({ histogram }: Distribution, [from, to]: readonly [number, number]): Bin[] {
  const perDoubling = Math.max(1, Math.min(16, Math.floor(BINS / Math.log2(to / from))));
  const bins = new Map<number, number>();
  for (const { from: value, count } of histogram) {
    const bin = Math.floor(Math.log2(Math.max(1, value)) * perDoubling + 1e-9);
    bins.set(bin, (bins.get(bin) ?? 0) + count);
  }
  const edge = (bin: number): number => Math.round(1000 * 2 ** (bin / perDoubling)) / 1000;
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, count]) => ({ from: edge(bin), to: edge(bin + 1), count }));
}

/** Per cent of all values that do not exceed each of some. */
function cumulated(
  histogram: readonly { readonly to: number; readonly count: number }[],
  most: number,
): (readonly [number, number])[] {
  const total = histogram.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  const points = histogram.map(({ to, count }) => {
    below += count;
    return [Math.max(1, Math.min(to, most)), (100 * below) / total] as const;
  });
  const every = Math.ceil(points.length / POINTS);
  const shown = points.filter((_, place) => place % every === 0 || place === points.length - 1);
  const [first] = shown;
  return first === undefined ? [] : [[first[0], 0], ...shown];
}

function shares(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return [10, 25, 50, 75, 90, 95, 99, 99.9].flatMap((share) => {
    const point = points.find(([, below]) => below >= share);
    return point === undefined ? [] : [[share, point[0]] as const];
  });
}
