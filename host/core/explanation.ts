import { decodeStructure, type DecodedField } from "../decode/index.js";
import { faultConditions } from "../spec/faults.js";
import type {
  Fault,
  InterruptRequest,
  MemoryRequest,
  RemapInterruptResult,
  TranslateResult,
} from "../spec/requests.js";
import type { CounterName } from "./layout.js";
import type { ExplainedFetch } from "./outbox.js";

/** One entry that the unit looked at. */
export interface ExplainedEntry {
  /** For example "PASID table entry" or "first-stage entry". */
  readonly structure: string;
  /** Read from guest memory, or taken from a cache of the unit. */
  readonly source: "memory" | "cache";
  /** Guest physical address; of entries from memory only. */
  readonly address?: bigint;
  /** The entry's words as read, lowest first; for caches what the cache keeps of it. */
  readonly words: readonly bigint[];
  /** The access to memory failed. */
  readonly failed: boolean;
  /** The fields that are not 0. */
  readonly fields: readonly DecodedField[];
}

/** What decided a request, and everything that was looked at on the way. */
export interface Explanation {
  readonly request: MemoryRequest;
  readonly result: TranslateResult;
  readonly entries: readonly ExplainedEntry[];
  /** The check that decided, in a sentence. */
  readonly decision: string;
}

/** The same for an interrupt request. */
export interface InterruptExplanation {
  readonly request: InterruptRequest;
  readonly result: RemapInterruptResult;
  readonly entries: readonly ExplainedEntry[];
  /** The check that decided, in a sentence. */
  readonly decision: string;
}

interface Known {
  readonly text: string;
  /** Name for `decodeStructure` by number of words. */
  readonly decode: Readonly<Record<number, string>>;
}

const known: Partial<Record<CounterName, Known>> = {
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
const severalWords: readonly string[] = [
  "rootReads",
  "contextReads",
  "pasidEntryReads",
  "interruptEntryReads",
  "postedDescriptorReads",
] satisfies readonly CounterName[];

const POSTED_MODE = 1n << 15n;

/** Whether a fetch reads the next word of the entry that the fetch before it belongs to. */
function continues(entry: ExplainedFetch, words: number, next: ExplainedFetch): boolean {
  return (
    severalWords.includes(entry.counter) &&
    entry.source === "memory" &&
    next.counter === entry.counter &&
    next.address === entry.address + 8n * BigInt(words)
  );
}

function entriesOf(steps: readonly ExplainedFetch[], legacy: boolean): ExplainedEntry[] {
  const groups: { first: ExplainedFetch; words: bigint[]; failed: boolean }[] = [];
  for (const step of steps) {
    const group = groups[groups.length - 1];
    if (group !== undefined && continues(group.first, group.words.length, step)) {
      group.words.push(...step.words);
      group.failed ||= step.failed;
    } else {
      groups.push({ first: step, words: [...step.words], failed: step.failed });
    }
  }
  return groups.map(({ first, words, failed }) => {
    const about = known[first.counter as CounterName]!;
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
function formatOf(counter: string, words: readonly bigint[], legacy: boolean): string | undefined {
  if (counter === "rootReads" && legacy) return "ROOT";
  const isPosted = ((words[0] ?? 0n) & POSTED_MODE) !== 0n;
  if (counter === "interruptEntryReads" && words.length === 2 && isPosted) return "IRTE_POSTED";
  return undefined;
}

function fieldsOf(name: string | undefined, words: readonly bigint[]): DecodedField[] {
  if (name === undefined) return [];
  if (name === "PASID_ENTRY" && words.length !== PASID_ENTRY_WORDS) return [];
  return decodeStructure(name, words).filter((field) => field.value !== 0n);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function decisionOf(result: TranslateResult): string {
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

function faultDecision({ condition, reason, completion }: Fault): string {
  const { meaning } = faultConditions.find((known) => known.condition === condition)!;
  return `${condition}, reason ${hex(BigInt(reason))}: ${meaning}; answered ${completion}`;
}

function interruptDecision(result: RemapInterruptResult): string {
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
export function explanation(
  request: MemoryRequest,
  result: TranslateResult,
  steps: readonly ExplainedFetch[],
  legacy: boolean,
): Explanation {
  return { request, result, entries: entriesOf(steps, legacy), decision: decisionOf(result) };
}

/** Likewise of an interrupt request. */
export function interruptExplanation(
  request: InterruptRequest,
  result: RemapInterruptResult,
  steps: readonly ExplainedFetch[],
): InterruptExplanation {
  return { request, result, entries: entriesOf(steps, false), decision: interruptDecision(result) };
}
