/** The interrupt that the platform delivers, in the form of an MSI (§5.1.2.1, §5.1.6). */
import { Latch } from "./latch";

const INTERRUPT_ADDRESS: u64 = 0xfee0_0000;
const DESTINATION_SHIFT: u64 = 12;
const DESTINATION_LOW: u64 = 0xff;
const DESTINATION_HIGH: u64 = 0xffff_ff00;
export const REDIRECTION_HINT_SHIFT: u64 = 3;
export const DESTINATION_MODE_SHIFT: u64 = 2;

const DELIVERY_MODE_SHIFT: u32 = 8;
/** The trigger mode level is always "asserted" (§5.1.4, §5.2.3). */
const ASSERTED: u32 = 1 << 14;
const LEVEL_TRIGGERED: u32 = 1 << 15;

// A destination field of 32 bits holds one of 8 in xAPIC mode, in its bits 15:8.
const XAPIC_SHIFT: u64 = 8;
const XAPIC_RESERVED: u64 = 0xffff_00ff;

export class InterruptMessage {
  /** Bits of a destination field that are set and must not be in this mode. */
  static reserved(field: u64): u64 {
    return Latch.extendedInterruptMode ? 0 : field & XAPIC_RESERVED;
  }

  /** Bits 31:8 of an x2APIC destination go to bits 63:40, as in the registers of events (§5.1.6.2). */
  static address(field: u64): u64 {
    const destination = Latch.extendedInterruptMode ? field : field >> XAPIC_SHIFT;
    const low = (destination & DESTINATION_LOW) << DESTINATION_SHIFT;
    return INTERRUPT_ADDRESS | low | ((destination & DESTINATION_HIGH) << 32);
  }

  static data(vector: u32, deliveryMode: u32, levelTriggered: bool): u32 {
    const trigger: u32 = levelTriggered ? LEVEL_TRIGGERED : 0;
    return vector | (deliveryMode << DELIVERY_MODE_SHIFT) | ASSERTED | trigger;
  }
}
