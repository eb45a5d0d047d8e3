/**
 * Interrupt remapping (§5.1): from an interrupt request of a device to the interrupt that the platform
 * delivers. The unit's own interrupts (events.ts) never come here (§5.1.6).
 */
import { IR_20, IR_21, IR_22, IR_23, IR_24, IR_25, IR_26, IR_2A, IR_2B } from "./generated/faults";
import {
  CAP_CM,
  CAP_PI,
  ECAP_EIMER,
  ECAP_IRREQ,
  GSTS_CFIS,
  GSTS_IRES,
  IRTA_S_MASK,
  REG_GSTS,
} from "./generated/registers";
import {
  IRTE_DLM_EXTINT,
  IRTE_DLM_INIT,
  IRTE_DLM_MASK,
  IRTE_DLM_NMI,
  IRTE_DLM_RESERVED_3,
  IRTE_DLM_RESERVED_6,
  IRTE_DLM_SHIFT,
  IRTE_DLM_SMI,
  IRTE_DM_SHIFT,
  IRTE_DST_SHIFT,
  IRTE_FPD_SHIFT,
  IRTE_IM_SHIFT,
  IRTE_POSTED_RESERVED_0,
  IRTE_POSTED_RESERVED_1,
  IRTE_RESERVED_0,
  IRTE_RESERVED_1,
  IRTE_RH_SHIFT,
  IRTE_SID_MASK,
  IRTE_SID_SHIFT,
  IRTE_SQ_MASK,
  IRTE_SQ_SHIFT,
  IRTE_SVT_BUS,
  IRTE_SVT_MASK,
  IRTE_SVT_REQUESTER,
  IRTE_SVT_RESERVED,
  IRTE_SVT_SHIFT,
  IRTE_TM_SHIFT,
  IRTE_V_MASK,
  IRTE_V_SHIFT,
} from "./generated/structures";
import {
  COUNT_INTERRUPT_ENTRY_READS,
  COUNT_INTERRUPT_REQUESTS,
  COUNT_INTERRUPTS_REMAPPED,
} from "./generated/layout";
import { Answer, UNSUPPORTED_REQUEST } from "./answer";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { FaultRecording } from "./fault-recording";
import { InterruptEntryCache } from "./interrupt-entry-cache";
import {
  DESTINATION_MODE_SHIFT,
  InterruptMessage,
  REDIRECTION_HINT_SHIFT,
} from "./interrupt-message";
import { Latch } from "./latch";
import { Memory } from "./memory";
import { NO_PASID } from "./outbox";
import { PostedInterrupt } from "./posted-interrupt";
import { ACCESS_WRITE, Request, UNTRANSLATED } from "./request";
import { Registers } from "./register-page";

// The address of a remappable request (§5.1.2.2, Table 13).
const REMAPPABLE: u32 = 1 << 4;
const SUBHANDLE_VALID: u32 = 1 << 3;
const HANDLE_SHIFT: u32 = 5;
const HANDLE_LOW: u32 = 0x7fff;
const HANDLE_HIGH_SHIFT: u32 = 13;
const HANDLE_HIGH: u32 = 0x8000;
/** Bits of its data that are reserved with SHV. */
const DATA_RESERVED: u32 = 0xffff_0000;

/** Function bits of the source-id that SQ leaves out of the comparison, four bits for each value. */
const IGNORED_BY_QUALIFIER: u32 = 0x7640;
const ENTRY_SHIFT: u64 = 4;
/** Stands in a record where the fault has no index: the field is undefined then. */
const NO_INDEX: u32 = 0;

export class InterruptRemapping {
  private static word0: u64 = 0;
  private static word1: u64 = 0;

  private static status(bit: u32): bool {
    return (Registers.get32(REG_GSTS) & bit) != 0;
  }

  /** §5.1.4, in its order. Answers the status; the rest is in the result block. */
  static remap(sourceId: u32, address: u32, data: u32): u32 {
    Counters.add(COUNT_INTERRUPT_REQUESTS);
    Request.begin(UNTRANSLATED, sourceId, NO_PASID, address, ACCESS_WRITE);
    if (!InterruptRemapping.status(GSTS_IRES)) {
      if (Capability.has(ECAP_IRREQ)) return InterruptRemapping.fault(IR_2B, NO_INDEX);
      return Answer.interruptDelivered(address, data, false);
    }
    const extended = Latch.extendedInterruptMode;
    if (!extended && Capability.has(ECAP_EIMER)) return InterruptRemapping.fault(IR_2A, NO_INDEX);
    if ((address & REMAPPABLE) == 0) {
      const blocked = extended || !InterruptRemapping.status(GSTS_CFIS);
      if (blocked) return InterruptRemapping.fault(IR_25, NO_INDEX);
      return Answer.interruptDelivered(address, data, false);
    }
    let index: u32 = (address >> HANDLE_SHIFT) & HANDLE_LOW;
    index |= (address << HANDLE_HIGH_SHIFT) & HANDLE_HIGH;
    if ((address & SUBHANDLE_VALID) != 0) {
      if ((data & DATA_RESERVED) != 0) return InterruptRemapping.fault(IR_20, NO_INDEX);
      index += data;
    }
    return InterruptRemapping.remapIndex(index);
  }

  /** A handle plus a subhandle may exceed 16 bits, which is beyond every table. */
  private static remapIndex(index: u32): u32 {
    const sizeCode = <u32>(Latch.irta & IRTA_S_MASK);
    const size: u32 = 2 << sizeCode;
    if (index >= size) return InterruptRemapping.fault(IR_21, index);
    const cached = InterruptEntryCache.find(index);
    if (cached) {
      InterruptRemapping.word0 = InterruptEntryCache.word0;
      InterruptRemapping.word1 = InterruptEntryCache.word1;
    } else {
      const missing = InterruptRemapping.read(index);
      if (missing != 0) return InterruptRemapping.fault(missing, index);
    }
    const fault = InterruptRemapping.deliver();
    // §6.4: what meets a fault is cached with CM = 1 alone.
    if (!cached && (fault == 0 || (Capability.cap & CAP_CM) != 0)) {
      InterruptEntryCache.insert(index, InterruptRemapping.word0, InterruptRemapping.word1);
    }
    return fault == 0 ? Answer.status : InterruptRemapping.fault(fault, index);
  }

  private static read(index: u32): u32 {
    const address = Latch.interruptTable + ((<u64>index) << ENTRY_SHIFT);
    if ((address & Capability.aboveHost) != 0) return IR_21;
    InterruptRemapping.word0 = Memory.fetch(address, COUNT_INTERRUPT_ENTRY_READS);
    if (Memory.failed) return IR_23;
    InterruptRemapping.word1 = Memory.fetchNext(address + 8, COUNT_INTERRUPT_ENTRY_READS);
    return Memory.failed ? IR_23 : 0;
  }

  /** Checks the entry and does what it says; a fault condition, or 0 with the answer laid out. */
  private static deliver(): u32 {
    const word0 = InterruptRemapping.word0;
    if ((word0 >> IRTE_FPD_SHIFT) & 1) Request.faultProcessingDisabled = true;
    if ((word0 & 1) == 0) return IR_22;
    if (!InterruptRemapping.sourceIsValid()) return IR_26;
    if (InterruptRemapping.field1(IRTE_SVT_SHIFT, IRTE_SVT_MASK) == IRTE_SVT_RESERVED) return IR_24;
    return (word0 >> IRTE_IM_SHIFT) & 1 ? InterruptRemapping.post() : InterruptRemapping.send();
  }

  private static field0(shift: u64, mask: u64): u64 {
    return (InterruptRemapping.word0 >> shift) & mask;
  }
  private static field1(shift: u64, mask: u64): u64 {
    return (InterruptRemapping.word1 >> shift) & mask;
  }

  /** SVT, SQ and SID (§9.9); the reserved SVT is left to the check of reserved fields. */
  private static sourceIsValid(): bool {
    const type = InterruptRemapping.field1(IRTE_SVT_SHIFT, IRTE_SVT_MASK);
    const allowed = <u32>InterruptRemapping.field1(IRTE_SID_SHIFT, IRTE_SID_MASK);
    if (type == IRTE_SVT_REQUESTER) {
      const qualifier = <u32>InterruptRemapping.field1(IRTE_SQ_SHIFT, IRTE_SQ_MASK);
      const ignored = (IGNORED_BY_QUALIFIER >> (qualifier << 2)) & 7;
      return ((Request.sourceId ^ allowed) & ~ignored) == 0;
    }
    if (type == IRTE_SVT_BUS) {
      const bus = Request.sourceId >> 8;
      return bus >= allowed >> 8 && bus <= (allowed & 0xff);
    }
    return true;
  }

  /** §5.1.4 with IM clear. */
  private static send(): u32 {
    const mode = InterruptRemapping.field0(IRTE_DLM_SHIFT, IRTE_DLM_MASK);
    const field = InterruptRemapping.word0 >> IRTE_DST_SHIFT;
    if ((InterruptRemapping.word0 & IRTE_RESERVED_0) != 0) return IR_24;
    if ((InterruptRemapping.word1 & IRTE_RESERVED_1) != 0) return IR_24;
    if (mode == IRTE_DLM_RESERVED_3 || mode == IRTE_DLM_RESERVED_6) return IR_24;
    if (InterruptMessage.reserved(field) != 0) return IR_24;
    const edge =
      mode == IRTE_DLM_SMI ||
      mode == IRTE_DLM_NMI ||
      mode == IRTE_DLM_INIT ||
      mode == IRTE_DLM_EXTINT;
    const level = !edge && InterruptRemapping.field0(IRTE_TM_SHIFT, 1) != 0;
    const hints =
      (InterruptRemapping.field0(IRTE_RH_SHIFT, 1) << REDIRECTION_HINT_SHIFT) |
      (InterruptRemapping.field0(IRTE_DM_SHIFT, 1) << DESTINATION_MODE_SHIFT);
    const vector = <u32>InterruptRemapping.field0(IRTE_V_SHIFT, IRTE_V_MASK);
    Counters.add(COUNT_INTERRUPTS_REMAPPED);
    Answer.interruptDelivered(
      InterruptMessage.address(field) | hints,
      InterruptMessage.data(vector, <u32>mode, level),
      true,
    );
    return 0;
  }

  /** §5.2.3 with IM set. */
  private static post(): u32 {
    if ((Capability.cap & CAP_PI) == 0) return IR_24;
    if ((InterruptRemapping.word0 & IRTE_POSTED_RESERVED_0) != 0) return IR_24;
    if ((InterruptRemapping.word1 & IRTE_POSTED_RESERVED_1) != 0) return IR_24;
    return PostedInterrupt.post(InterruptRemapping.word0, InterruptRemapping.word1);
  }

  private static fault(condition: u32, index: u32): u32 {
    const record = FaultRecording.reportInterrupt(condition, index);
    return Answer.fault(condition, UNSUPPORTED_REQUEST, record);
  }
}
