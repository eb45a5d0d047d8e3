import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";

import { powerText, shortText } from "./text.js";

/** Colours as custom properties of the page: they change with the reader's scheme. */
export type Color = "--blue" | "--orange" | "--red" | "--green" | "--violet" | "--grey";

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly color: Color;
  readonly text: string;
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Line {
  readonly name: string;
  readonly color: Color;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

const WIDTH = 680;
/** On a phone, where the letters of the wide one would be too small to read. */
const NARROW_WIDTH = 330;
const { document } = new JSDOM("").window;
const cycles = { label: "cycles", labelAnchor: "right", tickFormat: shortText } as const;
/** At least a cycle: a logarithm has no place for 0. */
const logarithmic = { ...cycles, type: "log", base: 2, ticks: 8, tickFormat: powerText } as const;

/** Bars from the left, with a name and a text each; on a phone names stand above their bars. */
export function barsPlot(title: string, bars: readonly Bar[]): string {
  const x = { ...cycles, grid: true } as const;
  const y = { label: null, domain: bars.map(({ name }) => name) };
  const bar = { x: "value", y: "name", fill: ({ color }: Bar) => `var(${color})` };
  const text = { x: "value", y: "name", text: "text", textAnchor: "start", dx: 6 } as const;
  const name = { x: 0, y: "name", text: "name", textAnchor: "start", dx: 3 } as const;
  return drawn(
    title,
    {
      ...{ height: 26 * bars.length + 40, marginLeft: 235, marginRight: 120 },
      ...{ x: { ...x, ticks: 5 }, y },
      marks: [
        Plot.barX(bars, { ...bar, insetTop: 3, insetBottom: 3 }),
        Plot.text(bars, text),
        Plot.ruleX([0]),
      ],
    },
    {
      ...{ height: 42 * bars.length + 40, marginLeft: 6, marginRight: 110 },
      ...{ x: { ...x, ticks: 3 }, y: { ...y, axis: null } },
      marks: [
        Plot.barX(bars, { ...bar, insetTop: 19, insetBottom: 1 }),
        Plot.text(bars, { ...text, dy: 9 }),
        Plot.text(bars, { ...name, dy: -12, fill: "currentColor" }),
        Plot.ruleX([0]),
      ],
    },
  );
}

/** How many requests took how long. */
export function histogramPlot(
  title: string,
  bins: readonly Bin[],
  color: Color,
  domain: readonly [number, number],
): string {
  return drawn(title, {
    ...{ height: 130, marginLeft: 56, marginBottom: 32 },
    x: { ...logarithmic, domain: [...domain] },
    y: { label: "requests", grid: true, ticks: 3, tickFormat: shortText },
    marks: [
      Plot.rectY(bins, {
        ...{ x1: "from", x2: "to", y: "count", insetLeft: 0.5, insetRight: 0.5 },
        fill: `var(${color})`,
        title: ({ from, to, count }: Bin) => `${shortText(count)} from ${from} to ${to} cycles`,
      }),
      Plot.ruleY([0]),
    ],
  });
}

/** Share of the requests that took at most so many cycles. */
export function cumulativePlot(
  title: string,
  lines: readonly Line[],
  domain: readonly [number, number],
): string {
  return drawn(title, {
    ...{ height: 250, marginLeft: 56, marginBottom: 36 },
    x: { ...logarithmic, domain: [...domain] },
    y: { label: "% of requests", grid: true, domain: [0, 100] },
    marks: [...lines.map((line) => lineMark(line, "step-after")), Plot.ruleY([0])],
  });
}

export interface TimePlot {
  readonly title: string;
  readonly label: string;
  readonly lines: readonly Line[];
  readonly until: number;
  /** The highest value of the axis; as the values have it if it is not given. */
  readonly top?: number;
  /** Where a line across is drawn, with its name. */
  readonly limit?: { readonly at: number; readonly name: string };
  readonly filled?: boolean;
}

/** Values in the course of the run. */
export function timePlot({ title, label, lines, until, top, limit, filled }: TimePlot): string {
  const highest = Math.max(
    ...lines.flatMap(({ points }) => points.map(([, y]) => y)),
    limit?.at ?? 0,
  );
  const areas = lines.map(({ points, color }) =>
    Plot.areaY(points, {
      ...{ x: "0", y: "1", curve: "step-after", fillOpacity: 0.18 },
      fill: `var(${color})`,
    }),
  );
  const limits =
    limit === undefined
      ? []
      : [
          Plot.ruleY([limit.at], { stroke: "var(--soft)", strokeDasharray: "4 3" }),
          Plot.text([limit.name], {
            ...{ y: limit.at, frameAnchor: "right", textAnchor: "end", dy: -7 },
            fill: "var(--soft)",
          }),
        ];
  return drawn(title, {
    ...{ height: 190, marginLeft: 56, marginBottom: 36 },
    x: { ...cycles, domain: [0, until], ticks: 6 },
    y: {
      ...{ label, grid: true, ticks: 4, tickFormat: shortText },
      domain: [0, top ?? (highest === 0 ? 1 : 1.12 * highest)],
    },
    marks: [
      ...(filled === true ? areas : []),
      ...lines.map((line) => lineMark(line, "step-after")),
      ...limits,
      Plot.ruleY([0]),
    ],
  });
}

/** Miss ratio of caches of any size, and what the cache of the run did. */
export function missRatioPlot(
  title: string,
  line: Line,
  actual: readonly { readonly entries: number; readonly percent: number; readonly name: string }[],
): string {
  const sizes = [...line.points.map(([x]) => x), ...actual.map(({ entries }) => entries)];
  const domain = [Math.max(1, Math.min(...sizes)), Math.max(2, ...sizes)];
  return drawn(title, {
    ...{ height: 250, marginLeft: 56, marginBottom: 36, marginRight: 30 },
    x: { ...logarithmic, label: "entries of the cache", domain },
    y: { label: "% of requests that miss", grid: true, domain: [0, 100] },
    marks: [
      lineMark(line, "linear"),
      Plot.dot(line.points, { x: "0", y: "1", r: 2.5, fill: `var(${line.color})` }),
      Plot.dot(actual, {
        ...{ x: "entries", y: "percent", r: 5, symbol: "diamond", fill: "var(--orange)" },
        ...{ stroke: "var(--card)", strokeWidth: 1.5 },
      }),
      Plot.text(actual, {
        ...{ x: "entries", y: "percent", text: "name", dy: -13 },
        ...{ stroke: "var(--card)", strokeWidth: 4, fill: "currentColor" },
      }),
      Plot.ruleY([0]),
    ],
  });
}

function lineMark(
  { points, color, dashed = false }: Line,
  curve: "linear" | "step-after",
): Plot.Markish {
  return Plot.line(points, {
    ...{ x: "0", y: "1", curve, strokeWidth: 2, stroke: `var(${color})` },
    ...(dashed && { strokeDasharray: "5 3" }),
  });
}

/** The plot twice, for wide and for narrow screens: the style of the page shows one of them. */
function drawn(
  title: string,
  options: Plot.PlotOptions,
  narrow: Plot.PlotOptions = { ...options, x: { ...options.x, ticks: 5 } },
): string {
  return [
    svgOf(title, { className: "plot", width: WIDTH, ...options }),
    svgOf(title, { className: "narrow", width: NARROW_WIDTH, ...narrow }),
  ].join("\n");
}

/** The plot as text: without a style of its own, and with its title for those who do not see it. */
function svgOf(title: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({ document, style: "font-size: 12px", ...options });
  svg.querySelectorAll("style").forEach((style) => {
    style.remove();
  });
  svg.setAttribute("role", "img");
  const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
  name.textContent = title;
  svg.prepend(name);
  return svg.outerHTML;
}
