import { isCounted, performanceEvents, performanceFilters, } from "../spec/performance-events.js";
import { constant, heading, hex } from "./names.js";
const counted = performanceEvents.filter(isCounted);
function filterMask(filters) {
    return filters.map((filter) => `FILTER_${filter}`).join(" | ");
}
/** The text of assembly/generated/performance-events.ts: an event is its group times 32 and its bit. */
export function generatePerformanceConstants() {
    const filtered = counted.filter(({ filters }) => filters.length > 0);
    return [
        ...heading("Events that performance monitoring counts (VT-d 5.10 Table 49).", "host/spec/performance-events.ts"),
        "",
        ...performanceFilters.map((name, bit) => constant(`FILTER_${name}`, "u32", hex(1 << bit))),
        constant("FILTER_COUNT", "i32", String(performanceFilters.length)),
        "",
        ...counted.map(({ mnemonic, group, bit }) => constant(`EVENT_${mnemonic}`, "u32", hex((group << 5) | bit))),
        "",
        "/** Filters that an event may be counted with. */",
        "export function eventFilters(event: u32): u32 {",
        ...filtered.map(({ mnemonic, filters }) => `  if (event == EVENT_${mnemonic}) return ${filterMask(filters)};`),
        "  return 0;",
        "}",
        "",
    ].join("\n");
}
