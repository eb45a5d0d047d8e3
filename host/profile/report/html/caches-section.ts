import type { ProfileResult } from "../../account/index.js";
import { words } from "../names.js";
import { figureHtml, tableHtml } from "./figure.js";
import { missRatioPlot } from "./plots.js";
import type { Section } from "./report-page.js";
import { countText, shareText } from "./text.js";

export function cachesSection(result: ProfileResult): Section {
  const rows = Object.entries(result.caches).map(([name, cache]) => [
    words(name),
    ...[cache.entries, cache.lookups, cache.hits].map(countText),
    cache.lookups === 0 ? "not used" : shareText(cache.hitRate),
  ]);
  const head = ["Cache", "Entries", "Lookups", "Hits", "Hit rate"];
  const table = tableHtml({ caption: "Caches of the unit", head, rows });
  const html = `${missRatio(result)}\n<div class="columns"><div>${table}</div></div>`;
  return { id: "caches", title: "Caches", html };
}

function missRatio({ reuseDistance, caches }: ProfileResult): string {
  const { missRatio: curve, pages, reuses, sampledOneIn } = reuseDistance;
  if (curve.length === 0) {
    return `<p class="note">No page was used twice: a translation cache of any size misses.</p>`;
  }
  const { entries, lookups, hitRate } = caches.iotlb;
  const percent = 100 * (1 - hitRate);
  const sampling =
    sampledOneIn === 1
      ? "Counted exactly."
      : `Estimated from one of ${countText(sampledOneIn)} pages.`;
  return figureHtml({
    title: "Miss ratio of a translation cache of any size",
    about: `What a fully associative cache of 4 KiB pages that replaces the least recently used entry would miss, from the reuse distances of this run. The diamond is the IOTLB as it was: above the line it loses to invalidations or to its organisation, below it gains by large pages. ${sampling}`,
    plots: [
      missRatioPlot(
        "Miss ratio by entries of the cache",
        {
          ...{ name: "least recently used", color: "--blue" },
          points: curve.map(({ entries: size, ratio }) => [size, 100 * ratio]),
        },
        lookups === 0 ? [] : [{ entries, percent, name: "IOTLB" }],
      ),
    ],
    table: {
      caption: `${countText(pages)} pages, ${countText(reuses)} reuses`,
      head: ["Entries", "Misses"],
      rows: curve.map(({ entries: size, ratio }) => [countText(size), shareText(ratio)]),
    },
  });
}
