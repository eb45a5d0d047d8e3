/** Interrupt posting (§5.2): the interrupt becomes a bit of a descriptor in memory. */
import { IR_24, IR_27, IR_28 } from "./generated/faults";
import {
  IRTE_POSTED_PDAH_MASK,
  IRTE_POSTED_PDAH_SHIFT,
  IRTE_POSTED_PDAL_MASK,
  IRTE_POSTED_PDAL_SHIFT,
  IRTE_POSTED_URG_SHIFT,
  IRTE_POSTED_VV_MASK,
  IRTE_POSTED_VV_SHIFT,
  POSTED_DESCRIPTOR_NDST_MASK,
  POSTED_DESCRIPTOR_NDST_SHIFT,
  POSTED_DESCRIPTOR_NV_MASK,
  POSTED_DESCRIPTOR_NV_SHIFT,
  POSTED_DESCRIPTOR_ON_SHIFT,
  POSTED_DESCRIPTOR_RESERVED_4,
  POSTED_DESCRIPTOR_SN_SHIFT,
} from "./generated/structures";
import {
  COUNT_INTERRUPTS_POSTED,
  COUNT_INTERRUPT_NOTIFICATIONS,
  COUNT_POSTED_DESCRIPTOR_READS,
} from "./generated/layout";
import { Answer } from "./answer";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { InterruptMessage } from "./interrupt-message";
import { Memory, MOST_EXCHANGES } from "./memory";
import { Outbox } from "./outbox";

/** ON, SN, NV and NDST share the word behind PIR. */
const CONTROL_WORD: u32 = 4;
const WORDS: u32 = 8;
const ON: u64 = (<u64>1) << POSTED_DESCRIPTOR_ON_SHIFT;
const SN: u64 = (<u64>1) << POSTED_DESCRIPTOR_SN_SHIFT;
/** Delivery mode of a notification. */
const FIXED: u32 = 0;

export class PostedInterrupt {
  /** Posts by an entry that is good so far; a fault condition, or 0 with the answer laid out. */
  static post(word0: u64, word1: u64): u32 {
    const high = (word1 >> IRTE_POSTED_PDAH_SHIFT) & IRTE_POSTED_PDAH_MASK;
    const low = (word0 >> IRTE_POSTED_PDAL_SHIFT) & IRTE_POSTED_PDAL_MASK;
    const descriptor = (high << 32) | (low << 6);
    if ((descriptor & Capability.aboveHost) != 0) return IR_24;
    const unusable = PostedInterrupt.check(descriptor);
    if (unusable != 0) return unusable;

    const vector = <u32>((word0 >> IRTE_POSTED_VV_SHIFT) & IRTE_POSTED_VV_MASK);
    if (!PostedInterrupt.setRequest(descriptor, vector)) return IR_27;
    const urgent = ((word0 >> IRTE_POSTED_URG_SHIFT) & 1) != 0;
    return PostedInterrupt.notify(descriptor + (CONTROL_WORD << 3), urgent);
  }

  /** Reads the descriptor and checks its reserved fields. */
  private static check(descriptor: u64): u32 {
    let reserved: u64 = 0;
    for (let index: u32 = 0; index < WORDS; index++) {
      const address = descriptor + (index << 3);
      const word =
        index == 0
          ? Memory.fetch(address, COUNT_POSTED_DESCRIPTOR_READS)
          : Memory.fetchNext(address, COUNT_POSTED_DESCRIPTOR_READS);
      if (Memory.failed) return IR_27;
      if (index == CONTROL_WORD) reserved |= PostedInterrupt.reserved(word);
      if (index > CONTROL_WORD) reserved |= word;
    }
    return reserved == 0 ? 0 : IR_28;
  }

  private static reserved(control: u64): u64 {
    const destination = (control >> POSTED_DESCRIPTOR_NDST_SHIFT) & POSTED_DESCRIPTOR_NDST_MASK;
    return (control & POSTED_DESCRIPTOR_RESERVED_4) | InterruptMessage.reserved(destination);
  }

  /**
   * Sets the bit of PIR, then ON. Implementation choice I3: the port exchanges 64 bits at a time, so that the
   * two are each atomic and ordered, and software that clears ON first and takes PIR then loses nothing.
   */
  private static setRequest(descriptor: u64, vector: u32): bool {
    const address = descriptor + ((vector >> 6) << 3);
    const bit: u64 = (<u64>1) << (vector & 63);
    let found = Memory.read(address);
    for (let attempt: u32 = 0; attempt < MOST_EXCHANGES && !Memory.failed; attempt++) {
      const before = Memory.compareExchange(address, found, found | bit);
      if (Memory.failed) break;
      if (before == found) return true;
      found = before;
    }
    return false;
  }

  /** X = (ON == 0) & (URG | (SN == 0)) decides whether ON is set and a notification sent. */
  private static notify(address: u64, urgent: bool): u32 {
    let control = Memory.read(address);
    let notified: bool = false;
    let settled: bool = false;
    for (let attempt: u32 = 0; attempt < MOST_EXCHANGES && !settled; attempt++) {
      if (Memory.failed) return IR_27;
      notified = (control & ON) == 0 && (urgent || (control & SN) == 0);
      const before = notified ? Memory.compareExchange(address, control, control | ON) : control;
      settled = before == control;
      control = before;
    }
    if (Memory.failed || !settled) return IR_27;
    Counters.add(COUNT_INTERRUPTS_POSTED);
    if (notified) PostedInterrupt.send(control);
    Answer.interruptPosted(notified);
    return 0;
  }

  /** A fixed, physical, edge-triggered interrupt. */
  private static send(control: u64): void {
    const vector = <u32>((control >> POSTED_DESCRIPTOR_NV_SHIFT) & POSTED_DESCRIPTOR_NV_MASK);
    const destination = (control >> POSTED_DESCRIPTOR_NDST_SHIFT) & POSTED_DESCRIPTOR_NDST_MASK;
    Counters.add(COUNT_INTERRUPT_NOTIFICATIONS);
    Outbox.interrupt(
      InterruptMessage.address(destination),
      InterruptMessage.data(vector, FIXED, false),
    );
  }
}
