/** Page requests from devices (§7.4): authorisation, automatic answers, and the page request queue. */
import { RTA_1_4, RTA_3 } from "./generated/faults";
import {
  ECAP_PRS,
  PQA_PQA_FIELD,
  PQA_PQS_MASK,
  PRS_PPR,
  PRS_PRO,
  REG_PQA,
  REG_PQH,
  REG_PQT,
  REG_PRS,
} from "./generated/registers";
import {
  PAGE_REQUEST_EXR_SHIFT,
  PAGE_REQUEST_LPIG_SHIFT,
  PAGE_REQUEST_PASID_SHIFT,
  PAGE_REQUEST_PMR_SHIFT,
  PAGE_REQUEST_PP_SHIFT,
  PAGE_REQUEST_PRGI_SHIFT,
  PAGE_REQUEST_RDR_SHIFT,
  PAGE_REQUEST_RID_SHIFT,
  PAGE_REQUEST_TYPE_PAGE_REQUEST,
  PAGE_REQUEST_WRR_SHIFT,
} from "./generated/descriptors";
import {
  CONFIG,
  CONFIG_TRACE,
  COUNT_CONTEXT_HITS,
  COUNT_CONTEXT_LOOKUPS,
  COUNT_PAGE_REQUESTS,
  COUNT_PAGE_REQUESTS_ANSWERED,
  COUNT_PAGE_REQUESTS_DROPPED,
  COUNT_PAGE_REQUESTS_QUEUED,
  COUNT_PASID_HITS,
  COUNT_PASID_LOOKUPS,
  COUNT_STOP_MARKERS,
} from "./generated/layout";
import { EVENT_PG_REQ_OVERFLOW, EVENT_PG_REQ_POSTED } from "./generated/performance-events";
import {
  ACCEPTED,
  Answer,
  ANSWERED,
  DROPPED,
  WHY_DISABLED,
  WHY_OVERFLOW,
  WHY_QUEUE_FULL,
  WHY_UNSUPPORTED,
} from "./answer";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Events } from "./events";
import { Explain } from "./explain";
import { FaultRecording, RECORD_NONE } from "./fault-recording";
import { Invalidation } from "./invalidation";
import { KIND_FIRST_STAGE, KIND_NESTED } from "./iotlb";
import { Latch, MODE_BLOCKED, MODE_LEGACY, MODE_OFF, MODE_SCALABLE } from "./latch";
import { Memory } from "./memory";
import { NO_PASID, Outbox } from "./outbox";
import { PageGroupResponse, RESPONSE_INVALID, RESPONSE_SUCCESS } from "./page-group-response";
import { PasidEntry } from "./pasid-table";
import { PerformanceMonitoring } from "./performance-monitoring";
import { Registers } from "./register-page";
import { ACCESS_EXECUTE, ACCESS_PRIVILEGED, ACCESS_READ, PAGE_REQUEST, Request } from "./request";
import { Context } from "./root-context";

// Flags of the call.
const FLAG_READ: u32 = 1;
const FLAG_WRITE: u32 = 2;
const FLAG_LAST: u32 = 4;
const FLAG_EXECUTE: u32 = 8;
const FLAG_PRIVILEGED: u32 = 16;
const FLAG_GROUP_SHIFT: u32 = 16;

const DESCRIPTOR_SIZE: u64 = 32;

export class PageRequestQueue {
  /** One Page Request message; answers ACCEPTED, ANSWERED or DROPPED with the reason. */
  static receive(sourceId: u32, pasid: u32, address: u64, flags: u32): u32 {
    Counters.add(COUNT_PAGE_REQUESTS);
    if (PageRequestQueue.isStopMarker(flags)) Counters.add(COUNT_STOP_MARKERS);
    if (!Capability.has(ECAP_PRS)) return PageRequestQueue.drop(WHY_UNSUPPORTED);
    if (Latch.mode == MODE_OFF) return PageRequestQueue.drop(WHY_DISABLED);

    let entry0: u64;
    let entry1: u64;
    let effectivePasid: u32;
    const cached = PageRequestQueue.authorisedByCaches(sourceId, pasid);
    if (cached != 0) {
      entry0 = PasidEntry.cachedWord0(cached);
      entry1 = PasidEntry.cachedWord1(cached);
      effectivePasid = PasidEntry.cachedPasid(cached);
    } else {
      const condition = PageRequestQueue.authorise(sourceId, pasid, address, flags);
      if (condition != 0) {
        return PageRequestQueue.refuse(condition, sourceId, pasid, flags);
      }
      entry0 = PasidEntry.word0;
      entry1 = PasidEntry.word1;
      effectivePasid = Request.effectivePasid;
    }
    if ((Registers.get32(REG_PRS) & PRS_PRO) != 0) {
      return PageRequestQueue.overflow(WHY_OVERFLOW, sourceId, pasid, flags);
    }
    const queue = Registers.get64(REG_PQA);
    const offsets = PageRequestQueue.offsets(queue);
    const tail = Registers.get64(REG_PQT) & offsets;
    const next = (tail + DESCRIPTOR_SIZE) & offsets;
    const isFull = next == (Registers.get64(REG_PQH) & offsets);
    if (isFull || !PageRequestQueue.write(queue, tail, sourceId, pasid, address, flags)) {
      // §7.4.1: a full queue sets PRO; so does one that cannot be written (choice F4).
      if (!PageRequestQueue.isStopMarker(flags)) Events.pageRequest(PRS_PRO);
      return PageRequestQueue.overflow(WHY_QUEUE_FULL, sourceId, pasid, flags);
    }
    PageRequestQueue.invalidateImplicitly(entry0, entry1, effectivePasid, address);
    Registers.set64(REG_PQT, next);
    Counters.add(COUNT_PAGE_REQUESTS_QUEUED);
    PerformanceMonitoring.count(EVENT_PG_REQ_POSTED);
    if ((Registers.get32(REG_PRS) & PRS_PPR) == 0) Events.pageRequest(PRS_PPR);
    return Answer.clear(ACCEPTED);
  }

  /**
   * The cached PASID entry of a page request that the caches alone let pass, as they do nearly
   * always; 0 if they do not, with nothing done or counted.
   */
  @inline
  private static authorisedByCaches(sourceId: u32, pasid: u32): usize {
    const observed = Explain.active || PerformanceMonitoring.active;
    if (Latch.mode != MODE_SCALABLE || observed) return 0;
    const context = Context.cached(sourceId, 0);
    if (context == 0) return 0;
    const word0 = Context.cachedWord0(context);
    const word1 = Context.cachedWord1(context);
    if (!Context.isPlain(word0, word1)) return 0;
    if (Context.check(PAGE_REQUEST, pasid, word0, word1) != 0) return 0;
    const effectivePasid = pasid == NO_PASID ? Context.ridPasidOf(word1) : pasid;
    const entry = PasidEntry.cached(sourceId, effectivePasid);
    if (entry == 0 || !PasidEntry.isPlain(entry)) return 0;
    Counters.add(COUNT_CONTEXT_LOOKUPS);
    Counters.add(COUNT_CONTEXT_HITS);
    Counters.add(COUNT_PASID_LOOKUPS);
    Counters.add(COUNT_PASID_HITS);
    return entry;
  }

  /** Tables up to the PASID entry; a page request walks no pages (choice W8). */
  private static authorise(sourceId: u32, pasid: u32, address: u64, flags: u32): u32 {
    let access = ACCESS_READ;
    if (flags & FLAG_EXECUTE) access |= ACCESS_EXECUTE;
    if (flags & FLAG_PRIVILEGED) access |= ACCESS_PRIVILEGED;
    Request.begin(PAGE_REQUEST, sourceId, pasid, address, access);
    if (Latch.mode == MODE_BLOCKED) {
      const condition = Latch.rootTableCondition();
      return condition == RTA_1_4 ? RTA_3 : condition;
    }
    if (Latch.mode == MODE_LEGACY) return RTA_3;
    const missing = Context.scalable();
    return missing != 0 ? missing : PasidEntry.find();
  }

  private static drop(why: u32): u32 {
    Counters.add(COUNT_PAGE_REQUESTS_DROPPED);
    Answer.clear(DROPPED);
    Answer.why(why);
    return DROPPED;
  }

  /** Table 31: an error in the tables is reported, and answered Invalid Request if a group ends. */
  private static refuse(condition: u32, sourceId: u32, pasid: u32, flags: u32): u32 {
    // Choice F3: a stop marker that cannot be written vanishes without a trace.
    const silent = PageRequestQueue.isStopMarker(flags);
    const fate = silent ? RECORD_NONE : FaultRecording.report(condition);
    const status = PageRequestQueue.answerLast(sourceId, pasid, flags, RESPONSE_INVALID);
    Answer.because(condition, fate);
    return status;
  }

  /** Table 31: overflow is answered Success, so that the device asks again. */
  private static overflow(why: u32, sourceId: u32, pasid: u32, flags: u32): u32 {
    const status = PageRequestQueue.answerLast(sourceId, pasid, flags, RESPONSE_SUCCESS);
    if (status == ANSWERED) PerformanceMonitoring.count(EVENT_PG_REQ_OVERFLOW);
    Answer.why(why);
    return status;
  }

  private static answerLast(sourceId: u32, pasid: u32, flags: u32, code: u32): u32 {
    if ((flags & FLAG_LAST) == 0 || PageRequestQueue.isStopMarker(flags)) {
      Counters.add(COUNT_PAGE_REQUESTS_DROPPED);
      return Answer.clear(DROPPED);
    }
    Counters.add(COUNT_PAGE_REQUESTS_ANSWERED);
    PageGroupResponse.send(sourceId, pasid, flags >>> FLAG_GROUP_SHIFT, code);
    Answer.clear(ANSWERED);
    Answer.value(code);
    return ANSWERED;
  }

  /** ECAP.SMS, §11.4.3: no page is asked for, and no answer is expected. */
  @inline
  private static isStopMarker(flags: u32): bool {
    return (flags & (FLAG_READ | FLAG_WRITE | FLAG_LAST)) == FLAG_LAST;
  }

  /** The bits of PQH and PQT that count, by PQA. */
  @inline
  private static offsets(queue: u64): u64 {
    const bytes: u64 = (<u64>4096) << (queue & PQA_PQS_MASK);
    return (bytes - 1) & ~(DESCRIPTOR_SIZE - 1);
  }

  /** §7.4.1.1; false if memory refused it. */
  @inline
  private static write(
    queue: u64,
    tail: u64,
    sourceId: u32,
    pasid: u32,
    address: u64,
    flags: u32,
  ): bool {
    let word0: u64 = PAGE_REQUEST_TYPE_PAGE_REQUEST | ((<u64>sourceId) << PAGE_REQUEST_RID_SHIFT);
    if (pasid != NO_PASID) {
      word0 |= (<u64>1) << PAGE_REQUEST_PP_SHIFT;
      word0 |= (<u64>pasid) << PAGE_REQUEST_PASID_SHIFT;
      if (flags & FLAG_EXECUTE) word0 |= (<u64>1) << PAGE_REQUEST_EXR_SHIFT;
      if (flags & FLAG_PRIVILEGED) word0 |= (<u64>1) << PAGE_REQUEST_PMR_SHIFT;
    }
    let word1 = address & ~0xfff;
    if (flags & FLAG_READ) word1 |= (<u64>1) << PAGE_REQUEST_RDR_SHIFT;
    if (flags & FLAG_WRITE) word1 |= (<u64>1) << PAGE_REQUEST_WRR_SHIFT;
    if (flags & FLAG_LAST) word1 |= (<u64>1) << PAGE_REQUEST_LPIG_SHIFT;
    word1 |= (<u64>(flags >>> FLAG_GROUP_SHIFT)) << PAGE_REQUEST_PRGI_SHIFT;

    const base = queue & PQA_PQA_FIELD & ~Capability.aboveHost;
    const written = Memory.writeFour(base + tail, word0, word1, 0, 0);
    if (written && load<u32>(CONFIG, CONFIG_TRACE)) Outbox.pageRequest(<u32>tail, word0, word1);
    return written;
  }

  /** §6.5.3.1: the stale translation that the device complains about must go. */
  @inline
  private static invalidateImplicitly(
    entry0: u64,
    entry1: u64,
    effectivePasid: u32,
    address: u64,
  ): void {
    const type = PasidEntry.typeOf(entry0);
    const domain = PasidEntry.domainOf(entry1);
    if (type == KIND_FIRST_STAGE) Invalidation.pasidPage(domain, effectivePasid, address);
    else if (type == KIND_NESTED) Invalidation.domain(domain);
    else Invalidation.domainPages(domain, address, 0, false);
  }
}
