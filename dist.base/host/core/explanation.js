import { decodeStructure } from "../decode/index.js";
import { faultConditions } from "../spec/faults.js";
const known = {
    rootReads: { text: "root entry", decode: { 2: "SM_ROOT" } },
    contextReads: { text: "context entry", decode: { 2: "CONTEXT", 4: "SM_CONTEXT" } },
    pasidDirectoryReads: { text: "PASID directory entry", decode: { 1: "PASID_DIR" } },
    pasidEntryReads: { text: "PASID table entry", decode: { 8: "PASID_ENTRY" } },
    firstStageReads: { text: "first-stage entry", decode: { 1: "FS" } },
    secondStageReads: { text: "second-stage entry", decode: { 1: "SS" } },
    contextHits: { text: "context cache entry", decode: {} },
    pasidHits: { text: "PASID cache entry", decode: {} },
    interruptEntryReads: { text: "interrupt remapping table entry", decode: { 2: "IRTE" } },
    postedDescriptorReads: {
        text: "posted-interrupt descriptor",
        decode: { 8: "POSTED_DESCRIPTOR" },
    },
    interruptEntryHits: { text: "interrupt entry cache entry", decode: {} },
    iotlbHits: { text: "IOTLB entry", decode: {} },
    firstStagePagingHits: { text: "first-stage paging-structure cache entry", decode: {} },
    secondStagePagingHits: { text: "second-stage paging-structure cache entry", decode: {} },
};
const PASID_ENTRY_WORDS = 8;
/** Entries that are read in several words. */
const severalWords = [
    "rootReads",
    "contextReads",
    "pasidEntryReads",
    "interruptEntryReads",
    "postedDescriptorReads",
];
const POSTED_MODE = 1n << 15n;
/** Whether a fetch reads the next word of the entry that the fetch before it belongs to. */
function continues(entry, words, next) {
    return (severalWords.includes(entry.counter) &&
        entry.source === "memory" &&
        next.counter === entry.counter &&
        next.address === entry.address + 8n * BigInt(words));
}
function entriesOf(steps, legacy) {
    const groups = [];
    for (const step of steps) {
        const group = groups[groups.length - 1];
        if (group !== undefined && continues(group.first, group.words.length, step)) {
            group.words.push(...step.words);
            group.failed ||= step.failed;
        }
        else {
            groups.push({ first: step, words: [...step.words], failed: step.failed });
        }
    }
    return groups.map(({ first, words, failed }) => {
        const about = known[first.counter];
        const name = formatOf(first.counter, words, legacy) ?? about.decode[words.length];
        return {
            structure: about.text,
            source: first.source,
            ...(first.source === "memory" && { address: first.address }),
            words,
            failed,
            fields: failed ? [] : fieldsOf(name, words),
        };
    });
}
/** The format of entries that have two. */
function formatOf(counter, words, legacy) {
    if (counter === "rootReads" && legacy)
        return "ROOT";
    const isPosted = ((words[0] ?? 0n) & POSTED_MODE) !== 0n;
    if (counter === "interruptEntryReads" && words.length === 2 && isPosted)
        return "IRTE_POSTED";
    return undefined;
}
function fieldsOf(name, words) {
    if (name === undefined)
        return [];
    if (name === "PASID_ENTRY" && words.length !== PASID_ENTRY_WORDS)
        return [];
    return decodeStructure(name, words).filter((field) => field.value !== 0n);
}
function hex(value) {
    return `0x${value.toString(16)}`;
}
function decisionOf(result) {
    switch (result.status) {
        case "ok": {
            const { read, write } = result.permissions;
            const rights = [read ? "read" : "", write ? "write" : ""].filter(Boolean).join(" and ");
            const size = `${result.pageSize / 1024} KiB page`;
            return `translated to ${hex(result.address)} in a ${size} that the requester may ${rights}`;
        }
        case "interrupt":
            return "an interrupt message: DWORD writes to FEEx_xxxxh are not translated (§3.15)";
        case "blocked":
            return `blocked without a fault, answered ${result.completion}`;
        case "fault":
            return faultDecision(result);
    }
}
function faultDecision({ condition, reason, completion }) {
    const { meaning } = faultConditions.find((known) => known.condition === condition);
    return `${condition}, reason ${hex(BigInt(reason))}: ${meaning}; answered ${completion}`;
}
function interruptDecision(result) {
    switch (result.status) {
        case "ok": {
            const message = `address ${hex(result.address)}, data ${hex(BigInt(result.data))}`;
            return result.remapped ? `remapped to ${message}` : `passes as it came: ${message}`;
        }
        case "posted":
            return result.notified ? "posted, with a notification" : "posted, without a notification";
        case "fault":
            return faultDecision(result);
    }
}
/** Puts the steps of a dry run and its result into words. */
export function explanation(request, result, steps, legacy) {
    return { request, result, entries: entriesOf(steps, legacy), decision: decisionOf(result) };
}
/** Likewise of an interrupt request. */
export function interruptExplanation(request, result, steps) {
    return { request, result, entries: entriesOf(steps, false), decision: interruptDecision(result) };
}
