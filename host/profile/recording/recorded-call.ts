import type {
  Access,
  InterruptRequest,
  MemoryRequest,
  PageRequest,
  PageRequestResult,
  RemapInterruptResult,
  TranslatedRequest,
  TranslateResult,
  TranslationRequest,
  TranslationResult,
} from "../../spec/requests.js";
import type { RecordedWords } from "./entry-reader.js";
import { BATCH_WORDS } from "./watched-calls.js";

/** A call of a unit, as its methods of the same names take it; results are undefined for one that was refused. */
export type RecordedCall =
  | { readonly kind: "readRegister"; readonly offset: number; readonly size: number }
  | {
      readonly kind: "writeRegister";
      readonly offset: number;
      readonly size: number;
      readonly value: bigint;
    }
  | { readonly kind: "translate" | "beginAccess"; readonly request: MemoryRequest }
  | { readonly kind: "translateTranslated"; readonly request: TranslatedRequest }
  | { readonly kind: "requestTranslation"; readonly request: TranslationRequest }
  | { readonly kind: "requestPage"; readonly request: PageRequest }
  | { readonly kind: "remapInterrupt"; readonly request: InterruptRequest }
  /** `begun` is the number of the `beginAccess` that ends, counted from 0. */
  | { readonly kind: "endAccess"; readonly begun: number }
  | { readonly kind: "completeInvalidation"; readonly sourceId: number; readonly itag: number }
  | { readonly kind: "advance"; readonly ticks: bigint }
  | { readonly kind: "reset"; readonly reset: "power-good" | "warm" }
  | { readonly kind: "translateBatch"; readonly requests: readonly MemoryRequest[] };

/** What a request was answered. */
export type RecordedResult =
  TranslateResult | TranslationResult | PageRequestResult | RemapInterruptResult;

const ACCESSES: readonly Access[] = ["read", "write", "atomic"];
const NO_PASID = -1;

/** The call that words of a recording stand for; `begins` counts the `beginAccess` before it. */
export function describeCall({ kind, words }: RecordedWords, begins: number): RecordedCall {
  const word = (index: number): number => words[index]! >>> 0;
  switch (kind) {
    case "readRegister":
      return { kind, offset: word(0), size: word(1) };
    case "writeRegister":
      return { kind, offset: word(0), size: word(1), value: joined(word(2), word(3)) };
    case "translate":
    case "beginAccess":
    case "translateTranslated":
      return { kind, request: memoryRequest(words, 0) };
    case "requestTranslation":
      return { kind, request: translationRequest(words) };
    case "requestPage":
      return { kind, request: pageRequest(words) };
    case "remapInterrupt":
      return {
        kind,
        request: { sourceId: word(0), address: BigInt(word(1)), data: word(2) },
      };
    case "endAccess":
      return { kind, begun: begins - word(0) };
    case "completeInvalidation":
      return { kind, sourceId: word(0), itag: word(1) };
    case "advance":
      return { kind, ticks: joined(word(0), word(1)) };
    case "reset":
      return { kind, reset: word(0) === 0 ? "power-good" : "warm" };
    case "translateBatch":
      return { kind, requests: batchRequests(words) };
  }
}

function joined(low: number, high: number): bigint {
  // Faster than arithmetic of BigInt, where the number is exact.
  return high < 2 ** 20 ? BigInt(high * 2 ** 32 + low) : (BigInt(high) << 32n) | BigInt(low);
}

function pasidOf(word: number): number | undefined {
  return word === NO_PASID ? undefined : word >>> 0;
}

function addressOf(words: readonly number[], at: number): bigint {
  return joined(words[at + 2]! >>> 0, words[at + 3]! >>> 0);
}

function memoryRequest(words: readonly number[], at: number): MemoryRequest {
  const access = words[at + 4]!;
  return {
    sourceId: words[at]! >>> 0,
    pasid: pasidOf(words[at + 1]!),
    address: addressOf(words, at),
    access: ACCESSES[access & 3] ?? "read",
    privileged: (access & 4) !== 0,
    execute: (access & 8) !== 0,
    size: access >>> 16,
  };
}

function translationRequest(words: readonly number[]): TranslationRequest {
  const access = words[4]!;
  return {
    sourceId: words[0]! >>> 0,
    pasid: pasidOf(words[1]!),
    address: addressOf(words, 0),
    noWrite: (access & 3) === 0,
    privileged: (access & 4) !== 0,
    execute: (access & 8) !== 0,
  };
}

function pageRequest(words: readonly number[]): PageRequest {
  const flags = words[4]!;
  return {
    sourceId: words[0]! >>> 0,
    pasid: pasidOf(words[1]!),
    address: addressOf(words, 0),
    read: (flags & 1) !== 0,
    write: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    execute: (flags & 8) !== 0,
    privileged: (flags & 16) !== 0,
    group: flags >>> 16,
  };
}

function batchRequests(words: readonly number[]): MemoryRequest[] {
  return Array.from({ length: words.length / BATCH_WORDS }, (_, record) =>
    memoryRequest(words, record * BATCH_WORDS),
  );
}
