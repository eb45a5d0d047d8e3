import type { ProfileResult } from "../../account/index.js";
import type { OutputContext } from "../../outputs/output.js";
import { cachesSection } from "./caches-section.js";
import { tableHtml } from "./figure.js";
import { latencySection } from "./latency-section.js";
import { pageStyle } from "./page-style.js";
import type { ReportRecord } from "./report-record.js";
import { pageFaultSection, stagesSection } from "./stages-section.js";
import { countText, escaped, meanText, shareText, shortText } from "./text.js";
import { timeSection } from "./time-section.js";
import { verdict } from "../verdict.js";
import { spacesSection } from "./spaces-section.js";

/** A part of the page: its heading and what follows. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** The whole report as HTML. */
export function reportPage(
  record: ReportRecord,
  result: ProfileResult,
  context: OutputContext,
): string {
  const sections = [
    stagesSection(result),
    latencySection(record, result),
    timeSection(record, result),
    cachesSection(result),
    pageFaultSection(result),
    spacesSection(record, result),
    configurationSection(result, context),
  ].filter((section) => section !== undefined);
  const title = `viommu profile: ${result.workload}`;
  const links = sections.map(({ id, title: text }) => `<a href="#${id}">${escaped(text)}</a>`);
  const bodies = sections.map(
    ({ id, title: text, html }) =>
      `<section aria-labelledby="${id}">\n<h2 id="${id}">${escaped(text)}</h2>\n${html}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
<p>${escaped(subtitle(result))}</p>
${tilesHtml(result)}
<p class="verdict">${escaped(verdict(result).replaceAll(" %", "\u00a0%"))}</p>
<nav aria-label="Sections">${links.join("\n")}</nav>
</header>
${bodies.join("\n")}
<footer>
<p>viommu ${escaped(result.configuration.version)}. Cycles are those of a model with the parameters above; what the
caches did is exact. The same seed gives this page again, byte for byte.</p>
</footer>
</main>
</body>
</html>
`;
}

function subtitle({ requests, timing, cycles, configuration }: ProfileResult): string {
  return (
    `${countText(requests)} ${requests === 1 ? "request" : "requests"} in ${countText(cycles.total)} cycles of the model, ` +
    `timing ${timing}, seed ${configuration.seed}`
  );
}

function tilesHtml(result: ProfileResult): string {
  const { throughput, cycles, caches, walkers, pageFaults } = result;
  const { p50, p99, p90, mean } = cycles.perRequest;
  const tiles = [
    {
      name: "Throughput",
      value: `${shortText(throughput.requestsPerSecond)}/s`,
      more: `${meanText(throughput.requestsPerKilocycle)} in 1000 cycles`,
    },
    { name: "Latency, median", value: countText(p50), more: `cycles; mean ${meanText(mean)}` },
    { name: "Latency, 99 %", value: countText(p99), more: `cycles; 90 % ${countText(p90)}` },
    {
      name: "IOTLB hit rate",
      value: shareText(caches.iotlb.hitRate),
      more: `${countText(caches.iotlb.entries)} entries`,
    },
    {
      name: "Walkers at work",
      value: shareText(walkers.utilization),
      more: `${meanText(walkers.mean)} of ${walkers.count} in the mean`,
    },
    ...(pageFaults === undefined
      ? []
      : [
          {
            name: "Page fault, median",
            value: countText(pageFaults.total.p50),
            more: `cycles; 99 % ${countText(pageFaults.total.p99)}`,
          },
        ]),
  ];
  const html = tiles.map(
    ({ name, value, more }) =>
      `<div><dt>${escaped(name)}</dt><dd class="value">${escaped(value)}</dd><dd class="more">${escaped(more)}</dd></div>`,
  );
  return `<dl class="tiles">\n${html.join("\n")}\n</dl>`;
}

function configurationSection({ configuration }: ProfileResult, context: OutputContext): Section {
  const { workload, timing, caches, version, seed } = configuration;
  const rows = (values: Readonly<Record<string, number | string | boolean>>) =>
    Object.entries(values).map(([name, value]) => [name, String(value)]);
  const general = { workload: context.workload, timing: context.timing, version, seed };
  const tables = [
    { caption: "Run", rows: [...rows(general), ...rows(workload)] },
    { caption: `Timing ${context.timing}`, rows: rows(timing) },
    { caption: "Entries of the caches", rows: rows(caches) },
  ];
  const html = tables.map(
    (table) => `<div>${tableHtml({ ...table, head: ["Parameter", "Value"] })}</div>`,
  );
  return {
    id: "configuration",
    title: "Configuration",
    html: `<div class="columns">${html.join("\n")}</div>`,
  };
}
