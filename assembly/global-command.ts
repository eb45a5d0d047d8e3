/** The global command register and its handshakes with the global status register (§11.4.4, §6.5.4, §6.6). */
import {
  LATCH,
  LATCH_PENDING_SRTP,
  LATCH_ROOT_BARRIER,
  LATCH_TRANSLATION_BARRIER,
} from "./generated/layout";
import {
  CAP_ESIRTPS,
  ECAP_IR,
  ECAP_QI,
  ECAP_SMTS,
  GCMD_CFI,
  GCMD_IRE,
  GCMD_QIE,
  GCMD_SIRTP,
  GCMD_SRTP,
  GCMD_TE,
  GCMD_WBF,
  GSTS_CFIS,
  GSTS_IRES,
  GSTS_IRTPS,
  GSTS_QIES,
  GSTS_RTPS,
  GSTS_TES,
  REG_GSTS,
  REG_IQA,
  REG_IRTA,
  REG_RTADDR,
} from "./generated/registers";
import { Capability } from "./capability";
import { FaultRecording } from "./fault-recording";
import { InFlight } from "./in-flight";
import { Invalidation } from "./invalidation";
import { InterruptEntryCache } from "./interrupt-entry-cache";
import { InvalidationQueue } from "./invalidation-queue";
import { DISABLE, ENABLE, Latch, NO_CHANGE } from "./latch";
import { Registers } from "./register-page";
import { WriteBuffer } from "./write-buffer";

export class GlobalCommand {
  private static setStatus(bit: u32, set: bool): void {
    const status = Registers.get32(REG_GSTS);
    Registers.set32(REG_GSTS, set ? status | bit : status & ~bit);
  }
  private static status(bit: u32): bool {
    return (Registers.get32(REG_GSTS) & bit) != 0;
  }

  /** Software writes GCMD; several changed bits are taken in the order of choice C1. */
  static write(value: u32): void {
    if (value & GCMD_SRTP) GlobalCommand.setRootPointer();
    const remapsInterrupts = Capability.has(ECAP_IR);
    if (remapsInterrupts && (value & GCMD_SIRTP) != 0) GlobalCommand.setInterruptTable();
    if (Capability.has(ECAP_QI)) GlobalCommand.queuedInvalidation((value & GCMD_QIE) != 0);
    // WBFS would be set and cleared again before software can read it.
    if (value & GCMD_WBF) WriteBuffer.flush();
    GlobalCommand.translation((value & GCMD_TE) != 0);
    if (remapsInterrupts) {
      GlobalCommand.interruptRemapping((value & GCMD_IRE) != 0);
      GlobalCommand.setStatus(GSTS_CFIS, (value & GCMD_CFI) != 0);
    }
    GlobalCommand.continue();
  }

  /** §6.6: the pointer is latched at once; the status shows when what used the old one has ended. */
  private static setRootPointer(): void {
    GlobalCommand.setStatus(GSTS_RTPS, false);
    Latch.rtaddr = Registers.get64(REG_RTADDR);
    Latch.updateMode();
    if (Capability.rootPointerFlushes) Invalidation.all();
    store<u64>(LATCH, InFlight.drain(), LATCH_ROOT_BARRIER);
    store<u32>(LATCH, 1, LATCH_PENDING_SRTP);
  }

  /** §6.7. An interrupt request is never in flight between two calls: there is nothing to wait for. */
  private static setInterruptTable(): void {
    Latch.irta = Registers.get64(REG_IRTA);
    if ((Capability.cap & CAP_ESIRTPS) != 0) InterruptEntryCache.clear();
    GlobalCommand.setStatus(GSTS_IRTPS, true);
  }

  private static interruptRemapping(enable: bool): void {
    if (enable == GlobalCommand.status(GSTS_IRES)) return;
    // Choice C2: nor is there a table before the first SIRTP.
    if (enable && !Latch.interruptTableValid) return;
    GlobalCommand.setStatus(GSTS_IRES, enable);
    if (enable) return;
    if ((Capability.cap & CAP_ESIRTPS) != 0) InterruptEntryCache.clear();
    if (!GlobalCommand.status(GSTS_TES)) FaultRecording.resetIndex();
  }

  private static queuedInvalidation(enable: bool): void {
    if (enable == GlobalCommand.status(GSTS_QIES)) return;
    GlobalCommand.setStatus(GSTS_QIES, enable);
    if (enable) InvalidationQueue.enable(Registers.get64(REG_IQA));
    else InvalidationQueue.disable();
  }

  private static translation(enable: bool): void {
    const pending = Latch.pendingTranslation;
    const current = pending == NO_CHANGE ? GlobalCommand.status(GSTS_TES) : pending == ENABLE;
    if (enable == current) return;
    // Choice C2: there is nothing to translate with before the first root pointer.
    if (enable && !Latch.rootValid) return;
    store<u64>(LATCH, InFlight.drain(), LATCH_TRANSLATION_BARRIER);
    Latch.pendingTranslation = enable ? ENABLE : DISABLE;
    Latch.updateMode();
  }

  /** A command waits for requests in flight. */
  static get isInFlight(): bool {
    return load<u32>(LATCH, LATCH_PENDING_SRTP) != 0 || Latch.pendingTranslation != NO_CHANGE;
  }

  /** Completes what waited for requests in flight (choice C3). */
  static continue(): void {
    const setsRoot = load<u32>(LATCH, LATCH_PENDING_SRTP) != 0;
    if (setsRoot && InFlight.hasDrained(load<u64>(LATCH, LATCH_ROOT_BARRIER))) {
      store<u32>(LATCH, 0, LATCH_PENDING_SRTP);
      GlobalCommand.setStatus(GSTS_RTPS, true);
    }
    const pending = Latch.pendingTranslation;
    if (pending == NO_CHANGE) return;
    if (!InFlight.hasDrained(load<u64>(LATCH, LATCH_TRANSLATION_BARRIER))) return;
    Latch.pendingTranslation = NO_CHANGE;
    GlobalCommand.setStatus(GSTS_TES, pending == ENABLE);
    Latch.updateMode();
    if (pending == ENABLE) return;
    // §11.4.4.1: units with scalable mode invalidate their caches as part of the command.
    if (Capability.has(ECAP_SMTS)) Invalidation.all();
    if (!GlobalCommand.status(GSTS_IRES)) FaultRecording.resetIndex();
  }
}
