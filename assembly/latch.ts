/**
 * What hardware uses, apart from what software wrote (§6.6, §11.4.4): pointers that a command has
 * latched, and the mode that follows from them.
 */
import {
  LATCH,
  LATCH_INTERRUPT_TABLE_VALID,
  LATCH_IQA,
  LATCH_IRTA,
  LATCH_MODE,
  LATCH_NOW,
  LATCH_PENDING_TE,
  LATCH_ROOT_VALID,
  LATCH_RTADDR,
} from "./generated/layout";
import {
  ECAP_ADMS,
  ECAP_SMTS,
  GSTS_TES,
  IRTA_EIME,
  IRTA_IRTA_FIELD,
  REG_GSTS,
  RTADDR_RTA_FIELD,
  RTADDR_SSIRWE,
  RTADDR_TTM_ABORT,
  RTADDR_TTM_LEGACY,
  RTADDR_TTM_MASK,
  RTADDR_TTM_RESERVED,
  RTADDR_TTM_SCALABLE,
  RTADDR_TTM_SHIFT,
} from "./generated/registers";
import { RTA_1_1, RTA_1_2, RTA_1_3, RTA_1_4, RTA_4 } from "./generated/faults";
import { Capability } from "./capability";
import { Registers } from "./register-page";

/** Translation is disabled: untranslated requests pass. */
export const MODE_OFF: u32 = 0;
export const MODE_LEGACY: u32 = 1;
export const MODE_SCALABLE: u32 = 2;
/** Every request is blocked by what the root-table address register says. */
export const MODE_BLOCKED: u32 = 3;

// LATCH_PENDING_TE: what becomes of TES when requests in flight have ended.
export const NO_CHANGE: u32 = 0;
export const ENABLE: u32 = 1;
export const DISABLE: u32 = 2;

export class Latch {
  static get rtaddr(): u64 {
    return load<u64>(LATCH, LATCH_RTADDR);
  }
  static set rtaddr(value: u64) {
    store<u64>(LATCH, value, LATCH_RTADDR);
    store<u32>(LATCH, 1, LATCH_ROOT_VALID);
  }
  /** Whether a root pointer was latched since reset. */
  static get rootValid(): bool {
    return load<u32>(LATCH, LATCH_ROOT_VALID) != 0;
  }
  static get rootTable(): u64 {
    return Latch.rtaddr & RTADDR_RTA_FIELD & ~Capability.aboveHost;
  }
  static get tableMode(): u64 {
    return (Latch.rtaddr >> RTADDR_TTM_SHIFT) & RTADDR_TTM_MASK;
  }
  /** The interrupt remapping table address register as SIRTP latched it. */
  static get irta(): u64 {
    return load<u64>(LATCH, LATCH_IRTA);
  }
  static set irta(value: u64) {
    store<u64>(LATCH, value, LATCH_IRTA);
    store<u32>(LATCH, 1, LATCH_INTERRUPT_TABLE_VALID);
  }
  /** Whether an interrupt table pointer was latched since reset. */
  static get interruptTableValid(): bool {
    return load<u32>(LATCH, LATCH_INTERRUPT_TABLE_VALID) != 0;
  }
  static get interruptTable(): u64 {
    return Latch.irta & IRTA_IRTA_FIELD & ~Capability.aboveHost;
  }
  /** EIME: interrupt destinations have 32 bits. */
  static get extendedInterruptMode(): bool {
    return (Latch.irta & IRTA_EIME) != 0;
  }
  /** SSIRWE: IR and IW of second-stage entries stand for R and W. Reserved, and so 0, without SSIRWS. */
  static get ioPermissions(): bool {
    return (Latch.rtaddr & RTADDR_SSIRWE) != 0;
  }
  /** The invalidation queue address register as it was when the queue was enabled. */
  static get iqa(): u64 {
    return load<u64>(LATCH, LATCH_IQA);
  }
  static set iqa(value: u64) {
    store<u64>(LATCH, value, LATCH_IQA);
  }
  /** Ticks of the explicit clock since the last reset, modulo 2^64. */
  static get now(): u64 {
    return load<u64>(LATCH, LATCH_NOW);
  }
  static set now(value: u64) {
    store<u64>(LATCH, value, LATCH_NOW);
  }
  static get mode(): u32 {
    return load<u32>(LATCH, LATCH_MODE);
  }

  /** The change of TES that waits for requests in flight. */
  static get pendingTranslation(): u32 {
    return load<u32>(LATCH, LATCH_PENDING_TE);
  }
  static set pendingTranslation(change: u32) {
    store<u32>(LATCH, change, LATCH_PENDING_TE);
  }

  /**
   * To be called whenever TES, its pending change or the latched root pointer has changed. Requests
   * that begin while TES is about to be set are translated already: else they were in flight,
   * untranslated, when TES tells that there are none (§11.4.4.1).
   */
  static updateMode(): void {
    const enabled = (Registers.get32(REG_GSTS) & GSTS_TES) != 0;
    let mode = MODE_OFF;
    if (enabled || Latch.pendingTranslation == ENABLE) {
      if (Latch.rootTableCondition() != 0) mode = MODE_BLOCKED;
      else mode = Latch.tableMode == RTADDR_TTM_SCALABLE ? MODE_SCALABLE : MODE_LEGACY;
    }
    store<u32>(LATCH, mode, LATCH_MODE);
  }

  /** RTA.1 and RTA.4 of Table 30: what is wrong with the latched register, or 0. */
  static rootTableCondition(): u32 {
    const mode = Latch.tableMode;
    if (mode == RTADDR_TTM_ABORT) return Capability.has(ECAP_ADMS) ? RTA_4 : RTA_1_1;
    if (mode == RTADDR_TTM_RESERVED) return RTA_1_2;
    if (mode == RTADDR_TTM_SCALABLE && !Capability.has(ECAP_SMTS)) return RTA_1_3;
    if (mode == RTADDR_TTM_LEGACY && Latch.ioPermissions) return RTA_1_4;
    return 0;
  }
}
