import type { CoreExports } from "../../core/exports.js";
import { at, counterNames, outboxTypes, type CounterName } from "../../core/layout.js";
import type { UnitTap } from "../../core/tap.js";
import type { Flight } from "../model/flight.js";
import { control } from "../model/program.js";
import { TouchedWalk } from "./touched-walk.js";

const OUTBOX_HEAD = (at("LATCH") + at("LATCH_OUTBOX_HEAD")) / 4;
const OUTBOX_TAIL = (at("LATCH") + at("LATCH_OUTBOX_TAIL")) / 4;
const OUTBOX = at("OUTBOX") / 4;
const SLOT_WORDS = at("OUTBOX_SIZE") / 4;
const LAST_SLOT = at("OUTBOX_COUNT") - 1;
const TYPE = at("OUTBOX_TYPE") / 4;

const BATCH_FIELDS = {
  sourceId: at("REQUEST_SOURCE_ID") / 4,
  pasid: at("REQUEST_PASID") / 4,
  address: at("REQUEST_ADDRESS") / 4,
  access: at("REQUEST_ACCESS") / 4,
  status: at("REQUEST_STATUS") / 4,
  physical: at("REQUEST_PHYSICAL") / 4,
} as const;
const RESULT = at("RESULT") / 4;
const RESULT_ADDRESS = RESULT + at("RESULT_ADDRESS") / 4;
const RESULT_CONDITION = RESULT + at("RESULT_CONDITION") / 4;
const RESULT_PROCESSED = RESULT + at("RESULT_PROCESSED") / 4;

const counterAt = (name: CounterName): number =>
  at("COUNTERS") / 4 + 2 * counterNames.indexOf(name);
const IOTLB_LOOKUPS = counterAt("iotlbLookups");
const FIRST_STAGE_FLAGS = counterAt("firstStageFlagUpdates");
const SECOND_STAGE_FLAGS = counterAt("secondStageFlagUpdates");
const DESCRIPTORS = counterAt("descriptors");
/** Descriptors that no cache has a part in. */
const WAITS = counterAt("waits");
const DEVICE_TLB_INVALIDATIONS = counterAt("deviceTlbInvalidations");
const PAGE_GROUP_RESPONSES = counterAt("pageGroupResponses");

function withoutCaches(words: Int32Array): number {
  return words[WAITS]! + words[DEVICE_TLB_INVALIDATIONS]! + words[PAGE_GROUP_RESPONSES]!;
}

/** Modes of the export `explain` (assembly/core.ts). */
const TELL = 2;
const OK = 0;
const INTERRUPT = 1;
const FAULT = 2;
/** ROOM_FOR_ONE_STEP of assembly/outbox.ts. */
const MESSAGES_OF_ONE = 16;

/**
 * Learns what each call of a unit touches: cached entries that it uses, words that it reads, flags that it sets. They
 * become steps of the program of the flight that is set at the time, in the order in which the unit does them. The
 * unit does what it always does.
 */
export class TouchTap implements UnitTap {
  /** Whose program grows. Without one what is touched is forgotten. */
  flight: Flight | undefined;
  /** Of the last request that faulted: place in `faultConditions` counted from 1; 0 of one that did not. */
  condition = 0;
  readonly #walk = new TouchedWalk();
  #exports!: CoreExports;
  #words!: Int32Array;
  /** Messages of a batch under way. */
  readonly #held = new Int32Array((LAST_SLOT + 1) * SLOT_WORDS);
  #heldMessages = 0;

  attached(): void {
    // Any unit will do.
  }
  memory<Port>(port: Port): Port {
    return port;
  }
  restoring(): void {
    throw new Error("a unit that is profiled cannot go on from a snapshot");
  }

  calls(exports: CoreExports): CoreExports {
    this.#exports = exports;
    this.#words = new Int32Array(exports.memory.buffer);
    exports.explain(TELL);
    return {
      ...exports,
      translate: (sourceId, pasid, low, high, access) => {
        this.#begin();
        return this.#walked(exports.translate(sourceId, pasid, low, high, access));
      },
      beginAccess: (sourceId, pasid, low, high, access) => {
        this.#begin();
        return this.#walked(exports.beginAccess(sourceId, pasid, low, high, access));
      },
      requestTranslation: (sourceId, pasid, low, high, access) => {
        this.#begin();
        return this.#walked(exports.requestTranslation(sourceId, pasid, low, high, access));
      },
      translateTranslated: (sourceId, pasid, low, high, access) => {
        this.#begin();
        return this.#walked(exports.translateTranslated(sourceId, pasid, low, high, access));
      },
      remapInterrupt: (sourceId, address, data) => {
        this.#begin();
        return this.#walked(exports.remapInterrupt(sourceId, address, data));
      },
      requestPage: (sourceId, pasid, low, high, flags) => {
        this.#begin();
        return this.#touched(exports.requestPage(sourceId, pasid, low, high, flags));
      },
      endAccess: (token) => this.#queueWork(() => exports.endAccess(token)),
      writeRegister: (offset, size, low, high) =>
        this.#queueWork(() => exports.writeRegister(offset, size, low, high)),
      completeInvalidation: (sourceId, itag) =>
        this.#queueWork(() => exports.completeInvalidation(sourceId, itag)),
      resume: () => this.#queueWork(() => exports.resume()),
      translateBatch: (records, count) => this.#batch(records, count),
      explain: (mode) => {
        exports.explain(mode === 0 ? TELL : mode);
        return mode;
      },
    };
  }

  get #view(): Int32Array {
    if (this.#words.byteLength === 0) this.#words = new Int32Array(this.#exports.memory.buffer);
    return this.#words;
  }

  #begin(): void {
    const words = this.#view;
    this.#walk.begin(words[IOTLB_LOOKUPS]!, words[FIRST_STAGE_FLAGS]!, words[SECOND_STAGE_FLAGS]!);
  }

  /** What a walker does. */
  #walked(answer: number): number {
    const words = this.#view;
    this.condition = answer === FAULT ? words[RESULT_CONDITION]! >>> 24 : 0;
    const { flight } = this;
    const walk = this.#walk;
    if (flight === undefined) {
      this.#take(words, undefined);
      return answer;
    }
    walk.counted(
      flight,
      words[IOTLB_LOOKUPS]!,
      words[FIRST_STAGE_FLAGS]!,
      words[SECOND_STAGE_FLAGS]!,
    );
    walk.usesWalker = true;
    this.#take(words, flight);
    walk.end(flight);
    return answer;
  }

  /** What is looked at without a walker. */
  #touched(answer: number): number {
    const words = this.#view;
    this.#walk.usesWalker = false;
    this.#take(words, this.flight);
    return answer;
  }

  /** Descriptors that are read and executed. */
  #queueWork(run: () => number): number {
    const words = this.#view;
    const before = words[DESCRIPTORS]!;
    const othersBefore = withoutCaches(words);
    this.#begin();
    const answer = this.#touched(run());
    const { flight } = this;
    if (flight !== undefined) {
      const executed = this.#view[DESCRIPTORS]! - before;
      const others = Math.min(executed, withoutCaches(this.#view) - othersBefore);
      for (let n = others; n < executed; n++) flight.program.add(control.invalidate);
      for (let n = 0; n < others; n++) flight.program.add(control.execute);
    }
    return answer;
  }

  /** One by one, which answers the same: a batch does not tell what it touches. */
  #batch(records: number, count: number): number {
    const exports = this.#exports;
    let failures = 0;
    let done = 0;
    this.#heldMessages = 0;
    // Like the unit itself it stops while there is room for what one more record may send.
    while (done < count && this.#heldMessages + MESSAGES_OF_ONE <= LAST_SLOT + 1) {
      const words = this.#view;
      const record = (records + done * at("REQUEST_SIZE")) / 4;
      const word = (place: number): number => words[record + place]!;
      const { sourceId, pasid, address, access } = BATCH_FIELDS;
      this.#begin();
      const status = this.#walked(
        exports.translate(
          word(sourceId),
          word(pasid),
          word(address),
          word(address + 1),
          word(access),
        ),
      );
      const condition = status === FAULT ? words[RESULT_CONDITION]! : 0;
      const passes = status === OK || status === INTERRUPT;
      words[record + BATCH_FIELDS.status] =
        status | ((condition & 0xff) << 8) | (condition & 0xff00_0000);
      words[record + BATCH_FIELDS.physical] = passes ? words[RESULT_ADDRESS]! : 0;
      words[record + BATCH_FIELDS.physical + 1] = passes ? words[RESULT_ADDRESS + 1]! : 0;
      if (status !== OK) failures++;
      this.#holdMessages(words);
      this.onBatchRecord?.(status, condition);
      done++;
    }
    this.#giveMessages(this.#view);
    this.#view[RESULT_PROCESSED] = done;
    return failures;
  }

  /** Takes the messages of a record aside, so that the outbox has room for what the next one touches. */
  #holdMessages(words: Int32Array): void {
    const head = words[OUTBOX_HEAD]!;
    for (let index = head; index !== words[OUTBOX_TAIL]!; index = (index + 1) | 0) {
      const slot = OUTBOX + (index & LAST_SLOT) * SLOT_WORDS;
      this.#held.set(words.subarray(slot, slot + SLOT_WORDS), this.#heldMessages * SLOT_WORDS);
      this.#heldMessages++;
    }
    words[OUTBOX_TAIL] = head;
  }

  #giveMessages(words: Int32Array): void {
    const head = words[OUTBOX_HEAD]!;
    for (let message = 0; message < this.#heldMessages; message++) {
      const slot = OUTBOX + ((head + message) & LAST_SLOT) * SLOT_WORDS;
      const from = message * SLOT_WORDS;
      words.set(this.#held.subarray(from, from + SLOT_WORDS), slot);
    }
    words[OUTBOX_TAIL] = (head + this.#heldMessages) | 0;
  }

  /** Is told of each record of a batch when it is done; it may set another flight for the next. */
  onBatchRecord: ((status: number, condition: number) => void) | undefined;

  /** Takes what the unit told out of its outbox, and leaves the messages. */
  #take(words: Int32Array, flight: Flight | undefined): void {
    const head = words[OUTBOX_HEAD]!;
    const tail = words[OUTBOX_TAIL]!;
    let kept = head;
    for (let index = head; index !== tail; index = (index + 1) | 0) {
      const slot = OUTBOX + (index & LAST_SLOT) * SLOT_WORDS;
      const type = words[slot + TYPE]!;
      if (type === outboxTypes.FETCH || type === outboxTypes.CACHE_HIT) {
        if (flight !== undefined)
          this.#walk.touched(flight, words, slot, type === outboxTypes.FETCH);
        continue;
      }
      if (kept !== index) {
        const to = OUTBOX + (kept & LAST_SLOT) * SLOT_WORDS;
        words.copyWithin(to, slot, slot + SLOT_WORDS);
      }
      kept = (kept + 1) | 0;
    }
    words[OUTBOX_TAIL] = kept;
  }
}
