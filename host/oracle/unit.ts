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
} from "../spec/requests.js";
import { AccessesInFlight } from "./accesses-in-flight.js";
import { maskOf } from "./bit-fields.js";
import { decodeCapabilities, type UnitCapabilities } from "./capabilities.js";
import { DeviceTlbRequests } from "./device-tlb-requests.js";
import { EventInterface } from "./event-interface.js";
import { FaultReporting } from "./fault-reporting.js";
import { GlobalCommands, tableModeOf, type Latches } from "./global-commands.js";
import { InterruptRemapping } from "./interrupt-remapping.js";
import { interruptTableOf } from "./interrupt-table.js";
import { InvalidationQueue } from "./invalidation-queue.js";
import { Oracle, type OracleOptions } from "./oracle.js";
import { Outbox, type OracleEventName, type OracleEvents } from "./outbox.js";
import { isStopMarker, PageRequestQueue } from "./page-request-queue.js";
import { ProtectedRegions } from "./protected-regions.js";
import { RegisterBasedInvalidation } from "./register-based-invalidation.js";
import { RegisterFile, type RegisterWrite, type ResetKind } from "./register-file.js";
import { faultReportOf, withoutLog } from "./unit-results.js";

/** FSTS_REG.IQE and ITE. */
const QUEUE_ERRORS = maskOf(4, 4) | maskOf(6, 6);

export interface OracleUnitOptions extends OracleOptions {
  /** Ticks until a device-TLB invalidation times out. Default 1,000,000. */
  readonly invalidationTimeout?: number | bigint;
}

/** An access to the register page as a bus carries it. */
export interface RegisterAccess {
  readonly kind: "read" | "write";
  /** Bytes from the base of the register page. */
  readonly offset: number;
  /** Bytes: 4 or 8 in what the manual defines. */
  readonly size: number;
  /** Of a write. */
  readonly value?: bigint;
}

export interface RegisterAccessResult {
  /** What a read gets: all ones if the access is undefined; 0 for a write. */
  readonly value: bigint;
  /** Why the manual leaves the access undefined. */
  readonly problem?: string;
}

export interface AccessInFlight {
  readonly result: TranslateResult;
  /** For `endAccess`; undefined if the result is not "ok", and nothing is in flight. */
  readonly token: number | undefined;
}

/**
 * The whole remapping unit behind its registers, as the manual describes it and without any cache:
 * commands take effect at once, invalidations change nothing, but are checked, drain and send what
 * they must. It is made to judge a fast unit, not to be one.
 *
 * Not modelled: execute requests (ERS), memory types (MTS), host permission tables, RDT, TDX, virtual
 * commands, advanced fault logging, enhanced commands and performance monitoring. Their registers read
 * and store what the register data says, and do nothing.
 */
export class OracleUnit {
  readonly #unit: UnitCapabilities;
  readonly #oracle: Oracle;
  readonly #registers: RegisterFile;
  readonly #outbox = new Outbox();
  readonly #inFlight = new AccessesInFlight();
  readonly #faults: FaultReporting;
  readonly #events;
  readonly #commands: GlobalCommands;
  readonly #regions: ProtectedRegions;
  readonly #registerInvalidation: RegisterBasedInvalidation;
  readonly #interrupts: InterruptRemapping;
  readonly #deviceTlbs: DeviceTlbRequests;
  readonly #queue: InvalidationQueue;
  readonly #pageRequests: PageRequestQueue;

  /** Throws a RangeError for capabilities that the oracle does not model. */
  constructor(options: OracleUnitOptions) {
    const unit = decodeCapabilities(options);
    const { memory, invalidationTimeout = 1_000_000 } = options;
    this.#unit = unit;
    this.#oracle = new Oracle(options);
    this.#registers = new RegisterFile(options);
    this.#deviceTlbs = new DeviceTlbRequests(BigInt(invalidationTimeout));
    const [registers, inFlight, outbox] = [this.#registers, this.#inFlight, this.#outbox];
    const [fault, invalidation, pageRequest] = (["FE", "IE", "PE"] as const).map(
      (prefix) => new EventInterface(registers, prefix, outbox),
    ) as [EventInterface, EventInterface, EventInterface];
    this.#events = { fault, invalidation, pageRequest };
    const { faults } = this.#oracle;
    this.#faults = new FaultReporting(registers, faults, fault);
    this.#regions = new ProtectedRegions(unit, registers, inFlight);
    this.#registerInvalidation = new RegisterBasedInvalidation(unit, registers, inFlight);
    this.#commands = new GlobalCommands(unit, registers, inFlight, (latches) => {
      this.#latched(latches);
    });
    this.#interrupts = new InterruptRemapping(unit, memory, faults, (message) => {
      outbox.send("interrupt", message);
    });
    this.#queue = new InvalidationQueue(
      {
        unit,
        memory,
        registers,
        inFlight,
        deviceTlbs: this.#deviceTlbs,
        faults: this.#faults,
        event: invalidation,
        outbox,
      },
      this.#commands.latches,
    );
    this.#pageRequests = new PageRequestQueue(unit, memory, registers, pageRequest, outbox);
    this.#latched(this.#commands.latches);
  }

  /** Calls the listener for every message of the kind, in order; answers a function that ends it. */
  on<E extends OracleEventName>(
    event: E,
    listener: (message: OracleEvents[E]) => void,
  ): () => void {
    return this.#outbox.on(event, listener);
  }

  /** Throws a RangeError where the manual leaves the access undefined. */
  read32(offset: number): number {
    return Number(this.#definedAccess({ kind: "read", offset, size: 4 }));
  }

  /** As `read32`. */
  read64(offset: number): bigint {
    return this.#definedAccess({ kind: "read", offset, size: 8 });
  }

  /** As `read32`; a negative value stands for its low 32 bits. */
  write32(offset: number, value: number): void {
    const bits = BigInt.asUintN(32, BigInt(value));
    this.#definedAccess({ kind: "write", offset, size: 4, value: bits });
  }

  /** As `read32`. */
  write64(offset: number, value: bigint): void {
    this.#definedAccess({ kind: "write", offset, size: 8, value: BigInt.asUintN(64, value) });
  }

  /** An access as a bus sees it: one that is undefined reads all ones, and writes nothing. */
  access(access: RegisterAccess): RegisterAccessResult {
    const { kind, offset, size, value = 0n } = access;
    const problem = this.#registers.problem(offset, size);
    if (problem !== undefined) return { value: maskOf(8 * size - 1, 0), problem };
    if (kind === "read") return { value: this.#registers.read(offset, size) };
    return this.#act(() => {
      const write = this.#registers.write(offset, size, BigInt.asUintN(8 * size, value));
      if (write !== undefined) this.#written(write);
      return { value: 0n };
    });
  }

  /** Accesses in flight and device-TLB invalidations are forgotten; messages on their way are lost. */
  reset(kind: ResetKind): void {
    this.#deviceTlbs.forget();
    if (kind === "power-good") this.#oracle.faults.clear();
    this.#registers.reset(kind);
    this.#inFlight.forget();
    this.#outbox.clear();
    this.#commands.reset();
    this.#oracle.faults.resetIndex();
  }

  /** An untranslated memory request that begins and ends at once. */
  translate(request: MemoryRequest): TranslateResult {
    // With remapping disabled a PASID prefix is ignored (§3.1), in the report of a fault as well.
    const { translating } = this.#commands.latches;
    const seen = translating ? request : { ...request, pasid: undefined };
    return this.#answer(seen, () => this.#oracle.translate(request));
  }

  /** An untranslated memory request; if it is let through, it is in flight until `endAccess`. */
  beginAccess(request: MemoryRequest): AccessInFlight {
    const result = this.translate(request);
    const token = result.status === "ok" ? this.#inFlight.begin() : undefined;
    return { result, token };
  }

  /** Throws a RangeError if the token is not that of an access in flight. */
  endAccess(token: number): void {
    this.#act(() => {
      this.#inFlight.end(token);
      this.#queue.run();
    });
  }

  /** An ATS translation request for one translation. */
  requestTranslation(request: TranslationRequest): TranslationResult {
    return this.#answer(request, () => this.#oracle.requestTranslation(request));
  }

  /** A memory request with a translated address. */
  translateTranslated(request: TranslatedRequest): TranslateResult {
    return this.#answer(request, () => this.#oracle.translateTranslated(request));
  }

  /** An interrupt request (§5.1.4). Throws a RangeError for what is none. */
  remapInterrupt(request: InterruptRequest): RemapInterruptResult {
    const state = {
      enabled: this.#registers.flag("GSTS", "IRES"),
      compatibilityFormat: this.#registers.flag("GSTS", "CFIS"),
      table: interruptTableOf(this.#unit, this.#commands.latches.interruptTable ?? 0n),
    };
    return this.#answer(request, () => this.#interrupts.process(request, state));
  }

  /** A Page Request message (§7.4). Throws a RangeError for a group index beyond 9 bits. */
  requestPage(request: PageRequest): PageRequestResult {
    const { group } = request;
    if (!Number.isInteger(group) || group < 0 || group > 0x1ff) {
      throw new RangeError(`group ${group}: expected a page request group index of 9 bits`);
    }
    return this.#act(() => {
      const authorisation = this.#oracle.authorisePageRequest(request);
      if (authorisation.ok) return this.#pageRequests.take(request);
      if (authorisation.condition === undefined) {
        return { status: "dropped", why: authorisation.why };
      }
      this.#faults.update();
      const report = faultReportOf(request, authorisation);
      if (report !== undefined) this.#outbox.send("fault", report);
      const { condition, answer, record } = authorisation;
      if (isStopMarker(request)) return { status: "dropped", why: condition };
      if (answer === "drop") return { status: "dropped", why: condition, record };
      return { ...this.#pageRequests.answer(request, answer, condition), record };
    });
  }

  /**
   * An Invalidate Completion message of a device. With remapping disabled it is unsupported (§4.2.1),
   * and one that nobody waits for is an error (FSTS_REG.ICE).
   */
  completeInvalidation(completion: { sourceId: number; itag: number }): void {
    const { sourceId, itag } = completion;
    if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
      throw new RangeError(`sourceId ${sourceId}: expected a requester id of 16 bits`);
    }
    if (!Number.isInteger(itag) || itag < 0 || itag > 31) {
      throw new RangeError(`itag ${itag}: expected 0 to 31`);
    }
    if (!this.#unit.DT || !this.#commands.latches.translating) return;
    this.#act(() => {
      if (this.#deviceTlbs.complete(sourceId, itag)) this.#queue.run();
      else this.#deviceTlbError("ICE", sourceId);
    });
  }

  /** Lets time pass. Throws a RangeError for a negative number of ticks. */
  advance(ticks: number | bigint): void {
    if (ticks < 0) throw new RangeError(`${ticks.toString()} ticks: expected 0 or more`);
    const end = this.#deviceTlbs.now + BigInt(ticks);
    this.#act(() => {
      for (const sourceId of this.#deviceTlbs.advanceTo(end)) {
        this.#deviceTlbError("ITE", sourceId);
        this.#queue.abortWait();
      }
    });
  }

  /** Ticks until something happens by itself, which is only ever a time-out. */
  nextDeadline(): bigint | undefined {
    const { nextDeadline, now } = this.#deviceTlbs;
    return nextDeadline === undefined ? undefined : nextDeadline - now;
  }

  /** IQERCD_REG tells the device of the first error, until software has cleared the status bit. */
  #deviceTlbError(bit: "ICE" | "ITE", sourceId: number): void {
    if (!this.#registers.flag("FSTS", bit)) {
      this.#registers.setField("IQERCD", `${bit}SID`, BigInt(sourceId));
    }
    this.#faults.raise(bit);
  }

  /** The fault of an answer goes into the registers, and then out as a message. */
  #answer<R extends object>(
    request: { sourceId: number; address: bigint; pasid?: number | undefined },
    process: () => R,
  ): R {
    return this.#act(() => {
      const result = process();
      this.#faults.update();
      const report = faultReportOf(request, result);
      if (report !== undefined) this.#outbox.send("fault", report);
      return withoutLog(result);
    });
  }

  /** Does something, and hands out the messages that it causes. */
  #act<T>(action: () => T): T {
    try {
      return action();
    } finally {
      this.#outbox.deliver();
    }
  }

  #definedAccess(access: RegisterAccess): bigint {
    const { value, problem } = this.access(access);
    if (problem !== undefined) throw new RangeError(problem);
    return value;
  }

  #latched(latches: Latches): void {
    this.#oracle.state = {
      translationEnabled: latches.translating,
      rootTableAddress: latches.rootTable ?? 0n,
      interruptRemappingEnabled: this.#registers.flag("GSTS", "IRES"),
      protectedMemory: this.#regions,
    };
    this.#queue.latched(latches);
  }

  /** The effects of a write (§11.4). */
  #written(write: RegisterWrite): void {
    const { mnemonic } = write;
    const { fault, invalidation, pageRequest } = this.#events;
    if (mnemonic === "GCMD") this.#commands.written(write.written);
    if (mnemonic === "CCMD" || mnemonic === "IOTLB") {
      this.#registerInvalidation.written(write, tableModeOf(this.#commands.latches) === 0);
    }
    if (mnemonic === "FSTS" || mnemonic === "FRCD") this.#faults.written(write);
    if (mnemonic === "ICS" && !this.#registers.flag("ICS", "IWC")) invalidation.serviced();
    if (mnemonic === "PRS") this.#pageRequests.statusWritten();
    if (mnemonic === "FECTL") fault.sendIfUnmasked();
    if (mnemonic === "IECTL") invalidation.sendIfUnmasked();
    if (mnemonic === "PECTL") pageRequest.sendIfUnmasked();
    if (mnemonic === "PMEN") this.#regions.enableWritten();
    // A new tail lets the queue go on, and an error that software clears.
    const clearsError = mnemonic === "FSTS" && (write.written & QUEUE_ERRORS) !== 0n;
    if (mnemonic === "IQT" || clearsError) this.#queue.run();
  }
}
