import type { ProfileResult, SampledCounter } from "../../account/index.js";
import { words } from "../names.js";
import { figureHtml } from "./figure.js";
import { timePlot, type Color, type Line } from "./plots.js";
import type { ReportRecord } from "./report-record.js";
import type { Section } from "./report-page.js";
import { countText, meanText } from "./text.js";

const COLORS: readonly Color[] = ["--blue", "--green", "--red", "--violet", "--orange", "--grey"];
/** Rows of a table beside a plot over time. */
const ROWS = 8;

type Points = readonly (readonly [number, number])[];

interface TimeFigure {
  readonly title: string;
  readonly about: string;
  /** Of the axis. */
  readonly label: string;
  readonly lines: readonly Line[];
  readonly top?: number;
  readonly limit?: { readonly at: number; readonly name: string };
  readonly filled?: boolean;
}

export function timeSection(record: ReportRecord, result: ProfileResult): Section {
  const until = Math.max(1, record.last);
  const { walkers, pageRequestQueue, requestsInFlight, outstandingReads } = result;
  const means = (name: SampledCounter): Points =>
    record.levels
      .get(name)!
      .means(until)
      .map(({ from, mean }) => [from, mean]);
  const level = (title: string, about: string, name: SampledCounter, color: Color): TimeFigure => ({
    ...{ title, about, label: "mean", filled: true },
    lines: [{ name: words(name), color, points: closed(means(name), until) }],
  });
  const mostText = (most: number): string => `At most ${countText(most)} at a time.`;
  const figures: TimeFigure[] = [
    throughput(record, until),
    hitRates(record, until),
    {
      ...level(
        "Page walkers at work",
        `When all of them are busy, requests queue. ${mostText(walkers.most)}`,
        "walkersBusy",
        "--green",
      ),
      limit: { at: walkers.count, name: `${walkers.count} walkers` },
    },
    level(
      "Page requests without an answer",
      `Page requests that the driver has not answered yet. ${mostText(pageRequestQueue.most)}`,
      "pageRequestQueue",
      "--red",
    ),
    level(
      "Requests that wait for a walker",
      `The queue ahead of the walkers. ${mostText(walkers.queue.most)}`,
      "walkerQueue",
      "--orange",
    ),
    level(
      "Reads of memory on their way",
      `Reads that the unit waits for. ${mostText(outstandingReads.most)}`,
      "outstandingReads",
      "--violet",
    ),
    level(
      "Requests in flight",
      `Sent by devices and not finished. ${mostText(requestsInFlight.most)}`,
      "requestsInFlight",
      "--blue",
    ),
  ];
  const used = figures.filter(({ lines }) =>
    lines.some(({ points }) => points.some(([, value]) => value > 0)),
  );
  const html = used.map((figure) => timeFigure(figure, until)).join("\n");
  return { id: "time", title: "In the course of the run", html };
}

function timeFigure(figure: TimeFigure, until: number): string {
  const { title, about, lines } = figure;
  const step = until / ROWS;
  const starts = Array.from({ length: ROWS }, (_, row) => Math.floor(row * step));
  return figureHtml({
    ...{ title, about },
    plots: [timePlot({ ...figure, title: `${title}, over time`, until })],
    ...(lines.length > 1 && { legend: lines }),
    table: {
      caption: "Means of eighths of the run",
      head: ["From cycle", ...lines.map(({ name }) => name)],
      rows: starts.map((start, row) => [
        countText(start),
        ...lines.map(({ points }) => partText(points, start, starts[row + 1] ?? until)),
      ]),
    },
  });
}

function throughput({ finished }: ReportRecord, until: number): TimeFigure {
  const { width } = finished;
  const points = finished.sums().map((count, span) => {
    const length = Math.min(width, Math.max(1, until - span * width));
    return [span * width, (1000 * count) / length] as const;
  });
  return {
    title: "Throughput",
    about: `Requests that end in 1000 cycles; a step is ${countText(width)} cycles.`,
    ...{ label: "requests in 1000 cycles", filled: true },
    // What ends in the last cycle lies in a span that is no longer than it.
    lines: [{ name: "requests", color: "--blue", points: closed(points.slice(0, -1), until) }],
  };
}

function hitRates({ lookups, hits }: ReportRecord, until: number): TimeFigure {
  const lines = [...lookups].flatMap(([name, series], cache): Line[] => {
    const counts = series.sums();
    const found = hits.get(name)!.sums(series.width);
    const points = counts.flatMap((count, span): (readonly [number, number])[] =>
      count === 0 ? [] : [[span * series.width, (100 * (found[span] ?? 0)) / count]],
    );
    if (points.length === 0) return [];
    return [{ name: words(name), color: COLORS[cache]!, points: closed(points, until) }];
  });
  return {
    title: "Hit rate of each cache",
    about:
      "Hits in 100 lookups. A fall is a change of what the workload touches, or an invalidation.",
    ...{ label: "% of lookups", top: 100, lines },
  };
}

/** With the last value held to the end. */
function closed(points: Points, until: number): Points {
  const last = points.at(-1);
  return last === undefined || last[0] >= until ? points : [...points, [until, last[1]]];
}

/** The mean of the steps that begin in a part of the run; of a part without any, what was before. */
function partText(points: Points, from: number, to: number): string {
  const inside = points.filter(([at]) => at >= from && at < to);
  const before = points.findLast(([at]) => at < from);
  const used = inside.length > 0 ? inside : before === undefined ? [] : [before];
  if (used.length === 0) return "none";
  return meanText(used.reduce((sum, [, value]) => sum + value, 0) / used.length);
}
