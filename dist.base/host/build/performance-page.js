import { performanceFields } from "../core/performance-capabilities.js";
import { resolveCapabilities } from "../core/capabilities.js";
import { isCounted, performanceEvents, performanceFilters } from "../spec/performance-events.js";
import { presetNames } from "../spec/presets.js";
import { page, table } from "./markdown.js";
/** A unit that announces every event which any unit does. */
const fields = performanceFields({ ...resolveCapabilities({ preset: "full" }).values, PMS: 1 });
function hex(value) {
    return `${value.toString(16)}h`;
}
function announcing() {
    const names = presetNames.filter((preset) => resolveCapabilities({ preset }).values["PMS"] !== 0);
    return names.length === 0
        ? "no preset"
        : `preset ${names.map((name) => `\`${name}\``).join(", ")}`;
}
function countedTable() {
    return table(["Group", "Bit", "Event", "Filter", "Announced with", "Counts"], performanceEvents
        .filter(isCounted)
        .map(({ group, bit, mnemonic, filters, requiresAny, counts }) => [
        String(group),
        String(bit),
        mnemonic,
        filters.join(", "),
        (requiresAny ?? ["PMS"]).join(" or "),
        counts,
    ]));
}
function uncountedTable() {
    return table(["Group", "Bit", "Event", "Why"], performanceEvents.flatMap((event) => isCounted(event) ? [] : [[String(event.group), String(event.bit), event.mnemonic, event.why]]));
}
function filterSentence() {
    const absent = performanceFilters.filter((name) => fields[`${name}FS`] === 0);
    return `${absent.map((name) => `${name}FS`).join(", ")} are 0: Table 49 lists no event that takes one`;
}
/** The text of docs/performance-monitoring.md. */
export function generatePerformancePage() {
    return [
        ...page("Performance monitoring"),
        "Counters of events that software configures in registers, and enables by enhanced commands (VT-d 5.10",
        "chapter 10, §11.4.13, §11.4.14). A unit has them with ECAP.PMS and CAP.ECMDS:",
        `${announcing()}, or \`capabilities: { ECMDS: 1, PMS: 1 }\`. [registers.md](registers.md) has the registers,`,
        "[guides/driver-author.md](guides/driver-author.md#counters) an example. These are counters of the guest; those of",
        "`iommu.counters()` are the host's, and always on.",
        "",
        ...table(["What", "Here"], [
            ["counters (NCNTR)", String(fields["NCNTR"])],
            ["bits of a counter (CW)", String(fields["CW"])],
            ["configuration of counter n", `${hex(fields["CFGO"])} + 100h n`],
            ["counter n", `${hex(fields["CNTO"])} + 400h n`],
            ["freeze, overflow status", `${hex(fields["FZO"])}, ${hex(fields["OFO"])}`],
            ["register set", "16 KiB; DMAR says so"],
            ["interrupt, freeze on overflow (IOS, GFS)", "both"],
            ["counters can be written while enabled (CWE)", "yes, and while frozen"],
            ["capabilities of single counters (PCCS)", "none: every counter counts every event"],
            ["commands (ECCAP3)", "F0h to F5h"],
        ]),
        "",
        "## Events that are announced",
        "",
        "Each lookup and each read counts when the unit does it, in the order in which it does them. A walk that",
        "begins again because software changed an entry under it looks up and reads again; its request and the",
        "lookup in the IOTLB count once. A dry run (`explain`) counts nothing.",
        "",
        ...countedTable(),
        "",
        `${filterSentence()}.`,
        "Enabling a counter whose filter does not go with its event fails with status code 16 (§10.5).",
        "",
        "## Events that are not",
        "",
        "Of the others in Table 49 nothing true could be counted:",
        "",
        ...uncountedTable(),
        "",
        "## Exactly",
        "",
        "- Every counter that is enabled and not frozen takes an occurrence before an overflow that it causes has an",
        "  effect: with freeze on overflow (GFO) no later occurrence counts, in the same request either.",
        "- An overflow with IO set raises the interrupt whether PERFINTRSTS.PIS was clear or not; counters that",
        "  overflow by the same occurrence raise it once. Masked, it stays pending until software clears the mask,",
        "  which sends it, or PIS, which forgets it.",
        "- An enhanced command is complete when the write of ECMD's lower half is: ECRSP.IP reads 0 always. Write the",
        "  upper half, which holds the operand, before it; one 64-bit write does both.",
        "- A command is aborted (status code 2) while a command of GCMD or PMEN waits for requests in flight.",
        "- While no counter counts, they cost a test of one variable; while one does, batches of requests take the path",
        "  of single ones.",
        "",
    ].join("\n");
}
