/**
 * The unit's own interrupts: fault event (§7.3), invalidation event (§6.5.2.10) page request
 * event (§7.5) and performance monitoring event (§10.6). Each has control, data, address and upper address registers in this order.
 */
import { COUNT_INTERRUPTS } from "./generated/layout";
import {
  FECTL_IM,
  FECTL_IP,
  FSTS_ICE,
  FSTS_IQE,
  FSTS_ITE,
  FSTS_PFO,
  FSTS_PPF,
  ICS_IWC,
  PERFINTRSTS_PIS,
  PRS_PPR,
  PRS_PRO,
  REG_FECTL,
  REG_FSTS,
  REG_ICS,
  REG_IECTL,
  REG_PECTL,
  REG_PERFINTRCTL,
  REG_PERFINTRSTS,
  REG_PRS,
} from "./generated/registers";
import { Counters } from "./counters";
import { Outbox } from "./outbox";
import { Registers } from "./register-page";

// From the control register to its neighbours.
const DATA = 4;
const ADDRESS = 8;
const UPPER_ADDRESS = 12;

const CONTROL_WIDTH: u32 = 4;

// IM and IP are the same bits in all four control registers.
const MASK = FECTL_IM;
const PENDING = FECTL_IP;

const FAULT_CONDITIONS = FSTS_PPF | FSTS_PFO | FSTS_IQE | FSTS_ICE | FSTS_ITE;

export class Events {
  /** Whether a fault condition is still to be serviced, which keeps further events back. */
  static get faultPending(): bool {
    return (Registers.get32(REG_FSTS) & FAULT_CONDITIONS) != 0;
  }

  static raiseFault(): void {
    Events.raise(REG_FECTL);
  }

  /** Sets IWC; the event is due when it was clear. */
  static invalidationCompleted(): void {
    const status = Registers.get32(REG_ICS);
    if ((status & ICS_IWC) != 0) return;
    Registers.set32(REG_ICS, status | ICS_IWC);
    Events.raise(REG_IECTL);
  }

  /** Sets PPR or PRO; the event is due when both were clear. */
  static pageRequest(bit: u32): void {
    const status = Registers.get32(REG_PRS);
    Registers.set32(REG_PRS, status | bit);
    if ((status & (PRS_PPR | PRS_PRO)) == 0) Events.raise(REG_PECTL);
  }

  /** Sets a status bit of the fault status register that is not a fault record: IQE, ICE or ITE. */
  static faultStatus(bit: u32): void {
    const idle = !Events.faultPending;
    Registers.set32(REG_FSTS, Registers.get32(REG_FSTS) | bit);
    if (idle) Events.raise(REG_FECTL);
  }

  /** Sets PIS; the event is due whether it was clear or not (choice M6). */
  static counterOverflowed(): void {
    Registers.set32(REG_PERFINTRSTS, Registers.get32(REG_PERFINTRSTS) | PERFINTRSTS_PIS);
    Events.raise(REG_PERFINTRCTL);
  }

  /** Software wrote a status register: a pending event without any cause is forgotten. */
  static statusWritten(): void {
    if (!Events.faultPending) Events.forget(REG_FECTL);
    if ((Registers.get32(REG_ICS) & ICS_IWC) == 0) Events.forget(REG_IECTL);
    if ((Registers.get32(REG_PRS) & (PRS_PPR | PRS_PRO)) == 0) Events.forget(REG_PECTL);
    if ((Registers.get32(REG_PERFINTRSTS) & PERFINTRSTS_PIS) == 0) Events.forget(REG_PERFINTRCTL);
  }

  /** Without its capability a control register is reserved, and its place may be another's. */
  private static exists(control: i32): bool {
    return Registers.width(<u32>control) == CONTROL_WIDTH;
  }

  /** Software wrote a control register: what is pending goes out when it is not masked. */
  static controlWritten(control: i32): void {
    if (!Events.exists(control)) return;
    const value = Registers.get32(control);
    if ((value & PENDING) != 0 && (value & MASK) == 0) Events.send(control);
  }

  private static raise(control: i32): void {
    Registers.set32(control, Registers.get32(control) | PENDING);
    Events.controlWritten(control);
  }

  private static forget(control: i32): void {
    if (!Events.exists(control)) return;
    Registers.set32(control, Registers.get32(control) & ~PENDING);
  }

  private static send(control: i32): void {
    Events.forget(control);
    Counters.add(COUNT_INTERRUPTS);
    const low = <u64>Registers.get32(control + ADDRESS);
    const high = <u64>Registers.get32(control + UPPER_ADDRESS);
    Outbox.interrupt((high << 32) | low, Registers.get32(control + DATA));
  }
}
