/** Fault recording registers and the fault status register (§7.2, §11.4.7). */
import {
  CONFIG,
  CONFIG_FAULT_COLLAPSE,
  COUNT_FAULTS,
  COUNT_FAULTS_RECORDED,
  LATCH,
  LATCH_FAULT_INDEX,
} from "./generated/layout";
import {
  ECAP_DT,
  ECAP_PASID,
  FRCD_AT_BIT,
  FRCD_EXE_BIT,
  FRCD_F_BIT,
  FRCD_FR_BIT,
  FRCD_PP_BIT,
  FRCD_PRIV_BIT,
  FRCD_PV_BIT,
  FRCD_SID_BIT,
  FRCD_T1_BIT,
  FRCD_T2_BIT,
  FSTS_FRI_FIELD,
  FSTS_FRI_SHIFT,
  FSTS_PFO,
  FSTS_PPF,
  REG_FSTS,
} from "./generated/registers";
import { IR_29 } from "./generated/faults";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Events } from "./events";
import { Outbox } from "./outbox";
import {
  ACCESS_ATOMIC,
  ACCESS_READ,
  ACCESS_WRITE,
  PAGE_REQUEST,
  Request,
  TRANSLATION,
} from "./request";
import { Registers } from "./register-page";

// What became of a fault: RESULT_RECORD.
export const RECORD_NONE: u32 = 0;
const RECORDED: u32 = 1;
const SUPPRESSED: u32 = 2;
const COLLAPSED: u32 = 3;
const OVERFLOWED: u32 = 4;
export const NOT_LOGGED: u32 = 5;

/** Bits of a packed fault condition (generated/faults.ts). */
const CONDITION_REASON: u32 = 0xff;
const CONDITION_QUALIFIED: u32 = 1 << 8;

const RECORD_SIZE: u32 = 16;
const UPPER: u32 = 8;
/** F in the upper 64 bits of a record. */
const FAULT: u64 = 1 << (FRCD_F_BIT - 64);

/** Place of the interrupt index in FI. */
const INTERRUPT_INDEX_SHIFT: u64 = 48;

export class FaultRecording {
  private static record(index: u32): i32 {
    return <i32>(Capability.faultRecordOffset + index * RECORD_SIZE);
  }
  private static upper(index: u32): u64 {
    return Registers.get64(FaultRecording.record(index) + UPPER);
  }

  /** Logs a fault of the current request unless it is suppressed; answers what became of it. */
  static report(condition: u32): u32 {
    // FI is undefined for a request to the interrupt address range that is no interrupt.
    const information = condition == IR_29 ? 0 : Request.address & Capability.faultAddress;
    return FaultRecording.process(condition, information);
  }

  /** Likewise of an interrupt request: FI holds the index (§11.4.7.6). */
  static reportInterrupt(condition: u32, index: u32): u32 {
    return FaultRecording.process(condition, (<u64>index) << INTERRUPT_INDEX_SHIFT);
  }

  private static process(condition: u32, information: u64): u32 {
    Counters.add(COUNT_FAULTS);
    const suppressed = (condition & CONDITION_QUALIFIED) != 0 && Request.faultProcessingDisabled;
    const fate = suppressed ? SUPPRESSED : FaultRecording.log(condition, information);
    if (fate == RECORDED) Counters.add(COUNT_FAULTS_RECORDED);
    Outbox.fault(Request.sourceId, Request.pasid, Request.address, condition, fate);
    return fate;
  }

  /** §7.2.1, in its order. */
  private static log(condition: u32, information: u64): u32 {
    const status = Registers.get32(REG_FSTS);
    if ((status & FSTS_PFO) != 0) return OVERFLOWED;
    if (FaultRecording.hasPendingRecord(Request.sourceId)) return COLLAPSED;
    const index = load<u32>(LATCH, LATCH_FAULT_INDEX);
    if ((FaultRecording.upper(index) & FAULT) != 0) {
      Registers.set32(REG_FSTS, status | FSTS_PFO);
      return OVERFLOWED;
    }
    const idle = !Events.faultPending;
    const record = FaultRecording.record(index);
    Registers.set64(record, information);
    Registers.set64(record + UPPER, FaultRecording.describe(condition) | FAULT);
    if ((status & FSTS_PPF) == 0) {
      Registers.set32(REG_FSTS, (status & ~FSTS_FRI_FIELD) | FSTS_PPF | (index << FSTS_FRI_SHIFT));
    }
    store<u32>(LATCH, (index + 1) % Capability.faultRecords, LATCH_FAULT_INDEX);
    if (idle) Events.raiseFault();
    return RECORDED;
  }

  /** Implementation choice F1: one pending record for each requester. */
  private static hasPendingRecord(sourceId: u32): bool {
    if (load<u32>(CONFIG, CONFIG_FAULT_COLLAPSE) == 0) return false;
    for (let index: u32 = 0; index < Capability.faultRecords; index++) {
      const upper = FaultRecording.upper(index);
      if ((upper & FAULT) != 0 && <u32>(upper & 0xffff) == sourceId) return true;
    }
    return false;
  }

  /** The upper 64 bits of a record without F (§11.4.7.6). */
  private static describe(condition: u32): u64 {
    let record: u64 = (<u64>Request.sourceId) << (FRCD_SID_BIT - 64);
    record |= (<u64>(condition & CONDITION_REASON)) << (FRCD_FR_BIT - 64);
    // A translation request is a read.
    const type = Request.kind == TRANSLATION ? ACCESS_READ : Request.type;
    if (Request.kind == PAGE_REQUEST) {
      record |= (<u64>1) << (FRCD_T2_BIT - 64);
    } else {
      // An AtomicOp has both type bits.
      if (type != ACCESS_WRITE) record |= (<u64>1) << (FRCD_T1_BIT - 64);
      if (type == ACCESS_ATOMIC) record |= (<u64>1) << (FRCD_T2_BIT - 64);
      if (Capability.has(ECAP_DT)) record |= (<u64>Request.kind) << (FRCD_AT_BIT - 64);
    }
    if (Request.hasPasid && Capability.has(ECAP_PASID)) {
      record |= (<u64>1) << (FRCD_PP_BIT - 64);
      record |= (<u64>Request.pasid) << (FRCD_PV_BIT - 64);
      if (Request.privileged) record |= (<u64>1) << (FRCD_PRIV_BIT - 64);
      const reads = Request.kind != PAGE_REQUEST && type == ACCESS_READ;
      if (Request.executes && reads) {
        record |= (<u64>1) << (FRCD_EXE_BIT - 64);
      }
    }
    return record;
  }

  /** PPF is the OR of all F bits: to be called when software may have cleared one. */
  static updatePending(): void {
    let pending: u64 = 0;
    for (let index: u32 = 0; index < Capability.faultRecords; index++) {
      pending |= FaultRecording.upper(index) & FAULT;
    }
    const status = Registers.get32(REG_FSTS);
    Registers.set32(REG_FSTS, pending != 0 ? status | FSTS_PPF : status & ~FSTS_PPF);
  }

  /** The index restarts when both translations are disabled. */
  static resetIndex(): void {
    store<u32>(LATCH, 0, LATCH_FAULT_INDEX);
  }
}
