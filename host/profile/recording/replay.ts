import type { CacheSizes } from "../../core/configuration.js";
import { at, type CounterName } from "../../core/layout.js";
import type { IommuEvents, Message } from "../../core/outbox.js";
import type { UnitTap } from "../../core/tap.js";
import { Iommu } from "../../iommu.js";
import { presetNames } from "../../spec/presets.js";
import { differentCall, differentEnd, requestsOf } from "./difference.js";
import { EntryError, EntryReader, type RecordedWords } from "./entry-reader.js";
import { joinDigests, shortDigest, type RecordedUnit, type RecordingEnd } from "./format.js";
import { OutcomeTap } from "./outcome-tap.js";
import { describeCall, type RecordedCall, type RecordedResult } from "./recorded-call.js";
import type { Recording } from "./recording.js";
import { RecordingError } from "./recording-error.js";
import { ReplayedMemory } from "./replayed-memory.js";
import { BATCH_WORDS } from "./watched-calls.js";

export interface ReplayOptions {
  /** Sizes of caches that are to be others than in the recording. */
  readonly caches?: CacheSizes;
  /** Sees every call, and every word of memory, of the unit that replays. Default: none. */
  readonly tap?: UnitTap;
  /**
   * With the caches of the recording, a call that comes out otherwise is a `RecordingError` that names it, and so are
   * other counters at the end. Default: such calls are counted.
   */
  readonly strict?: boolean;
}

/** One call of the recording, done again. */
export interface ReplayedCall {
  /** Counted from 0. */
  readonly index: number;
  readonly call: RecordedCall;
  /** Of requests; undefined for other calls, and for one that the unit refused. */
  readonly result: RecordedResult | undefined;
  /** For a batch: a result for each request, as `translateBatch` codes it. */
  readonly statuses: readonly number[] | undefined;
  /** What the unit sent. */
  readonly messages: readonly Message[];
  /** Answer, messages, and what the unit wrote to guest memory are those of the recording. */
  readonly same: boolean;
}

/** How a replay went. */
export interface ReplaySummary {
  readonly calls: number;
  /** Calls whose answer, messages or writes are others than in the recording. */
  readonly different: number;
  /** Reads of words that the recording does not have; they were taken for 0. */
  readonly unrecordedReads: number;
  /** Counters of the recorded unit at its end. */
  readonly recordedCounters: Readonly<Record<CounterName, bigint>>;
  /** All answers, messages, writes and counters are those of the recording. */
  readonly exact: boolean;
}

const EVENTS = [
  "interrupt",
  "pageGroupResponse",
  "deviceTlbInvalidate",
  "fault",
  "memoryWrite",
  "trace",
] as const satisfies readonly (keyof IommuEvents)[];

/**
 * Does every call of a recording again, in a fresh unit. With the caches of the recording all answers, messages,
 * writes and counters are the same, bit for bit. With others the unit finds the tables as the recorded one did; only where one of
 * the two used a stale entry of a cache their answers may differ.
 */
export class Replay implements Iterable<ReplayedCall> {
  /** The unit: its counters, `explain`, and events tell more than the calls do. */
  readonly iommu: Iommu;
  readonly #recording: Recording;
  readonly #memory: ReplayedMemory;
  readonly #tap: OutcomeTap;
  readonly #sameCaches: boolean;
  readonly #strict: boolean;
  #messages: Message[] = [];
  /** Tokens of accesses in flight, by the number of their `beginAccess`. */
  readonly #tokens = new Map<number, number>();
  #begins = 0;
  #calls = 0;
  #requests = 0;
  #different = 0;
  #digest = 0;
  #end: RecordingEnd | undefined;
  #started = false;

  private constructor(
    recording: Recording,
    iommu: Iommu,
    parts: {
      readonly memory: ReplayedMemory;
      readonly tap: OutcomeTap;
      readonly sameCaches: boolean;
      readonly strict: boolean;
    },
  ) {
    this.#recording = recording;
    this.iommu = iommu;
    this.#memory = parts.memory;
    this.#tap = parts.tap;
    this.#sameCaches = parts.sameCaches;
    this.#strict = parts.strict && parts.sameCaches;
    for (const event of EVENTS) {
      iommu.on(event, (fields) => void this.#messages.push([event, fields] as unknown as Message));
    }
  }

  /**
   * A unit with the options of the recording, which has done nothing yet.
   * @throws RangeError, CapabilityError for options that no unit can have.
   */
  static async create(recording: Recording, options: ReplayOptions = {}): Promise<Replay> {
    const { unit } = recording;
    const memory = new ReplayedMemory();
    const tap = new OutcomeTap(options.tap);
    const caches = { ...unit.caches, ...options.caches };
    const iommu = await Iommu.create({ ...optionsOf(unit), caches, memory, tap });
    const names = Object.keys(caches) as (keyof CacheSizes)[];
    const sameCaches = names.every((name) => caches[name] === unit.caches[name]);
    const { strict = false } = options;
    return new Replay(recording, iommu, { memory, tap, sameCaches, strict });
  }

  /**
   * Every call, done when it is asked for. Only once.
   * @throws RecordingError where the recording is damaged or cut off; if `strict`, where the replay differs.
   */
  *[Symbol.iterator](): Generator<ReplayedCall, void> {
    if (this.#started) throw new Error("a replay runs once: create another one");
    this.#started = true;
    const reader = new EntryReader();
    const blocks = this.#recording.blocks();
    for (let next = blocks.next(); ; next = blocks.next()) {
      if (next.done === true) {
        this.#end = next.value;
        if (this.#strict) this.#checkEnd();
        return;
      }
      const { contents, offset } = next.value;
      reader.give(contents);
      for (;;) {
        const call = this.#read(reader, offset);
        if (call === undefined) break;
        const replayed = this.#replay(call, reader);
        if (this.#strict && !replayed.same) {
          throw differentCall(this.#recording.name, replayed, this.#requests);
        }
        this.#requests += requestsOf(replayed.call);
        yield replayed;
      }
    }
  }

  /** Does all calls, for what is left in the unit. @throws RecordingError as the iteration. */
  run(): ReplaySummary {
    const calls = this[Symbol.iterator]();
    while (calls.next().done !== true);
    return this.summary;
  }

  /** @throws Error before the last call. */
  get summary(): ReplaySummary {
    const end = this.#end;
    if (end === undefined) throw new Error("the replay is not at its end");
    const recordedCounters = Object.fromEntries(
      Object.entries(end.counters).map(([name, count]) => [name, BigInt(count)]),
    ) as Record<CounterName, bigint>;
    const counters = this.iommu.counters();
    // A later version may count more.
    const names = Object.keys(recordedCounters) as CounterName[];
    const exact =
      this.#sameCaches &&
      this.#calls === end.calls &&
      this.#digest === end.digest &&
      names.every((name) => counters[name] === recordedCounters[name]);
    const { unrecordedReads } = this.#memory;
    return {
      calls: this.#calls,
      different: this.#different,
      unrecordedReads,
      recordedCounters,
      exact,
    };
  }

  #checkEnd(): void {
    const { exact, calls, recordedCounters } = this.summary;
    if (exact) return;
    const end = { calls, recordedCalls: this.#end!.calls, recordedCounters };
    throw differentEnd(this.#recording.name, { ...end, counters: this.iommu.counters() });
  }

  #read(reader: EntryReader, offset: number): RecordedWords | undefined {
    try {
      return reader.next(this.#memory.image);
    } catch (error) {
      if (!(error instanceof EntryError)) throw error;
      const problem = `the recording is damaged in the block that begins here: ${error.message}`;
      throw new RecordingError(this.#recording.name, problem, offset);
    }
  }

  #replay(recorded: RecordedWords, reader: EntryReader): ReplayedCall {
    const call = describeCall(recorded, this.#begins);
    this.#messages = [];
    this.#memory.beginCall(reader.late);
    const result = this.#do(call, recorded);
    this.#memory.endCall();
    if (reader.late.length > 0) reader.late = [];
    const { digest } = this.#tap.outcome;
    this.#digest = joinDigests(this.#digest, digest);
    const same = shortDigest(digest) === recorded.digest;
    if (!same) this.#different++;
    const statuses =
      call.kind === "translateBatch" ? this.#tap.statuses(call.requests.length) : undefined;
    return { index: this.#calls++, call, result, statuses, messages: this.#messages, same };
  }

  #do(call: RecordedCall, { words }: RecordedWords): RecordedResult | undefined {
    const { iommu } = this;
    switch (call.kind) {
      case "readRegister":
        iommu.access({ ...call, kind: "read" });
        return undefined;
      case "writeRegister":
        iommu.access({ ...call, kind: "write" });
        return undefined;
      case "translate": {
        // The form that takes whatever was recorded, checked or not.
        const [sourceId = 0, pasid = 0, low = 0, high = 0, access = 0] = words;
        iommu.translateWords(sourceId, pasid, low, high, access);
        return this.#tap.results.translate();
      }
      case "beginAccess":
        return this.#begin(call.request);
      case "endAccess":
        return this.#endAccess(call.begun);
      case "requestTranslation":
        return iommu.requestTranslation(call.request);
      case "translateTranslated":
        return iommu.translateTranslated(call.request);
      case "requestPage":
        return iommu.requestPage(call.request);
      case "remapInterrupt":
        return iommu.remapInterrupt(call.request);
      case "completeInvalidation":
        iommu.completeInvalidation(call);
        return undefined;
      case "advance":
        iommu.advance(call.ticks);
        return undefined;
      case "reset":
        iommu.reset(call.reset);
        this.#tokens.clear();
        return undefined;
      case "translateBatch":
        iommu.translateBatch(batchBytes(words));
        return undefined;
    }
  }

  /** Undefined if too many are in flight, as in the recording. */
  #begin(request: Parameters<Iommu["beginAccess"]>[0]): RecordedResult | undefined {
    const number = this.#begins++;
    try {
      const { token, result } = this.iommu.beginAccess(request);
      if (token !== 0) this.#tokens.set(number, token);
      return result;
    } catch (error) {
      if (this.#tap.answer !== TOO_MANY_IN_FLIGHT) throw error;
      return undefined;
    }
  }

  /** One that did not begin in the replay does not end in it. */
  #endAccess(number: number): undefined {
    const token = this.#tokens.get(number);
    this.#tokens.delete(number);
    if (token === undefined) this.#tap.outcome.begin();
    else this.iommu.endAccess(token);
  }
}

const TOO_MANY_IN_FLIGHT = -1;

function optionsOf(unit: RecordedUnit) {
  // Its fields are all given: the name is for those who ask.
  const preset = presetNames.find((name) => name === unit.preset);
  const { version, hostAddressWidth, capabilities, faultCollapse, trace, reportWrites } = unit;
  const invalidationTimeout = BigInt(unit.invalidationTimeout);
  return {
    ...{ version, hostAddressWidth, capabilities, faultCollapse, trace, reportWrites },
    ...(preset && { preset }),
    invalidationTimeout,
  };
}

function batchBytes(words: readonly number[]): Uint8Array {
  const records = words.length / BATCH_WORDS;
  const bytes = new Uint8Array(records * at("REQUEST_SIZE"));
  const view = new DataView(bytes.buffer);
  const fields = ["SOURCE_ID", "PASID", "ADDRESS", "ADDRESS", "ACCESS"];
  for (let record = 0; record < records; record++) {
    fields.forEach((field, index) => {
      const upper = index === 3 ? 4 : 0;
      const place = record * at("REQUEST_SIZE") + at(`REQUEST_${field}`) + upper;
      view.setInt32(place, words[record * BATCH_WORDS + index]!, true);
    });
  }
  return bytes;
}
