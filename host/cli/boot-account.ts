import type { Capabilities } from "../core/capabilities.js";
import { pageRequestTime, readTiming } from "../profile/index.js";
import { formatSourceId } from "../spec/source-id.js";
import type { BootCounters } from "./boot-counters.js";
import type { BootEvents } from "./boot-events.js";
import type { Check } from "./boot-checks.js";
import { hex } from "./numbers.js";
import { pageRequestStages, type PageRequestTimesSummary } from "./page-request-times.js";
import { styled, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import type { UnitOptions } from "./unit-options.js";
import { wrapped } from "./wrapped-text.js";

const FAULTS_SHOWN = 8;
const SUCCESS = 0;
const TIMING = "desktop";

/** What an account is made of, whatever the emulator. */
export interface AccountedRun {
  readonly verdict: string;
  readonly reason?: string;
  readonly wallMs: number;
  readonly unit: UnitOptions;
  readonly capabilities: Capabilities;
  readonly checks: readonly Check[];
  readonly counters: BootCounters;
  readonly events: BootEvents;
  /** Where the emulator runs on its own time. */
  readonly pageRequestTimes?: PageRequestTimesSummary;
}

/** The readable account of a run. */
export function bootAccount(record: AccountedRun, terminal: Terminal): string {
  const { counters, events } = record;
  const rows = [
    ...unitRows(record),
    checkRow(record, terminal),
    ["requests", requestText(counters)],
    ["page requests", pageRequestText(counters, events)],
    ...pageRequestTimeRows(record),
    [
      "DMA",
      `${bytesText(counters.dmaBytesRead)} read, ${bytesText(counters.dmaBytesWritten)} written`,
    ],
    ["cache hits", cacheText(counters)],
    ["interrupts", interruptText(counters, events)],
    ["faults", `${counters.faults} met, ${counters.faultsRecorded} recorded`],
    ...faultRows(events),
    ["time", timeText(record)],
  ];
  return `\n${textTable(rows, "")}${verdictText(record, terminal)}\n`;
}

function unitRows({ unit, capabilities }: AccountedRun): string[][] {
  const { version, cap, ecap, values } = capabilities;
  const on = Object.entries(values).filter(([, value]) => value === 1);
  return [
    [
      "unit",
      `version ${version >> 4}.${version & 15}, preset ${unit.preset}, CAP ${hex(cap)}, ECAP ${hex(ecap)}`,
    ],
    ...wrapped(on.map(([name]) => name).join(" "), 80).map((line) => ["", line]),
  ];
}

function checkRow({ checks }: AccountedRun, terminal: Terminal): string[] {
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const skipped = checks.filter((check) => check.skipped).length;
  const passed = checks.length - failed.length - skipped;
  const left = skipped === 0 ? "" : `, ${skipped} skipped`;
  const text = failed.length === 0 ? "" : `: ${styled(terminal, "bad", failed.join(", "))}`;
  return ["checks", `${passed} passed${left}, ${failed.length} failed${text}`];
}

function requestText(counters: BootCounters): string {
  const { requests, translationRequests, translatedRequests } = counters;
  return (
    `${requests} untranslated, ${translatedRequests} translated, ` +
    `${translationRequests} for a translation`
  );
}

function pageRequestText(counters: BootCounters, { responses }: BootEvents): string {
  // A stop marker travels as a Page Request message, and asks for no page (§7.9).
  const pageRequests = counters.pageRequests - counters.stopMarkers;
  if (pageRequests === 0) return "none";
  const granted = responses.get(SUCCESS) ?? 0;
  const groups = [...responses.values()].reduce((sum, count) => sum + count, 0);
  const latency = pageRequestTime(counters, readTiming(TIMING).values) / pageRequests / 1000;
  return (
    `${pageRequests} in ${groups} groups, ${granted} granted, ${groups - granted} refused; ` +
    `${latency.toFixed(2)} us of hardware each (modelled, timing ${TIMING})`
  );
}

function pageRequestTimeRows({ pageRequestTimes }: AccountedRun): string[][] {
  if (pageRequestTimes?.roundTrip === undefined) return [];
  const { roundTrip, stages, unanswered } = pageRequestTimes;
  const { count, min, p50, p90, p99, max } = roundTrip;
  const medians = pageRequestStages.flatMap((stage) => {
    const summary = stages[stage];
    return summary === undefined ? [] : [`${stage} ${microseconds(summary.p50)}`];
  });
  const without = unanswered === 0 ? "" : `, ${unanswered} without answer`;
  return [
    [
      "round trips",
      `${count} groups answered by the guest in ${[min, p50, p90, p99, max].map(microseconds).join(" / ")} us ` +
        `(least / 50 / 90 / 99 % / most, host time)${without}`,
    ],
    ["", `medians of the stages: ${medians.join(", ")} us`],
  ];
}

function microseconds(nanoseconds: number): string {
  const value = nanoseconds / 1000;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function cacheText(counters: BootCounters): string {
  const rate = (name: string, hits: number, lookups: number): string =>
    lookups === 0 ? "" : `${name} ${Math.round((100 * hits) / lookups)}% of ${lookups}`;
  const rates = [
    rate("IOTLB", counters.iotlbHits, counters.iotlbLookups),
    rate("context", counters.contextHits, counters.contextLookups),
    rate("PASID", counters.pasidHits, counters.pasidLookups),
    rate("first stage", counters.firstStagePagingHits, counters.firstStagePagingLookups),
    rate("second stage", counters.secondStagePagingHits, counters.secondStagePagingLookups),
  ];
  return rates.filter((text) => text !== "").join(", ") || "no lookups";
}

function interruptText(counters: BootCounters, { lostInterrupts }: BootEvents): string {
  const lost = lostInterrupts.length === 0 ? "" : `, ${lostInterrupts.length} lost`;
  const why = lostInterrupts.length === 0 ? "" : ` (${[...new Set(lostInterrupts)].join(", ")})`;
  return `${counters.interruptsDelivered} delivered${lost}${why}`;
}

function faultRows({ faults }: BootEvents): string[][] {
  const rows = faults.slice(0, FAULTS_SHOWN).map((fault) => {
    const pasid = fault.pasid === undefined ? "" : `, PASID ${fault.pasid}`;
    const who = `${formatSourceId(fault.sourceId)}${pasid}`;
    return [
      "",
      `${fault.condition} (${hex(fault.reason)}) of ${who} at ${hex(fault.address)}: ${fault.record}`,
    ];
  });
  const more = faults.length - rows.length;
  return more > 0 ? [...rows, ["", `and ${more} more`]] : rows;
}

function timeText({ wallMs, events }: AccountedRun): string {
  const after = (what: string, ms: number | undefined): string =>
    ms === undefined ? "" : `, ${what} after ${Math.round(ms)} ms`;
  return (
    `${(wallMs / 1000).toFixed(2)} s` +
    after("first line", events.firstLineMs) +
    after("first page request answered", events.firstResponseMs)
  );
}

function verdictText({ verdict, reason }: AccountedRun, terminal: Terminal): string {
  const style = verdict === "pass" ? "good" : "bad";
  return styled(terminal, style, reason === undefined ? verdict : `${verdict}: ${reason}`);
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
