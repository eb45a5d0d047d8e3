import { pageRequestTime } from "../profile/latencies.js";
import { formatSourceId } from "../spec/source-id.js";
import { hex } from "./numbers.js";
import { styled } from "./terminal.js";
import { textTable } from "./text-table.js";
const FAULTS_SHOWN = 8;
const SUCCESS = 0;
/** The readable account of a run. */
export function bootAccount(record, terminal) {
    const { counters, events } = record;
    const rows = [
        ...unitRows(record),
        checkRow(record, terminal),
        ["requests", requestText(counters)],
        ["page requests", pageRequestText(counters, events)],
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
function unitRows({ unit, capabilities }) {
    const { version, cap, ecap, values } = capabilities;
    const on = Object.entries(values).filter(([, value]) => value === 1);
    return [
        [
            "unit",
            `version ${version >> 4}.${version & 15}, preset ${unit.preset}, CAP ${hex(cap)}, ECAP ${hex(ecap)}`,
        ],
        ...wrap(on.map(([name]) => name).join(" "), 80).map((line) => ["", line]),
    ];
}
function checkRow({ checks }, terminal) {
    const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    const skipped = checks.filter((check) => check.skipped).length;
    const passed = checks.length - failed.length - skipped;
    const left = skipped === 0 ? "" : `, ${skipped} skipped`;
    const text = failed.length === 0 ? "" : `: ${styled(terminal, "bad", failed.join(", "))}`;
    return ["checks", `${passed} passed${left}, ${failed.length} failed${text}`];
}
function requestText(counters) {
    const { requests, translationRequests, translatedRequests } = counters;
    return (`${requests} untranslated, ${translatedRequests} translated, ` +
        `${translationRequests} for a translation`);
}
function pageRequestText(counters, { responses }) {
    // A stop marker travels as a Page Request message, and asks for no page (§7.9).
    const pageRequests = counters.pageRequests - counters.stopMarkers;
    if (pageRequests === 0)
        return "none";
    const granted = responses.get(SUCCESS) ?? 0;
    const groups = [...responses.values()].reduce((sum, count) => sum + count, 0);
    const latency = pageRequestTime(counters) / pageRequests / 1000;
    return (`${pageRequests} in ${groups} groups, ${granted} granted, ${groups - granted} refused; ` +
        `${latency.toFixed(2)} us of hardware each (modelled, provisional latencies)`);
}
function cacheText(counters) {
    const rate = (name, hits, lookups) => lookups === 0 ? "" : `${name} ${Math.round((100 * hits) / lookups)}% of ${lookups}`;
    const rates = [
        rate("IOTLB", counters.iotlbHits, counters.iotlbLookups),
        rate("context", counters.contextHits, counters.contextLookups),
        rate("PASID", counters.pasidHits, counters.pasidLookups),
        rate("first stage", counters.firstStagePagingHits, counters.firstStagePagingLookups),
        rate("second stage", counters.secondStagePagingHits, counters.secondStagePagingLookups),
    ];
    return rates.filter((text) => text !== "").join(", ") || "no lookups";
}
function interruptText(counters, { lostInterrupts }) {
    const lost = lostInterrupts.length === 0 ? "" : `, ${lostInterrupts.length} lost`;
    const why = lostInterrupts.length === 0 ? "" : ` (${[...new Set(lostInterrupts)].join(", ")})`;
    return `${counters.interruptsDelivered} delivered${lost}${why}`;
}
function faultRows({ faults }) {
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
function timeText({ wallMs, events }) {
    const after = (what, ms) => ms === undefined ? "" : `, ${what} after ${Math.round(ms)} ms`;
    return (`${(wallMs / 1000).toFixed(2)} s` +
        after("first line", events.firstLineMs) +
        after("first page request answered", events.firstResponseMs));
}
function verdictText({ verdict, reason }, terminal) {
    const style = verdict === "pass" ? "good" : "bad";
    return styled(terminal, style, reason === undefined ? verdict : `${verdict}: ${reason}`);
}
function bytesText(bytes) {
    if (bytes < 1024)
        return `${bytes} B`;
    return bytes < 2 ** 20
        ? `${(bytes / 1024).toFixed(1)} KiB`
        : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
function wrap(text, width) {
    const lines = [];
    for (const word of text.split(" ")) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + 1 + word.length <= width) {
            lines[lines.length - 1] = `${last} ${word}`;
        }
        else {
            lines.push(word);
        }
    }
    return lines;
}
