/** The calls of a unit that a recording has, in the order of their codes. */
export const callKinds = [
  "readRegister",
  "writeRegister",
  "translate",
  "beginAccess",
  "endAccess",
  "requestTranslation",
  "translateTranslated",
  "requestPage",
  "remapInterrupt",
  "completeInvalidation",
  "advance",
  "reset",
  "translateBatch",
] as const;

export type CallKind = (typeof callKinds)[number];

/** Codes of the entries of a block that are no calls. */
export const entryCode = { word: 1, lateWord: 2 } as const;

/** Code of the first kind of call; those of the others follow. */
export const FIRST_CALL = 16;

/** Calls whose arguments are a requester, an address of 64 bits, and a word of 32 bits. */
const requests: ReadonlySet<CallKind> = new Set<CallKind>([
  "translate",
  "beginAccess",
  "requestTranslation",
  "translateTranslated",
  "requestPage",
]);

export function isRequest(kind: CallKind): boolean {
  return requests.has(kind);
}

/** One call with its arguments as the core takes them; for a batch five words for each record. */
export interface RawCall {
  readonly kind: CallKind;
  readonly words: readonly number[];
  /** What came of it; see `CallOutcome`. */
  readonly digest: number;
}
