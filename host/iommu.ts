import {
  resolveCapabilities,
  type Capabilities,
  type CapabilityOptions,
} from "./core/capabilities.js";
import type { CacheSizes, CoreOptions } from "./core/configuration.js";
import { createCore, type Core } from "./core/core.js";
import { Deliveries, type Listener } from "./core/deliveries.js";
import { createEmbeddedCore } from "./core/embedded.js";
import {
  explanation,
  interruptExplanation,
  type Explanation,
  type InterruptExplanation,
} from "./core/explanation.js";
import type { MemorySource } from "./core/guest-memory-port.js";
import { at, type CounterName } from "./core/layout.js";
import { drainOutbox, type ExplainedFetch, type IommuEvents } from "./core/outbox.js";
import {
  accessWord,
  checkSourceId,
  interruptWords,
  pageRequestFlags,
  requestWords,
  translationWord,
} from "./core/request-words.js";
import { Results } from "./core/results.js";
import { checkSnapshot, makeSnapshot } from "./core/snapshot.js";
import { SnapshotError } from "./core/snapshot-error.js";
import type { UnitTap } from "./core/tap.js";
import {
  checkWidth,
  RegisterAccessError,
  registerOffset,
  registerSize,
  shapeProblem,
} from "./core/register-access.js";
import type { GuestMemory, GuestMemoryOptions } from "./memory/guest-memory.js";
import type {
  InterruptRequest,
  MemoryRequest,
  PageRequest,
  PageRequestResult,
  RemapInterruptResult,
  TranslatedRequest,
  TranslateResult,
  TranslationRequest,
  TranslationResult,
} from "./spec/requests.js";

/** What there is to choose of a unit, whatever memory it reads. */
export interface UnitOptions extends CapabilityOptions {
  /** Entries of each cache, down to one. */
  readonly caches?: CacheSizes;
  /** Keep one pending fault record for each source-id (§7.2.1). Default true. */
  readonly faultCollapse?: boolean;
  /** Ticks until a device-TLB invalidation times out (§6.5.2.11). Default 1,000,000. */
  readonly invalidationTimeout?: number | bigint;
  /** Send "trace" events: register accesses, descriptors, page requests. Default false. */
  readonly trace?: boolean;
  /** Send "memoryWrite" events for guest memory that the unit writes. Default false. */
  readonly reportWrites?: boolean;
}

export interface IommuOptions extends UnitOptions {
  /** Guest memory: a GuestMemory, a part of a WebAssembly memory, or an object with the port's methods. */
  readonly memory: MemorySource;
  /** Sees every call of the unit and every word of memory: a `Recorder`, for one unit. Default: none. */
  readonly tap?: UnitTap | undefined;
}

export interface EmbeddedIommuOptions extends UnitOptions {
  /** The RAM that the unit brings with it. */
  readonly memory: GuestMemoryOptions;
}

/** A request that stays in flight until `endAccess` of its token. */
export interface AccessInFlight {
  readonly result: TranslateResult;
  /** 0 when the request was not translated: then there is nothing to end. */
  readonly token: number;
}

const TOO_MANY_IN_FLIGHT = -1;

/**
 * Records of one batch while writes are reported. A nested walk with five levels in each stage writes
 * at most 36 entries, and the outbox has to hold those of the whole batch.
 */
const REPORTED_BATCH = 16;

/**
 * A virtual VT-d remapping unit: registers, translation, faults, queues and page requests.
 *
 * Calls are synchronous. What the unit sends (interrupts, messages to devices) reaches the listeners
 * before the call returns, in order; a listener may call the unit again, and what that causes is
 * delivered behind what is already on its way.
 */
export class Iommu {
  /** What the unit reports in VER, CAP and ECAP. */
  readonly capabilities: Capabilities;
  readonly #core: Core;
  readonly #results: Results;
  readonly #options: UnitOptions;
  readonly #deliveries: Deliveries;
  /** A translation that succeeds may send something: a write of flags, or a counter's interrupt. */
  #successSends = false;
  #tap: UnitTap | undefined;

  private constructor(core: Core, capabilities: Capabilities, options: UnitOptions) {
    this.#core = core;
    this.#deliveries = new Deliveries(core);
    this.#options = options;
    this.#results = new Results(() => core.view);
    this.capabilities = capabilities;
    this.#noteSending();
  }

  /**
   * A unit after power-good reset.
   * @throws CapabilityError for an illegal combination of capabilities, naming the rule.
   * @throws RangeError for an option out of range.
   */
  static async create(options: IommuOptions): Promise<Iommu> {
    const { memory, tap, preset = "full" } = options;
    const iommu = await Iommu.over(options, (core) => {
      tap?.attached({ ...core, preset });
      return createCore(memory, core, tap);
    });
    iommu.#tap = tap;
    return iommu;
  }

  /**
   * A unit with guest RAM inside its own WebAssembly memory: the build without imports.
   * @throws as `create`, and a RangeError for more RAM than 4 GiB together with the unit's own.
   */
  static async createEmbedded(
    options: EmbeddedIommuOptions,
  ): Promise<{ readonly iommu: Iommu; readonly memory: GuestMemory }> {
    const made: GuestMemory[] = [];
    const iommu = await Iommu.over(options, async (coreOptions) => {
      const { core, memory } = await createEmbeddedCore(coreOptions, options.memory);
      made.push(memory);
      return core;
    });
    return { iommu, memory: made[0]! };
  }

  /**
   * A unit over a core that somebody else makes: that of another engine.
   * @internal
   */
  static async over(
    options: UnitOptions,
    makeCore: (options: CoreOptions) => Promise<Core>,
  ): Promise<Iommu> {
    const capabilities = resolveCapabilities(options);
    const timeout = BigInt(options.invalidationTimeout ?? 1_000_000);
    if (timeout <= 0n || timeout >= 1n << 62n) {
      throw new RangeError(`invalidationTimeout is ${timeout}: expected 1 to 2^62 - 1 ticks`);
    }
    const core = await makeCore({
      capabilities,
      caches: options.caches,
      faultCollapse: options.faultCollapse ?? true,
      invalidationTimeout: timeout,
      reportWrites: options.reportWrites ?? false,
      trace: options.trace ?? false,
    });
    return new Iommu(core, capabilities, options);
  }

  /**
   * A unit that goes on where `snapshot` was taken. `options` are those of the original; guest
   * memory is not part of a snapshot.
   * @throws SnapshotError for the snapshot of another version or of a unit with other options.
   */
  static async restore(snapshot: Uint8Array, options: IommuOptions): Promise<Iommu> {
    const iommu = await Iommu.create(options);
    iommu.restoreState(snapshot);
    return iommu;
  }

  /**
   * Puts this unit back to where `snapshot` was taken, of itself or of another with the same options.
   * Listeners stay; guest memory is left to the caller. Nothing has changed when it throws.
   * @throws SnapshotError for the snapshot of another version or of a unit with other options, and
   * when a listener of this unit calls.
   */
  restoreState(snapshot: Uint8Array): void {
    const state = this.#checkedState(snapshot);
    this.#tap?.restoring();
    this.#deliveries.forget();
    this.#core.putState(state);
    this.#noteSending();
  }

  /** Throws what `restoreState` would throw, and changes nothing. @throws SnapshotError */
  checkSnapshot(snapshot: Uint8Array): void {
    this.#checkedState(snapshot);
  }

  #checkedState(snapshot: Uint8Array): Uint8Array {
    if (this.#deliveries.delivering) {
      throw new SnapshotError(
        "a listener cannot restore its unit: wait until the call has returned",
      );
    }
    return checkSnapshot(snapshot, this.#core);
  }

  /**
   * Everything that the unit knows, without guest memory; versioned.
   * @throws SnapshotError while messages are on their way to listeners, which a snapshot does not hold.
   */
  snapshot(): Uint8Array<ArrayBuffer> {
    if (this.#deliveries.underWay) {
      throw new SnapshotError(
        "messages are on their way to listeners: take the snapshot when the call has returned",
      );
    }
    return makeSnapshot(this.#core);
  }

  // ---- registers (§11) ----

  /** @throws RegisterAccessError for an access that the manual leaves undefined; buses use `access`. */
  read32(offset: number): number {
    return Number(this.#read(offset, 4));
  }

  /** @throws RegisterAccessError */
  read64(offset: number): bigint {
    return this.#read(offset, 8);
  }

  /** @throws RegisterAccessError */
  write32(offset: number, value: number): void {
    checkWidth("value", value, 32);
    this.#write(offset, 4, BigInt(value >>> 0));
  }

  /** @throws RegisterAccessError */
  write64(offset: number, value: bigint): void {
    checkWidth("value", value, 64);
    this.#write(offset, 8, BigInt.asUintN(64, value));
  }

  /**
   * An access as a bus sees it: never throws for its shape. A read that no register answers gives
   * all ones, and such a write is dropped (implementation choice C7).
   */
  access(
    request:
      | { readonly kind: "read"; readonly offset: number; readonly size: number }
      | {
          readonly kind: "write";
          readonly offset: number;
          readonly size: number;
          readonly value: bigint;
        },
  ): { readonly value: bigint; readonly problem?: string } {
    const { offset, size } = request;
    if (request.kind === "read") {
      const code = this.#core.exports.readRegister(registerOffset(offset), registerSize(size));
      const problem = shapeProblem(code, offset, size, this.capabilities.registerBytes);
      const bits = BigInt(8 * Math.min(size, 8));
      const value = BigInt.asUintN(Number(bits), this.#results.value);
      if (problem !== undefined) return { value: (1n << bits) - 1n, problem };
      this.#traceRegister("read", offset, size, value);
      return { value };
    }
    const problem = this.#store(offset, size, request.value);
    return problem === undefined ? { value: 0n } : { value: 0n, problem };
  }

  #read(offset: number, size: 4 | 8): bigint {
    const { value, problem } = this.access({ kind: "read", offset, size });
    if (problem !== undefined) throw new RegisterAccessError(problem);
    return value;
  }

  #write(offset: number, size: 4 | 8, value: bigint): void {
    const problem = this.#store(offset, size, value);
    if (problem !== undefined) throw new RegisterAccessError(problem);
  }

  #store(offset: number, size: number, value: bigint): string | undefined {
    const low = Number(value & 0xffffffffn) | 0;
    const high = Number(value >> 32n) | 0;
    const place = registerOffset(offset);
    const wrong = this.#core.exports.writeRegister(place, registerSize(size), low, high);
    const problem = shapeProblem(wrong, offset, size, this.capabilities.registerBytes);
    this.#noteSending();
    // The write stands in the trace ahead of what it causes, which still is in the outbox.
    if (problem === undefined) this.#traceRegister("write", offset, size, value);
    this.#deliveries.deliver();
    return problem;
  }

  /** Counters begin to count by a write, a reset or a restored state, and not by themselves. */
  #noteSending(): void {
    this.#successSends = this.#options.reportWrites === true || this.#core.isCounting;
  }

  #traceRegister(access: "read" | "write", offset: number, size: number, value: bigint): void {
    if (this.#options.trace !== true || (size !== 4 && size !== 8)) return;
    const stored = BigInt.asUintN(8 * size, value);
    this.#deliveries.add(["trace", { kind: "register", access, offset, size, value: stored }]);
    if (access === "read") this.#deliveries.deliver();
  }

  /**
   * §11.3: a warm reset keeps the sticky bits of the fault registers. Requests in flight are forgotten,
   * and their tokens are of none: whoever holds some ends them before (`bus.abandonRequests()`).
   */
  reset(kind: "power-good" | "warm"): void {
    if (kind !== "power-good" && kind !== "warm") {
      throw new RangeError(`reset kind is "${String(kind)}": expected "power-good" or "warm"`);
    }
    this.#core.exports.reset(kind === "warm" ? 1 : 0);
    this.#noteSending();
  }

  // ---- time ----

  /** Lets the unit's clock run: time-outs that fall due happen. */
  advance(ticks: number | bigint): void {
    const count = BigInt(ticks);
    if (count < 0n || count >= 1n << 62n) {
      throw new RangeError(`ticks is ${count}: expected 0 to 2^62 - 1`);
    }
    this.#core.exports.advance(Number(count & 0xffffffffn) | 0, Number(count >> 32n) | 0);
    this.#deliveries.deliver();
  }

  /** Ticks until something happens by itself; undefined if nothing will. */
  nextDeadline(): bigint | undefined {
    return this.#core.exports.nextDeadline() === 0 ? undefined : this.#results.value;
  }

  // ---- requests of devices ----

  /** Translates an untranslated request (§3.4). */
  translate(request: MemoryRequest): TranslateResult {
    const { sourceId, pasid, low, high } = requestWords(request);
    this.#core.exports.translate(sourceId, pasid, low, high, accessWord(request));
    const result = this.#results.translate();
    if (result.status !== "ok" || this.#successSends) this.#deliveries.deliver();
    return result;
  }

  /**
   * The hi/lo form of `translate`, without objects and BigInt: answers the status (0 translated), and
   * leaves the output address in `translatedLow` and `translatedHigh`. `access` is the access word of
   * the batch form. Pass -1 as PASID for a request without one.
   */
  translateWords(
    sourceId: number,
    pasid: number,
    addressLow: number,
    addressHigh: number,
    access: number,
  ): number {
    const status = this.#core.exports.translate(sourceId, pasid, addressLow, addressHigh, access);
    if (status !== 0 || this.#successSends) {
      // A listener may call the unit, which answers in the same place.
      const { output } = this.#results;
      this.#deliveries.deliver();
      this.#results.output = output;
    }
    return status;
  }

  /** Bits 31:0 of the address that the last `translateWords` answered. */
  get translatedLow(): number {
    return this.#results.addressLow;
  }

  /** Bits 63:32 of the address that the last `translateWords` answered. */
  get translatedHigh(): number {
    return this.#results.addressHigh;
  }

  /**
   * Translates many requests in one call: records of 32 bytes, little-endian,
   * {u64 address, u32 source-id, u32 PASID (all ones: none), u32 access, u32 status, u64 output}.
   * Access: bits 1:0 0 read, 1 write, 2 AtomicOp; 2 privileged; 3 execute; 28:16 size in bytes.
   * Status: bits 7:0 0 translated, 1 interrupt, 2 fault, 3 blocked; 15:8 fault reason; 31:24 the condition, by its
   * place in `faultConditions` of viommu/spec, counted from 1.
   * The last two fields are written. Answers how many records were not translated. Nothing is checked:
   * source-ids above 16 bits and PASIDs above 20 mean nothing.
   */
  translateBatch(records: Uint8Array): number {
    const size = at("REQUEST_SIZE");
    if (records.length % size !== 0) {
      throw new RangeError(`records has ${records.length} bytes: expected a multiple of ${size}`);
    }
    const most = this.#options.reportWrites === true ? REPORTED_BATCH : at("BATCH_RECORDS");
    const room = most * size;
    let failures = 0;
    for (let done = 0; done < records.length;) {
      const batch = new Uint8Array(this.#core.exports.memory.buffer, at("BATCH"), room);
      const slice = records.subarray(done, done + room);
      batch.set(slice);
      failures += this.#core.exports.translateBatch(at("BATCH"), slice.length / size);
      const processed = this.#results.processed * size;
      records.set(batch.subarray(0, processed), done);
      done += processed;
      this.#deliveries.deliver();
    }
    return failures;
  }

  /**
   * Like `translate`, and the request stays in flight until `endAccess`: drains wait for it (§6.5.4).
   * @throws Error when 1024 requests are in flight already.
   */
  beginAccess(request: MemoryRequest): AccessInFlight {
    const { sourceId, pasid, low, high } = requestWords(request);
    const status = this.#core.exports.beginAccess(sourceId, pasid, low, high, accessWord(request));
    if (status === TOO_MANY_IN_FLIGHT) {
      const most = at("IN_FLIGHT_COUNT");
      throw new Error(`${most} requests are in flight: end one with endAccess before the next`);
    }
    const access = { result: this.#results.translate(), token: this.#results.token };
    this.#deliveries.deliver();
    return access;
  }

  /** Ends a request in flight; token 0 is ignored. @throws RangeError for an unknown token. */
  endAccess(token: number): void {
    if (token === 0) return;
    if (this.#core.exports.endAccess(token) === 0) {
      throw new RangeError(`token ${token} is of no request in flight: each is ended once`);
    }
    this.#deliveries.deliver();
  }

  /** An ATS translation request (§4.2.1, §4.2.3). */
  requestTranslation(request: TranslationRequest): TranslationResult {
    const { sourceId, pasid, low, high } = requestWords(request);
    const word = translationWord(request);
    this.#core.exports.requestTranslation(sourceId, pasid, low, high, word);
    const result = this.#results.translation();
    this.#deliveries.deliver();
    return result;
  }

  /** A request whose address the device has had translated (§4.2.5). */
  translateTranslated(request: TranslatedRequest): TranslateResult {
    const { sourceId, pasid, low, high } = requestWords(request);
    this.#core.exports.translateTranslated(sourceId, pasid, low, high, accessWord(request));
    const result = this.#results.translate();
    this.#deliveries.deliver();
    return result;
  }

  /** A Page Request message (§7.4). */
  requestPage(request: PageRequest): PageRequestResult {
    const { sourceId, pasid, low, high } = requestWords(request);
    this.#core.exports.requestPage(sourceId, pasid, low, high, pageRequestFlags(request));
    const result = this.#results.pageRequest();
    this.#deliveries.deliver();
    return result;
  }

  /**
   * An interrupt request of a device or an interrupt controller (§5.1): remapped, passed on as it came,
   * posted (§5.2), or blocked and reported. `translate` tells which writes are interrupt requests. The
   * unit's own interrupts are never remapped (§5.1.6).
   */
  remapInterrupt(request: InterruptRequest): RemapInterruptResult {
    const { low, data } = interruptWords(request);
    this.#core.exports.remapInterrupt(request.sourceId, low, data);
    const result = this.#results.interrupt();
    this.#deliveries.deliver();
    return result;
  }

  /** An Invalidate Completion message of a device (§4.3); one that nobody awaits sets FSTS.ICE. */
  completeInvalidation(completion: { readonly sourceId: number; readonly itag: number }): void {
    const { sourceId, itag } = completion;
    checkSourceId(sourceId);
    if (!Number.isInteger(itag) || itag < 0 || itag > 31) {
      throw new RangeError(`itag is ${itag}: expected 0 to 31`);
    }
    this.#core.exports.completeInvalidation(sourceId, itag);
    this.#deliveries.deliver();
  }

  // ---- watching ----

  /**
   * What `translate` would do: every word that it would read and every cached entry that it would
   * use, decoded, and the check that decides. Changes nothing, neither in the unit nor in memory.
   */
  explain(request: MemoryRequest): Explanation {
    const { sourceId, pasid, low, high } = requestWords(request);
    const access = accessWord(request);
    const { result, steps } = this.#dryRun(() => {
      this.#core.exports.translate(sourceId, pasid, low, high, access);
      return this.#results.translate();
    });
    return explanation(request, result, steps, this.#core.isLegacy);
  }

  /** What `remapInterrupt` would do; changes nothing. */
  explainInterrupt(request: InterruptRequest): InterruptExplanation {
    const { low, data } = interruptWords(request);
    const { result, steps } = this.#dryRun(() => {
      this.#core.exports.remapInterrupt(request.sourceId, low, data);
      return this.#results.interrupt();
    });
    return interruptExplanation(request, result, steps);
  }

  #dryRun<T>(call: () => T): { result: T; steps: ExplainedFetch[] } {
    const state = this.#core.copyState();
    this.#core.exports.explain(1);
    try {
      const result = call();
      const steps = drainOutbox(this.#core).flatMap(([kind, step]): ExplainedFetch[] =>
        kind === "explained" ? [step] : [],
      );
      return { result, steps };
    } finally {
      this.#core.exports.explain(0);
      this.#core.putState(state);
    }
  }

  /** Event counters since the power-good reset. */
  counters(): Record<CounterName, bigint> {
    return this.#core.counters();
  }

  /** Calls `listener` for each event of a kind; answers a function that ends that. */
  on<K extends keyof IommuEvents>(kind: K, listener: Listener<K>): () => void {
    return this.#deliveries.on(kind, listener);
  }
}
