import type {
  InterruptRequest,
  MemoryRequest,
  RemapInterruptResult,
  TranslatedRequest,
  TranslateResult,
  TranslationRequest,
  TranslationResult,
} from "../spec/requests.js";
import { AccessesInFlight } from "./accesses-in-flight.js";
import { maskOf } from "./bit-fields.js";
import { decodeCapabilities, type UnitCapabilities } from "./capabilities.js";
import { EventInterface } from "./event-interface.js";
import { FaultReporting } from "./fault-reporting.js";
import { GlobalCommands, tableModeOf, type Latches } from "./global-commands.js";
import { InterruptRemapping } from "./interrupt-remapping.js";
import { interruptTableOf } from "./interrupt-table.js";
import { Oracle, type OracleOptions } from "./oracle.js";
import { Outbox, type OracleEventName, type OracleEvents } from "./outbox.js";
import { ProtectedRegions } from "./protected-regions.js";
import { RegisterBasedInvalidation } from "./register-based-invalidation.js";
import { RegisterFile, type RegisterWrite, type ResetKind } from "./register-file.js";
import { faultReportOf, withoutLog } from "./unit-results.js";

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
  readonly #faultEvent: EventInterface;
  readonly #commands: GlobalCommands;
  readonly #regions: ProtectedRegions;
  readonly #registerInvalidation: RegisterBasedInvalidation;
  readonly #interrupts: InterruptRemapping;

  /** Throws a RangeError for capabilities that the oracle does not model. */
  constructor(options: OracleUnitOptions) {
    const unit = decodeCapabilities(options);
    this.#unit = unit;
    this.#oracle = new Oracle(options);
    this.#registers = new RegisterFile(options);
    const registers = this.#registers;
    this.#faultEvent = new EventInterface(registers, "FE", this.#outbox);
    this.#faults = new FaultReporting(registers, this.#oracle.faults, this.#faultEvent);
    this.#regions = new ProtectedRegions(unit, registers, this.#inFlight);
    this.#registerInvalidation = new RegisterBasedInvalidation(unit, registers, this.#inFlight);
    this.#commands = new GlobalCommands(unit, registers, this.#inFlight, (latches) => {
      this.#latched(latches);
    });
    this.#interrupts = new InterruptRemapping(
      unit,
      options.memory,
      this.#oracle.faults,
      (message) => {
        this.#outbox.send("interrupt", message);
      },
    );
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

  /** What was in flight stays so; messages on their way are lost. */
  reset(kind: ResetKind): void {
    if (kind === "power-good") this.#oracle.faults.clear();
    this.#registers.reset(kind);
    this.#inFlight.forgetDrains();
    this.#outbox.clear();
    this.#commands.reset();
  }

  /** An untranslated memory request that begins and ends at once. */
  translate(request: MemoryRequest): TranslateResult {
    return this.#answer(request, () => this.#oracle.translate(request));
  }

  /** An untranslated memory request; if it is let through, it is in flight until `endAccess`. */
  beginAccess(request: MemoryRequest): AccessInFlight {
    const result = this.translate(request);
    const token = result.status === "ok" ? this.#inFlight.begin(request.access) : undefined;
    return { result, token };
  }

  /** Throws a RangeError if the token is not that of an access in flight. */
  endAccess(token: number): void {
    this.#act(() => {
      this.#inFlight.end(token);
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
  }

  /** The effects of a write (§11.4). */
  #written(write: RegisterWrite): void {
    switch (write.mnemonic) {
      case "GCMD":
        this.#commands.written(write.written);
        break;
      case "CCMD":
      case "IOTLB":
        this.#registerInvalidation.written(write, tableModeOf(this.#commands.latches) === 0);
        break;
      case "FSTS":
      case "FRCD":
        this.#faults.written(write);
        break;
      case "FECTL":
        this.#faultEvent.sendIfUnmasked();
        break;
      case "PMEN":
        this.#regions.enableWritten();
        break;
    }
  }
}
