/** Address Translation Services (§4): translation requests and requests with translated addresses. */
import { COUNT_TRANSLATED_REQUESTS, COUNT_TRANSLATION_REQUESTS } from "./generated/layout";
import { ECAP_PTRS } from "./generated/registers";
import { LGN_1_2, LGN_4, SGN_4_1, SGN_8_3 } from "./generated/faults";
import { EVENT_IOMMU_REQUESTS } from "./generated/performance-events";
import {
  Answer,
  COMPLETER_ABORT,
  FLAG_NO_SNOOP,
  FLAG_PRIVILEGED,
  FLAG_UNTRANSLATED_ONLY,
  UNSUPPORTED_REQUEST,
} from "./answer";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { FaultRecording, NOT_LOGGED } from "./fault-recording";
import { Iotlb } from "./iotlb";
import { Latch, MODE_LEGACY, MODE_OFF } from "./latch";
import { NO_PASID } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ProtectedMemory } from "./protected-memory";
import {
  ACCESS_PRIVILEGED,
  AT_TRANSLATED,
  AT_TRANSLATION,
  Request,
  TRANSLATED,
  TRANSLATION,
} from "./request";
import { Context } from "./root-context";
import { Translation } from "./translation";

/** W of a translation completion. */
const WRITE_PERMISSION: u32 = 2;

/** Bit 18 of a packed condition: logged although the request is answered Success (SFS.10). */
const ALSO_LOGGED: u32 = 1 << 18;
// Where the answers to these requests stand in a packed condition.
const TRANSLATION_ANSWER: u32 = 12;
const TRANSLATED_ANSWER: u32 = 15;

export class Ats {
  /**
   * A translation request (§4.2.3). In `access` a write stands for NW clear, a read for NW set.
   */
  static translationRequest(sourceId: u32, pasid: u32, address: u64, access: u32): u32 {
    Counters.add(COUNT_TRANSLATION_REQUESTS);
    PerformanceMonitoring.count(EVENT_IOMMU_REQUESTS, AT_TRANSLATION);
    if (Latch.mode == MODE_OFF) return Answer.blocked(UNSUPPORTED_REQUEST);
    Request.begin(TRANSLATION, sourceId, pasid, address, access);
    Translation.snoop = false;
    const condition = Ats.translate();
    const privileged = pasid != NO_PASID && (access & ACCESS_PRIVILEGED) != 0;
    const privilegedFlag = privileged ? FLAG_PRIVILEGED : 0;
    if (condition == 0) return Ats.complete(privilegedFlag);

    const answer = (condition >> TRANSLATION_ANSWER) & 7;
    if (answer == UNSUPPORTED_REQUEST || answer == COMPLETER_ABORT) {
      return Answer.fault(condition, answer, FaultRecording.report(condition));
    }
    const fate = (condition & ALSO_LOGGED) != 0 ? FaultRecording.report(condition) : NOT_LOGGED;
    Answer.ok(0, 12, 0, privilegedFlag);
    Answer.because(condition, fate);
    return 0;
  }

  private static translate(): u32 {
    const blocked = Translation.checkMode();
    if (blocked != 0) return blocked;
    // A larger page in the IOTLB does not know the rules of the interrupt address range (choice R5).
    const special = Translation.inInterruptRange(Request.address);
    if (special || Request.executes) return Translation.find(0);
    const entry = Iotlb.find(Request.sourceId, Request.pasid, Request.address);
    Iotlb.countLookup(entry);
    if (entry != 0) {
      // The IOTLB may know the page from an untranslated request; whether ATS is allowed it does not.
      const refused = Ats.checkContext();
      if (refused != 0) return refused;
    }
    return Translation.find(entry);
  }

  private static checkContext(): u32 {
    return Latch.mode == MODE_LEGACY ? Context.legacy() : Context.scalable();
  }

  private static complete(privilegedFlag: u32): u32 {
    if (!Request.hasPasid && Translation.inInterruptRange(Request.address)) {
      // S.1: the device may send its interrupts, untranslated; S.2: it asked for reading only.
      if (!Request.wantsWrite) return Answer.ok(0, 12, 0, 0);
      return Answer.ok(0, 12, WRITE_PERMISSION, FLAG_UNTRANSLATED_ONLY);
    }
    const shift = Translation.pageShift;
    const page = (Translation.physical >> shift) << shift;
    const snoop = Translation.snoop ? FLAG_NO_SNOOP : 0;
    return Answer.ok(page, shift, Translation.permissions, privilegedFlag | snoop);
  }

  /** A request whose address the device has translated before (§4.2.5). */
  static translatedRequest(sourceId: u32, pasid: u32, address: u64, access: u32): u32 {
    Counters.add(COUNT_TRANSLATED_REQUESTS);
    PerformanceMonitoring.count(EVENT_IOMMU_REQUESTS, AT_TRANSLATED);
    // Choice R6: without PTRS a PASID in a translated request is a protocol failure.
    const unknown = pasid != NO_PASID && !Capability.has(ECAP_PTRS);
    if (Latch.mode == MODE_OFF || unknown) return Answer.blocked(UNSUPPORTED_REQUEST);
    Request.begin(TRANSLATED, sourceId, pasid, address, access);
    const condition = Ats.checkTranslated();
    if (condition == 0) {
      const isProtected = ProtectedMemory.active && ProtectedMemory.has(address);
      return isProtected ? Answer.blocked(UNSUPPORTED_REQUEST) : Answer.ok(address, 12, 3, 0);
    }
    const answer = (condition >> TRANSLATED_ANSWER) & 7;
    return Answer.fault(condition, answer, FaultRecording.report(condition));
  }

  private static checkTranslated(): u32 {
    const blocked = Translation.checkMode();
    if (blocked != 0) return blocked;
    const refused = Ats.checkContext();
    if (refused != 0) return refused;
    const legacy = Latch.mode == MODE_LEGACY;
    if ((Request.address & Capability.aboveHost) != 0) return legacy ? LGN_1_2 : SGN_4_1;
    if (Translation.inInterruptRange(Request.address)) return legacy ? LGN_4 : SGN_8_3;
    return 0;
  }
}
