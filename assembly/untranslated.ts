/** Untranslated requests (§3.4): the path of every DMA, single and in batches. */
import { IR_29 } from "./generated/faults";
import { EVENT_IOMMU_REQUESTS } from "./generated/performance-events";
import { GSTS_IRES, REG_GSTS } from "./generated/registers";
import {
  COUNT_REQUESTS,
  REQUEST_ACCESS,
  REQUEST_ADDRESS,
  REQUEST_PASID,
  REQUEST_PHYSICAL,
  REQUEST_SIZE,
  REQUEST_SOURCE_ID,
  REQUEST_STATUS,
  RESULT,
  RESULT_PROCESSED,
} from "./generated/layout";
import { Answer, BLOCKED, FAULT, INTERRUPT, OK, UNSUPPORTED_REQUEST } from "./answer";
import { Counters } from "./counters";
import { DirectTranslation, LAST_ANSWER, NOT_BEGUN } from "./direct-translation";
import { Explain } from "./explain";
import { FaultRecording } from "./fault-recording";
import { DATA_RIGHTS_SHIFT, Iotlb } from "./iotlb";
import { Latch, MODE_BLOCKED, MODE_LEGACY, MODE_OFF, MODE_SCALABLE } from "./latch";
import { NO_PASID, Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ProtectedMemory } from "./protected-memory";
import { ReadAhead } from "./read-ahead";
import { Registers } from "./register-page";
import {
  ACCESS_ATOMIC,
  ACCESS_EXECUTE,
  ACCESS_PRIVILEGED,
  ACCESS_SIZE_SHIFT,
  ACCESS_TYPE,
  ACCESS_WRITE,
  AT_UNTRANSLATED,
  Request,
  UNTRANSLATED,
} from "./request";
import { Translation } from "./translation";

/** The access word of a read of one byte: what is less has no bytes. */
const ONE_BYTE: u32 = 1 << ACCESS_SIZE_SHIFT;

/** Read and write, as permissions of the answer. */
const ALL_PERMISSIONS: u32 = 3;

export class Untranslated {
  // The answer to the last request, kept out of the result block for the batch form.
  static physical: u64 = 0;
  static pageShift: u64 = 12;
  static permissions: u32 = 0;
  static condition: u32 = 0;
  static record: u32 = 0;

  /** Decides one request; answers its status. The rest is in the fields above. */
  static decide(sourceId: u32, pasid: u32, address: u64, access: u32): u32 {
    const mode = Latch.mode;
    const observed = Explain.active || ProtectedMemory.active || PerformanceMonitoring.active;
    if (Untranslated.isOrdinary(mode, pasid, address, access) && !observed) {
      const entry = Iotlb.find(sourceId, pasid, address);
      const data = entry == 0 ? 0 : Iotlb.data(entry);
      if (!Iotlb.grants(data, access)) {
        return Untranslated.lookFurther(mode, entry, sourceId, pasid, address, access);
      }
      Counters.add(COUNT_REQUESTS);
      Iotlb.countHits(1);
      return Untranslated.grant(data, address);
    }
    Counters.add(COUNT_REQUESTS);
    // §3.1: with translation disabled a PASID prefix is ignored.
    const plain = pasid == NO_PASID || mode == MODE_OFF;
    const special = plain && Translation.inInterruptRange(address);
    if (special && Untranslated.isInterrupt(address, access)) {
      Untranslated.physical = address;
      return INTERRUPT;
    }
    PerformanceMonitoring.count(EVENT_IOMMU_REQUESTS, AT_UNTRANSLATED);
    if (special) {
      const status = Untranslated.interruptRange(sourceId, address, access);
      if (status != OK) return status;
      if (access >>> ACCESS_SIZE_SHIFT == 0) return Untranslated.pass(address);
    }
    if (mode == MODE_OFF) return Untranslated.passUnlessProtected(address);
    Request.begin(UNTRANSLATED, sourceId, pasid, address, access);
    const blocked = Translation.checkMode();
    if (blocked != 0) return Untranslated.fault(blocked);
    if (Request.executes) return Untranslated.finish(Translation.find(0));
    const entry = Iotlb.find(sourceId, pasid, address);
    return Untranslated.lookUp(entry, sourceId, pasid, address, access);
  }

  /**
   * Whether an IOTLB entry that grants the access decides it: one with user privilege of at least a
   * byte, in a mode and outside the range that have rules of their own.
   */
  @inline
  private static isOrdinary(mode: u32, pasid: u32, address: u64, access: u32): bool {
    if ((access & (ACCESS_PRIVILEGED | ACCESS_EXECUTE)) != 0 || access < ONE_BYTE) return false;
    if (Translation.inInterruptRange(address)) return false;
    return mode == MODE_SCALABLE || (mode == MODE_LEGACY && pasid == NO_PASID);
  }

  /** The long way of an ordinary request, with what the IOTLB has or 0. */
  private static lookFurther(
    mode: u32,
    entry: usize,
    sourceId: u32,
    pasid: u32,
    address: u64,
    access: u32,
  ): u32 {
    if (entry == 0 && mode == MODE_SCALABLE && !Explain.active) {
      const found = DirectTranslation.find(sourceId, pasid, address, access);
      if (found > LAST_ANSWER) return Untranslated.grant(Iotlb.data(found), address);
      if (found != NOT_BEGUN) return Untranslated.finish(DirectTranslation.goOn(found));
    }
    Counters.add(COUNT_REQUESTS);
    return Untranslated.lookUp(entry, sourceId, pasid, address, access);
  }

  /** By what an IOTLB entry says for user privilege. */
  @inline
  private static grant(data: u64, address: u64): u32 {
    Untranslated.physical = Iotlb.physical(data, address);
    Untranslated.pageShift = Iotlb.pageShift(data);
    Untranslated.permissions = (<u32>(data >> DATA_RIGHTS_SHIFT)) & ALL_PERMISSIONS;
    return OK;
  }

  /** The long way of any request. */
  private static lookUp(entry: usize, sourceId: u32, pasid: u32, address: u64, access: u32): u32 {
    Iotlb.countLookup(entry);
    Request.begin(UNTRANSLATED, sourceId, pasid, address, access);
    return Untranslated.finish(Translation.find(entry));
  }

  private static finish(condition: u32): u32 {
    if (condition != 0) return Untranslated.fault(condition);
    Untranslated.physical = Translation.physical;
    Untranslated.pageShift = Translation.pageShift;
    Untranslated.permissions = Translation.permissions;
    if (!ProtectedMemory.active) return OK;
    const isChecked = ProtectedMemory.coversRemapped || Translation.isPassThrough;
    return isChecked && ProtectedMemory.has(Translation.physical) ? BLOCKED : OK;
  }

  private static fault(condition: u32): u32 {
    Untranslated.condition = condition;
    Untranslated.record = FaultRecording.report(condition);
    return FAULT;
  }

  private static pass(address: u64): u32 {
    Untranslated.physical = address;
    Untranslated.pageShift = 12;
    Untranslated.permissions = ALL_PERMISSIONS;
    return OK;
  }

  private static passUnlessProtected(address: u64): u32 {
    if (ProtectedMemory.active && ProtectedMemory.has(address)) return BLOCKED;
    return Untranslated.pass(address);
  }

  /** §3.15: whether a write to the interrupt address range is a message (choice R1). */
  private static isInterrupt(address: u64, access: u32): bool {
    const isWrite = (access & ACCESS_TYPE) == ACCESS_WRITE;
    return isWrite && access >>> ACCESS_SIZE_SHIFT == 4 && (address & 3) == 0;
  }

  /** §3.15: zero-length reads, and what is neither that nor a message (choice R2). */
  private static interruptRange(sourceId: u32, address: u64, access: u32): u32 {
    const size = access >>> ACCESS_SIZE_SHIFT;
    const type = access & ACCESS_TYPE;
    if (size == 0 && type != ACCESS_WRITE && type != ACCESS_ATOMIC) return OK;
    const remaps = (Registers.get32(REG_GSTS) & GSTS_IRES) != 0 || Latch.mode != MODE_OFF;
    if (!remaps) return OK;
    Request.begin(UNTRANSLATED, sourceId, NO_PASID, address, access);
    return Untranslated.fault(IR_29);
  }

  /** One request; the answer goes to the result block. */
  static single(sourceId: u32, pasid: u32, address: u64, access: u32): u32 {
    const status = Untranslated.decide(sourceId, pasid, address, access);
    if (status == FAULT) {
      // Table 15 and Table 30: every untranslated request that faults is answered UR.
      return Answer.fault(Untranslated.condition, UNSUPPORTED_REQUEST, Untranslated.record);
    }
    if (status == BLOCKED) return Answer.blocked(UNSUPPORTED_REQUEST);
    Answer.ok(
      Untranslated.physical,
      Untranslated.pageShift,
      status == INTERRUPT ? 0 : Untranslated.permissions,
      0,
    );
    return status == INTERRUPT ? Answer.interrupt() : OK;
  }

  /**
   * A batch of 32-byte records. Each gets its status (7:0 status, 15:8 fault reason, 31:24 ordinal
   * of the condition) and output address. Answers the number of records that did not translate, and
   * in RESULT_PROCESSED how many were looked at: fewer than asked when the outbox is full.
   */
  static batch(records: usize, count: u32): u32 {
    // While memory is protected or events are counted, no request is decided by the IOTLB alone.
    const observed = ProtectedMemory.active || PerformanceMonitoring.active;
    const mode = observed ? MODE_BLOCKED : Latch.mode;
    let hits: u32 = 0;
    let failures: u32 = 0;
    let done: u32 = 0;
    ReadAhead.beginBatch();
    for (; done < count; done++, records += REQUEST_SIZE) {
      const sourceId = load<u32>(records, REQUEST_SOURCE_ID);
      const pasid = load<u32>(records, REQUEST_PASID);
      const address = load<u64>(records, REQUEST_ADDRESS);
      const access = load<u32>(records, REQUEST_ACCESS);
      let status: u32;
      if (Untranslated.isOrdinary(mode, pasid, address, access)) {
        const entry = Iotlb.find(sourceId, pasid, address);
        const data = entry == 0 ? 0 : Iotlb.data(entry);
        if (Iotlb.grants(data, access)) {
          hits++;
          store<u32>(records, OK, REQUEST_STATUS);
          store<u64>(records, Iotlb.physical(data, address), REQUEST_PHYSICAL);
          continue;
        }
        ReadAhead.miss(mode, records, done, count);
        status = Untranslated.lookFurther(mode, entry, sourceId, pasid, address, access);
      } else {
        status = Untranslated.decide(sourceId, pasid, address, access);
      }
      if (status == OK) {
        store<u32>(records, OK, REQUEST_STATUS);
        store<u64>(records, Untranslated.physical, REQUEST_PHYSICAL);
        continue;
      }
      failures++;
      Untranslated.storeFailure(records, status);
      if (!Outbox.hasRoom) {
        done++;
        break;
      }
    }
    Counters.addMany(COUNT_REQUESTS, hits);
    Iotlb.countHits(hits);
    store<u32>(RESULT, done, RESULT_PROCESSED);
    return failures;
  }

  private static storeFailure(record: usize, status: u32): void {
    const fault = status == FAULT;
    const condition = fault ? Untranslated.condition : 0;
    const word = status | ((condition & 0xff) << 8) | (condition & 0xff00_0000);
    store<u32>(record, word, REQUEST_STATUS);
    store<u64>(record, status == INTERRUPT ? Untranslated.physical : 0, REQUEST_PHYSICAL);
  }
}
