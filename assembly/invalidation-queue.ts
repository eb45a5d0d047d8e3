/**
 * The invalidation queue (§6.5.2): a state machine that stops at a wait that has to wait, at an
 * error, and when the outbox is full, and that `run` takes up again.
 */
import {
  COUNT_DESCRIPTORS,
  COUNT_DESCRIPTOR_READS,
  CONFIG,
  CONFIG_TRACE,
  LATCH,
  LATCH_MORE_WORK,
} from "./generated/layout";
import {
  ECAP_ADMS,
  ECAP_SMTS,
  FSTS_IQE,
  FSTS_ITE,
  GSTS_QIES,
  IQA_DW,
  IQA_IQA_FIELD,
  IQA_QS_MASK,
  IQERCD_IQEI_FIELD,
  IQT_QT_FIELD,
  REG_FSTS,
  REG_GSTS,
  REG_IQERCD,
  REG_IQH,
  REG_IQT,
  RTADDR_TTM_LEGACY,
  RTADDR_TTM_RESERVED,
} from "./generated/registers";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Descriptor, DONE, HOLD, PENDING } from "./invalidation-descriptor";
import { Events } from "./events";
import { Latch } from "./latch";
import { Memory } from "./memory";
import { Outbox } from "./outbox";
import { PendingWait } from "./pending-wait";
import { Registers } from "./register-page";

// Invalidation queue error information (IQERCD.IQEI, §11.4.9.9).
const BAD_TAIL: u32 = 1;
const FETCH_FAILED: u32 = 2;
const BAD_WIDTH: u32 = 5;
const TAIL_NOT_ALIGNED: u32 = 6;
const BAD_TABLE_MODE: u32 = 7;

const PAGE: u64 = 4096;

export class InvalidationQueue {
  private static get isWide(): bool {
    return (Latch.iqa & IQA_DW) != 0;
  }
  private static get size(): u64 {
    return PAGE << (Latch.iqa & IQA_QS_MASK);
  }
  private static get stride(): u64 {
    return InvalidationQueue.isWide ? 32 : 16;
  }

  /** GCMD.QIE set: the queue register counts from now on, and the queue starts at its first entry. */
  static enable(iqa: u64): void {
    Latch.iqa = iqa;
    InvalidationQueue.run();
  }

  /** GCMD.QIE cleared: hardware resets the head (§11.4.9.1). Implementation choice C14: waits are dropped. */
  static disable(): void {
    PendingWait.drop();
    Registers.set64(REG_IQH, 0);
  }

  /** Completes the pending wait and executes descriptors, until the queue is empty or must stop. */
  static run(): void {
    store<u32>(LATCH, 0, LATCH_MORE_WORK);
    if (PendingWait.exists && !InvalidationQueue.completeWait()) return;
    while (InvalidationQueue.mayFetch) {
      if (!InvalidationQueue.mayGoOn) return;
      const error = InvalidationQueue.step();
      if (error == HOLD) return;
      if (error != DONE) {
        InvalidationQueue.fail(error);
        return;
      }
    }
  }

  /** Whether the next step may send what it has to; else the host resumes the queue. */
  private static get mayGoOn(): bool {
    if (Outbox.hasRoom) return true;
    store<u32>(LATCH, 1, LATCH_MORE_WORK);
    return false;
  }

  /** False if the pending wait still has to wait. */
  private static completeWait(): bool {
    if (!InvalidationQueue.mayGoOn) return false;
    Descriptor.word0 = PendingWait.word0;
    Descriptor.word1 = PendingWait.word1;
    Descriptor.word2 = 0;
    Descriptor.word3 = 0;
    if (!Descriptor.completeWait()) return false;
    PendingWait.drop();
    InvalidationQueue.completed(PendingWait.offset);
    return true;
  }

  private static completed(offset: u32): void {
    Counters.add(COUNT_DESCRIPTORS);
    if (load<u32>(CONFIG, CONFIG_TRACE)) Descriptor.trace(offset);
  }

  private static get mayFetch(): bool {
    if ((Registers.get32(REG_GSTS) & GSTS_QIES) == 0) return false;
    if ((Registers.get32(REG_FSTS) & (FSTS_IQE | FSTS_ITE)) != 0) return false;
    return Registers.get64(REG_IQH) != (Registers.get64(REG_IQT) & IQT_QT_FIELD);
  }

  /** One descriptor: DONE, HOLD if the queue stops here, or the error information of what is wrong with it. */
  private static step(): u32 {
    const wrong = InvalidationQueue.checkQueue();
    if (wrong != 0) return wrong;
    const head = Registers.get64(REG_IQH);
    const at = (Latch.iqa & IQA_IQA_FIELD & ~Capability.aboveHost) + head;
    Descriptor.word0 = Memory.fetch(at, COUNT_DESCRIPTOR_READS);
    if (Memory.failed) return FETCH_FAILED;
    Descriptor.word1 = Memory.fetchNext(at + 8, COUNT_DESCRIPTOR_READS);
    if (Memory.failed) return FETCH_FAILED;
    Descriptor.wide = InvalidationQueue.isWide;
    Descriptor.word2 = 0;
    Descriptor.word3 = 0;
    if (Descriptor.wide) {
      Descriptor.word2 = Memory.fetchNext(at + 16, COUNT_DESCRIPTOR_READS);
      if (Memory.failed) return FETCH_FAILED;
      Descriptor.word3 = Memory.fetchNext(at + 24, COUNT_DESCRIPTOR_READS);
      if (Memory.failed) return FETCH_FAILED;
    }
    const result = Descriptor.execute();
    if (result == PENDING) PendingWait.hold(Descriptor.word0, Descriptor.word1, <u32>head);
    else if (result == DONE) InvalidationQueue.completed(<u32>head);
    else return result;
    const next = head + InvalidationQueue.stride;
    Registers.set64(REG_IQH, next == InvalidationQueue.size ? 0 : next);
    return result == DONE ? DONE : HOLD;
  }

  /** Table 26 and IQEI 1, 5, 6, 7: errors of the queue itself. */
  private static checkQueue(): u32 {
    const mode = Latch.tableMode;
    if (mode == RTADDR_TTM_RESERVED) return BAD_TABLE_MODE;
    if (InvalidationQueue.isWide) {
      if (!Capability.has(ECAP_SMTS) && !Capability.has(ECAP_ADMS)) return BAD_WIDTH;
    } else if (mode != RTADDR_TTM_LEGACY) {
      return BAD_WIDTH;
    }
    const tail = Registers.get64(REG_IQT) & IQT_QT_FIELD;
    if (tail >= InvalidationQueue.size) return BAD_TAIL;
    if ((tail & (InvalidationQueue.stride - 1)) != 0) return TAIL_NOT_ALIGNED;
    return 0;
  }

  /** §6.5.2.11: the head stays on the bad descriptor until software has cleared IQE. */
  private static fail(information: u32): void {
    const record = Registers.get64(REG_IQERCD) & ~IQERCD_IQEI_FIELD;
    Registers.set64(REG_IQERCD, record | information);
    Events.faultStatus(FSTS_IQE);
  }
}
