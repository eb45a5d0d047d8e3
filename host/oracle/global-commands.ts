import type { AccessesInFlight, Drain } from "./accesses-in-flight.js";
import { bitIsSet, bitRange } from "./bit-fields.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { RegisterFile } from "./register-file.js";

/** What the unit works with, which follows the registers only when a command says so (§11.4.4.1). */
export interface Latches {
  /** RTADDR_REG; undefined before the first Set Root Table Pointer. */
  readonly rootTable: bigint | undefined;
  /** IRTA_REG; undefined before the first Set Interrupt Remap Table Pointer. */
  readonly interruptTable: bigint | undefined;
  /** IQA_REG; undefined while queued invalidation is disabled. */
  readonly invalidationQueue: bigint | undefined;
  /** Requests that begin now are translated. TES may still be to come. */
  readonly translating: boolean;
}

const NOTHING_LATCHED: Latches = {
  rootTable: undefined,
  interruptTable: undefined,
  invalidationQueue: undefined,
  translating: false,
};

/** Translation table mode: RTADDR_REG.TTM as latched; legacy before the first latch. */
export function tableModeOf({ rootTable = 0n }: Latches): number {
  return Number(bitRange(rootTable, 11, 10));
}

const [TE, SRTP, QIE, IRE, SIRTP, CFI] = [31, 30, 26, 25, 24, 23] as const;

/**
 * The global command and status registers. A write with several commands in it is undefined.
 * Implementation choice C1: they are carried out in the order SRTP, SIRTP, QIE, WBF, TE, IRE, CFI.
 */
export class GlobalCommands {
  readonly #unit: UnitCapabilities;
  readonly #registers: RegisterFile;
  readonly #inFlight: AccessesInFlight;
  readonly #changed: (latches: Latches) => void;
  #latches = NOTHING_LATCHED;
  #settingRoot: Drain | undefined;
  #enabling: Drain | undefined;
  /** What software asked for with TE last, if it was possible. */
  #wanted = false;

  /** `changed` is called whenever a latch, IRES or CFIS may have changed. */
  constructor(
    unit: UnitCapabilities,
    registers: RegisterFile,
    inFlight: AccessesInFlight,
    changed: (latches: Latches) => void,
  ) {
    this.#unit = unit;
    this.#registers = registers;
    this.#inFlight = inFlight;
    this.#changed = changed;
  }

  get latches(): Latches {
    return this.#latches;
  }

  /** Software wrote GCMD_REG. Write buffers there are none: WBFS is clear before anyone can see it. */
  written(command: bigint): void {
    if (bitIsSet(command, SRTP)) this.#setRootTable();
    if (this.#unit.IR && bitIsSet(command, SIRTP)) this.#setInterruptTable();
    if (this.#unit.QI) this.#enableQueue(bitIsSet(command, QIE));
    this.#enableTranslation(bitIsSet(command, TE));
    if (this.#unit.IR) {
      const ready = this.#latches.interruptTable !== undefined;
      this.#status("IRES", bitIsSet(command, IRE) && ready);
      this.#status("CFIS", bitIsSet(command, CFI));
    }
    this.#latch({});
  }

  reset(): void {
    this.#settingRoot = undefined;
    this.#enabling = undefined;
    this.#wanted = false;
    this.#latch(NOTHING_LATCHED);
  }

  /** Requests that begin from here on use the new table; RTPS waits for those in flight. */
  #setRootTable(): void {
    if (this.#settingRoot !== undefined) this.#settingRoot.cancelled = true;
    this.#status("RTPS", false);
    this.#latch({ rootTable: this.#registers.value("RTADDR") });
    this.#settingRoot = this.#inFlight.drain(() => {
      this.#status("RTPS", true);
    });
  }

  /** Interrupts are processed at once, so that there are none in flight to wait for. */
  #setInterruptTable(): void {
    this.#latch({ interruptTable: this.#registers.value("IRTA") });
    this.#status("IRTPS", true);
  }

  #enableQueue(enable: boolean): void {
    if (enable === (this.#latches.invalidationQueue !== undefined)) return;
    this.#status("QIES", enable);
    this.#registers.setValue("IQH", 0n);
    this.#latch({ invalidationQueue: enable ? this.#registers.value("IQA") : undefined });
  }

  /**
   * Both directions wait for the requests in flight. Enabled, the unit translates what begins from here
   * on; disabled, it goes on translating until TES clears.
   */
  #enableTranslation(enable: boolean): void {
    const wanted = enable && this.#latches.rootTable !== undefined;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (this.#enabling !== undefined) this.#enabling.cancelled = true;
    // To take back what is not done yet there is nothing to wait for.
    if (wanted || !this.#registers.flag("GSTS", "TES")) {
      this.#latch({ translating: wanted });
      if (!wanted) return;
    }
    this.#enabling = this.#inFlight.drain(() => {
      this.#status("TES", wanted);
      this.#latch({ translating: wanted });
    });
  }

  #status(field: string, value: boolean): void {
    this.#registers.setField("GSTS", field, value);
  }

  #latch(change: Partial<Latches>): void {
    this.#latches = { ...this.#latches, ...change };
    this.#changed(this.#latches);
  }
}
