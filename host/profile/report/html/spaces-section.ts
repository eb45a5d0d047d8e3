import type { ProfileResult } from "../../account/index.js";
import { deviceName, pasidName } from "../names.js";
import { tableHtml } from "./figure.js";
import type { ReportRecord, SpaceTotals } from "./report-record.js";
import type { Section } from "./report-page.js";
import { countText, meanText, shareText } from "./text.js";

/** Rows of the table. */
const ROWS = 16;

export function spacesSection({ spaces }: ReportRecord, { requests }: ProfileResult): Section {
  const total = spaces.reduce((sum, { cycles }) => sum + cycles, 0);
  const rows = spaces
    .slice(0, ROWS)
    .map((space) => [
      nameOf(space),
      countText(space.requests),
      shareText(space.requests / requests),
      shareText(total === 0 ? 0 : space.cycles / total),
      meanText(space.cycles / space.requests),
      countText(space.latency.summary!.p99),
      space.lookups === 0 ? "no lookups" : shareText(space.hits / space.lookups),
    ]);
  const hidden = spaces.length - rows.length;
  const caption =
    hidden > 0
      ? `The ${ROWS} with most cycles; ${countText(hidden)} more are not shown`
      : "Most cycles first";
  const head = ["Device and PASID", "Requests", "of all", "Cycles", "Mean", "99 %", "IOTLB hits"];
  return {
    id: "spaces",
    title: "Devices and PASIDs",
    html: `<div class="columns"><div>${tableHtml({ caption, head, rows })}</div></div>`,
  };
}

function nameOf({ sourceId, pasid }: SpaceTotals): string {
  return sourceId === undefined ? "all others" : `${deviceName(sourceId)} ${pasidName(pasid)}`;
}
