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
  COUNT_PAGE_REQUESTS,
  COUNT_PAGE_REQUESTS_ANSWERED,
  COUNT_PAGE_REQUESTS_DROPPED,
  COUNT_PAGE_REQUESTS_QUEUED,
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
import { FaultRecording, RECORD_NONE } from "./fault-recording";
import { Invalidation } from "./invalidation";
import { KIND_FIRST_STAGE, KIND_NESTED } from "./iotlb";
import { Latch, MODE_BLOCKED, MODE_LEGACY, MODE_OFF } from "./latch";
import { Memory } from "./memory";
import { Outbox } from "./outbox";
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
    let access = ACCESS_READ;
    if (flags & FLAG_EXECUTE) access |= ACCESS_EXECUTE;
    if (flags & FLAG_PRIVILEGED) access |= ACCESS_PRIVILEGED;
    Request.begin(PAGE_REQUEST, sourceId, pasid, address, access);
    // ECAP.SMS, §11.4.3: no page is asked for, and no answer is expected.
    const stopMarker = (flags & (FLAG_READ | FLAG_WRITE | FLAG_LAST)) == FLAG_LAST;
    if (stopMarker) Counters.add(COUNT_STOP_MARKERS);
    if (!Capability.has(ECAP_PRS)) return PageRequestQueue.drop(WHY_UNSUPPORTED);
    if (Latch.mode == MODE_OFF) return PageRequestQueue.drop(WHY_DISABLED);

    const condition = PageRequestQueue.authorise();
    if (condition != 0) return PageRequestQueue.refuse(condition, flags, stopMarker);
    if ((Registers.get32(REG_PRS) & PRS_PRO) != 0) {
      return PageRequestQueue.overflow(WHY_OVERFLOW, flags, stopMarker);
    }
    if (PageRequestQueue.isFull || !PageRequestQueue.write(flags)) {
      // §7.4.1: a full queue sets PRO; so does one that cannot be written (choice F4).
      if (!stopMarker) Events.pageRequest(PRS_PRO);
      return PageRequestQueue.overflow(WHY_QUEUE_FULL, flags, stopMarker);
    }
    PageRequestQueue.invalidateImplicitly();
    PageRequestQueue.advance();
    Counters.add(COUNT_PAGE_REQUESTS_QUEUED);
    PerformanceMonitoring.count(EVENT_PG_REQ_POSTED);
    Events.pageRequest(PRS_PPR);
    return Answer.clear(ACCEPTED);
  }

  /** Tables up to the PASID entry; a page request walks no pages (choice W8). */
  private static authorise(): u32 {
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
  private static refuse(condition: u32, flags: u32, stopMarker: bool): u32 {
    // Choice F3: a stop marker that cannot be written vanishes without a trace.
    const fate = stopMarker ? RECORD_NONE : FaultRecording.report(condition);
    const status = PageRequestQueue.answerLast(flags, stopMarker, RESPONSE_INVALID);
    Answer.because(condition, fate);
    return status;
  }

  /** Table 31: overflow is answered Success, so that the device asks again. */
  private static overflow(why: u32, flags: u32, stopMarker: bool): u32 {
    const status = PageRequestQueue.answerLast(flags, stopMarker, RESPONSE_SUCCESS);
    if (status == ANSWERED) PerformanceMonitoring.count(EVENT_PG_REQ_OVERFLOW);
    Answer.why(why);
    return status;
  }

  private static answerLast(flags: u32, stopMarker: bool, code: u32): u32 {
    if ((flags & FLAG_LAST) == 0 || stopMarker) {
      Counters.add(COUNT_PAGE_REQUESTS_DROPPED);
      return Answer.clear(DROPPED);
    }
    Counters.add(COUNT_PAGE_REQUESTS_ANSWERED);
    const group = flags >>> FLAG_GROUP_SHIFT;
    PageGroupResponse.send(Request.sourceId, Request.pasid, group, code);
    Answer.clear(ANSWERED);
    Answer.value(code);
    return ANSWERED;
  }

  private static get offsetMask(): u64 {
    const pages: u64 = (<u64>4096) << (Registers.get64(REG_PQA) & PQA_PQS_MASK);
    return (pages - 1) & ~(DESCRIPTOR_SIZE - 1);
  }

  private static get tail(): u64 {
    return Registers.get64(REG_PQT) & PageRequestQueue.offsetMask;
  }

  private static get nextTail(): u64 {
    return (PageRequestQueue.tail + DESCRIPTOR_SIZE) & PageRequestQueue.offsetMask;
  }

  private static get isFull(): bool {
    const head = Registers.get64(REG_PQH) & PageRequestQueue.offsetMask;
    return PageRequestQueue.nextTail == head;
  }

  private static advance(): void {
    Registers.set64(REG_PQT, PageRequestQueue.nextTail);
  }

  /** §7.4.1.1; false if memory refused it. */
  private static write(flags: u32): bool {
    let word0: u64 =
      PAGE_REQUEST_TYPE_PAGE_REQUEST | ((<u64>Request.sourceId) << PAGE_REQUEST_RID_SHIFT);
    if (Request.hasPasid) {
      word0 |= (<u64>1) << PAGE_REQUEST_PP_SHIFT;
      word0 |= (<u64>Request.pasid) << PAGE_REQUEST_PASID_SHIFT;
      if (flags & FLAG_EXECUTE) word0 |= (<u64>1) << PAGE_REQUEST_EXR_SHIFT;
      if (flags & FLAG_PRIVILEGED) word0 |= (<u64>1) << PAGE_REQUEST_PMR_SHIFT;
    }
    let word1 = Request.address & ~0xfff;
    if (flags & FLAG_READ) word1 |= (<u64>1) << PAGE_REQUEST_RDR_SHIFT;
    if (flags & FLAG_WRITE) word1 |= (<u64>1) << PAGE_REQUEST_WRR_SHIFT;
    if (flags & FLAG_LAST) word1 |= (<u64>1) << PAGE_REQUEST_LPIG_SHIFT;
    word1 |= (<u64>(flags >>> FLAG_GROUP_SHIFT)) << PAGE_REQUEST_PRGI_SHIFT;

    const base = Registers.get64(REG_PQA) & PQA_PQA_FIELD & ~Capability.aboveHost;
    const at = base + PageRequestQueue.tail;
    const written =
      Memory.write(at, word0) &&
      Memory.write(at + 8, word1) &&
      Memory.write(at + 16, 0) &&
      Memory.write(at + 24, 0);
    if (written && load<u32>(CONFIG, CONFIG_TRACE)) {
      Outbox.pageRequest(<u32>PageRequestQueue.tail, word0, word1);
    }
    return written;
  }

  /** §6.5.3.1: the stale translation that the device complains about must go. */
  private static invalidateImplicitly(): void {
    const type = PasidEntry.type;
    const domain = PasidEntry.domain;
    const address = Request.address;
    if (type == KIND_NESTED) {
      Invalidation.domain(domain);
    } else if (type == KIND_FIRST_STAGE) {
      Invalidation.pasidPages(domain, Request.effectivePasid, address, 0, false);
    } else {
      Invalidation.domainPages(domain, address, 0, false);
    }
  }
}
