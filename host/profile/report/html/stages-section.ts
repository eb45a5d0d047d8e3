import {
  causes,
  pageFaultParts,
  stages,
  type ProfileResult,
  type StageResult,
} from "../../account/index.js";
import { stageTitle, words } from "../names.js";
import { figureHtml } from "./figure.js";
import { barsPlot } from "./plots.js";
import type { Section } from "./report-page.js";
import { countText, meanText, shareText } from "./text.js";

/** Rows that have a bar of their own. */
const BARS = 12;

export function stagesSection({ stages: rows, requests }: ProfileResult): Section {
  const shown = rows.filter(({ cycles }) => cycles > 0);
  const bars = shown.slice(0, BARS).map((row) => ({
    name: stageTitle(row),
    value: row.cycles,
    color: row.cause === "none" ? ("--blue" as const) : ("--orange" as const),
    text: shareText(row.share),
  }));
  const waits = shown.some(({ cause }) => cause !== "none");
  const html = figureHtml({
    title: "Cycles of all requests, by stage",
    about:
      "Blue: work of the stage itself. Orange: what requests waited for ahead of it. Long bars are where there is most to gain.",
    plots: [barsPlot("Cycles of all requests by stage, most first", bars)],
    legend: [
      { name: "at work", color: "--blue" },
      ...(waits ? [{ name: "waiting", color: "--orange" }] : []),
    ],
    table: {
      caption: "Cycles a request, most first",
      head: ["Stage", "Cycles", "Times", "Share"],
      rows: tableRows(shown, requests),
    },
  });
  return {
    id: "stages",
    title: "Where the cycles went",
    html: html + glossary(shown.slice(0, BARS)),
  };
}

/** The rows with the most cycles, and all others as one. */
function tableRows(shown: readonly StageResult[], requests: number): string[][] {
  const cells = (name: string, row: Pick<StageResult, "cycles" | "spans" | "share">): string[] => [
    name,
    meanText(row.cycles / requests),
    countText(row.spans),
    shareText(row.share),
  ];
  const first = shown.slice(0, BARS).map((row) => cells(stageTitle(row), row));
  const rest = shown.slice(BARS);
  if (rest.length === 0) return first;
  const sum = (key: "cycles" | "spans" | "share"): number =>
    rest.reduce((total, row) => total + row[key], 0);
  const others = { cycles: sum("cycles"), spans: sum("spans"), share: sum("share") };
  return [...first, cells(`${rest.length} more`, others)];
}

/** What the names mean that the figure uses. */
function glossary(rows: readonly StageResult[]): string {
  const used = (list: readonly { name: string; description: string }[], names: Set<string>) =>
    list
      .filter(({ name }) => names.has(name) && name !== "none")
      .map(({ name, description }) => `${words(name)}: ${description}`);
  const stageNames = used(stages, new Set(rows.map(({ stage }) => stage)));
  const causeNames = used(causes, new Set(rows.map(({ cause }) => cause)));
  const waits = causeNames.length === 0 ? "" : ` Waits: ${causeNames.join("; ")}.`;
  return `<p class="note">${stageNames.join("; ")}.${waits}</p>`;
}

/** Undefined where no page was asked for. */
export function pageFaultSection({ pageFaults }: ProfileResult): Section | undefined {
  if (pageFaults === undefined) return undefined;
  const parts = pageFaultParts.map((part) => ({ ...part, cycles: pageFaults.parts[part.name] }));
  const html = figureHtml({
    title: "Parts of a page fault",
    about:
      "From the page request of the device to its second, successful attempt. Parts follow each other; bars are means. " +
      `${pageFaultParts.map(({ name, description }) => `${name}: ${description}`).join("; ")}.`,
    plots: [
      barsPlot(
        "Mean cycles of each part of a page fault",
        parts.map(({ name, cycles }) => ({
          name,
          value: cycles.mean,
          color: "--red",
          text: meanText(cycles.mean),
        })),
      ),
    ],
    table: {
      caption: `${countText(pageFaults.count)} page faults, in cycles`,
      head: ["Part", "Mean", "50 %", "90 %", "99 %", "Most"],
      rows: [...parts, { name: "all", cycles: pageFaults.total }].map(({ name, cycles }) => [
        name,
        ...[cycles.mean, cycles.p50, cycles.p90, cycles.p99, cycles.max].map(meanText),
      ]),
    },
  });
  return { id: "page-faults", title: "Page faults", html };
}
