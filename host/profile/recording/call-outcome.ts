import { at } from "../../core/layout.js";
import type { CallKind } from "./call-kind.js";

// Places as indices of 32-bit words, looked up once: every call needs some.
const OUTBOX_TAIL = (at("LATCH") + at("LATCH_OUTBOX_TAIL")) / 4;
const OUTBOX = at("OUTBOX") / 4;
const OUTBOX_SLOT_WORDS = at("OUTBOX_SIZE") / 4;
const LAST_SLOT = at("OUTBOX_COUNT") - 1;
const RESULT = at("RESULT") / 4;
const VALUE = RESULT + at("RESULT_VALUE") / 4;
const PROCESSED = RESULT + at("RESULT_PROCESSED") / 4;
const BATCH = at("BATCH") / 4;
/** Words of the result block, of an outbox record, and of a record of a batch. */
const RESULT_WORDS = (at("RESULT_WHY") + 4) / 4;
const TOKEN_WORD = at("RESULT_TOKEN") / 4;
const MESSAGE_WORDS = (at("OUTBOX_EXTRA_2") + 8) / 4;
const RECORD_WORDS = at("REQUEST_SIZE") / 4;
const STATUS_WORD = at("REQUEST_STATUS") / 4;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Requests clear the result block before they answer in it; other calls may leave there what was before. */
const answersInResult: ReadonlySet<CallKind> = new Set<CallKind>([
  "translate",
  "beginAccess",
  "requestTranslation",
  "translateTranslated",
  "requestPage",
  "remapInterrupt",
]);

const TOO_MANY_IN_FLIGHT = -1;

const WRITE = new BigUint64Array(2);
const WRITE_HALVES = new Int32Array(WRITE.buffer);

/**
 * What came of a call, in 32 bits: its answer, every message that it sent, and every word of guest memory that it
 * wrote, in order. Two runs that agree in it agree in what the unit did, but for one chance in 2^32. Tokens and
 * counters are no part of it.
 */
export class CallOutcome {
  #memory!: WebAssembly.Memory;
  #words = new Int32Array();
  #tail = 0;
  #hash = FNV_OFFSET;
  /** Apart from messages: a full outbox may split a call between any two of them. */
  #writes = FNV_OFFSET;

  /** The unit whose calls follow. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.#words = new Int32Array(memory.buffer);
  }

  get digest(): number {
    return mix(this.#hash, this.#writes) >>> 0;
  }

  /** A call is about to be made. */
  begin(): void {
    this.#hash = FNV_OFFSET;
    this.#writes = FNV_OFFSET;
    this.noteTail();
  }

  /** Messages up to here are of what was before. */
  noteTail(): void {
    this.#tail = this.#view[OUTBOX_TAIL]!;
  }

  /** The call under way has written a word of guest memory. */
  wrote(address: bigint, value: bigint): void {
    WRITE[0] = address;
    WRITE[1] = value;
    for (let half = 0; half < WRITE_HALVES.length; half++) {
      this.#writes = mix(this.#writes, WRITE_HALVES[half]!);
    }
  }

  /** The call has answered. */
  answered(kind: CallKind, answer: number): void {
    this.#add(answer);
    if (answersInResult.has(kind) && answer !== TOO_MANY_IN_FLIGHT) this.#addResult();
    else if (kind === "readRegister" && answer === 0) this.#addValue();
    else if (kind === "translateBatch") this.#addBatch();
    if (kind === "reset") this.noteTail();
    this.addMessages();
  }

  /** What was sent since the last look belongs to the call. */
  addMessages(): void {
    const words = this.#view;
    const tail = words[OUTBOX_TAIL]!;
    for (let index = this.#tail; index !== tail; index = (index + 1) | 0) {
      const record = OUTBOX + (index & LAST_SLOT) * OUTBOX_SLOT_WORDS;
      for (let word = 0; word < MESSAGE_WORDS; word++) this.#add(words[record + word]!);
    }
    this.#tail = tail;
  }

  /** Records of a batch that were looked at. */
  get processed(): number {
    return this.#view[PROCESSED]!;
  }

  get #view(): Int32Array {
    if (this.#words.byteLength === 0) this.#words = new Int32Array(this.#memory.buffer);
    return this.#words;
  }

  #addResult(): void {
    const words = this.#view;
    for (let word = 0; word < RESULT_WORDS; word++) {
      if (word !== TOKEN_WORD) this.#add(words[RESULT + word]!);
    }
  }

  #addValue(): void {
    const words = this.#view;
    this.#add(words[VALUE]!);
    this.#add(words[VALUE + 1]!);
  }

  #addBatch(): void {
    const words = this.#view;
    const { processed } = this;
    this.#add(processed);
    for (let record = 0; record < processed; record++) {
      const start = BATCH + record * RECORD_WORDS;
      for (let word = STATUS_WORD; word < RECORD_WORDS; word++) this.#add(words[start + word]!);
    }
  }

  #add(word: number): void {
    this.#hash = mix(this.#hash, word);
  }
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FNV_PRIME);
  return product ^ (product >>> 15);
}
