/**
 * Requests between their translation and their last access to memory (§6.5.4, draining). An
 * invalidation, a new root pointer and a change of TE wait for those that began before it.
 */
import {
  IN_FLIGHT,
  IN_FLIGHT_COUNT,
  IN_FLIGHT_GENERATION,
  IN_FLIGHT_NEXT,
  IN_FLIGHT_PREVIOUS,
  IN_FLIGHT_SEQUENCE,
  IN_FLIGHT_SIZE,
  LATCH,
  LATCH_DRAIN_BARRIER,
  LATCH_IN_FLIGHT_FREE,
  LATCH_IN_FLIGHT_NEWEST,
  LATCH_IN_FLIGHT_OLDEST,
  LATCH_IN_FLIGHT_SEQUENCE,
} from "./generated/layout";

/** Bits of a token that select the slot; those above are the slot's generation. */
const SLOT_BITS: u32 = 10;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
/** Generations run from 1 to this, so that no token is 0 and none is negative. */
const LAST_GENERATION: u32 = (1 << (31 - SLOT_BITS)) - 1;
const NO_SLOT: u32 = 0xffff_ffff;

export class InFlight {
  private static slot(index: u32): usize {
    return <usize>(IN_FLIGHT + <i32>index * IN_FLIGHT_SIZE);
  }

  /** Forgets all requests. Generations go on, so that no token of before becomes good again. */
  static clear(): void {
    for (let index: u32 = 0; index < <u32>IN_FLIGHT_COUNT; index++) {
      const slot = InFlight.slot(index);
      const next = index + 1 < <u32>IN_FLIGHT_COUNT ? index + 1 : NO_SLOT;
      store<u64>(slot, 0, IN_FLIGHT_SEQUENCE);
      store<u32>(slot, next, IN_FLIGHT_NEXT);
    }
    store<u32>(LATCH, 0, LATCH_IN_FLIGHT_FREE);
    store<u32>(LATCH, NO_SLOT, LATCH_IN_FLIGHT_OLDEST);
    store<u32>(LATCH, NO_SLOT, LATCH_IN_FLIGHT_NEWEST);
    store<u64>(LATCH, 0, LATCH_DRAIN_BARRIER);
    store<u64>(LATCH, 1, LATCH_IN_FLIGHT_SEQUENCE);
  }

  static get hasRoom(): bool {
    return load<u32>(LATCH, LATCH_IN_FLIGHT_FREE) != NO_SLOT;
  }

  /** A token for `end`; never 0. The caller has asked `hasRoom`. */
  static begin(): u32 {
    const index = load<u32>(LATCH, LATCH_IN_FLIGHT_FREE);
    const slot = InFlight.slot(index);
    const sequence = load<u64>(LATCH, LATCH_IN_FLIGHT_SEQUENCE);
    store<u32>(LATCH, load<u32>(slot, IN_FLIGHT_NEXT), LATCH_IN_FLIGHT_FREE);
    store<u64>(LATCH, sequence + 1, LATCH_IN_FLIGHT_SEQUENCE);
    store<u64>(slot, sequence, IN_FLIGHT_SEQUENCE);
    const generation = (load<u32>(slot, IN_FLIGHT_GENERATION) % LAST_GENERATION) + 1;
    store<u32>(slot, generation, IN_FLIGHT_GENERATION);
    InFlight.append(index);
    return (generation << SLOT_BITS) | index;
  }

  /** False if there is no such request in flight. */
  static end(token: u32): bool {
    const index = token & SLOT_MASK;
    const slot = InFlight.slot(index);
    const sequence = load<u64>(slot, IN_FLIGHT_SEQUENCE);
    if (sequence == 0 || load<u32>(slot, IN_FLIGHT_GENERATION) != token >> SLOT_BITS) return false;
    InFlight.unlink(slot);
    store<u64>(slot, 0, IN_FLIGHT_SEQUENCE);
    store<u32>(slot, load<u32>(LATCH, LATCH_IN_FLIGHT_FREE), IN_FLIGHT_NEXT);
    store<u32>(LATCH, index, LATCH_IN_FLIGHT_FREE);
    return true;
  }

  /** Behind all others: it is the youngest. */
  private static append(index: u32): void {
    const newest = load<u32>(LATCH, LATCH_IN_FLIGHT_NEWEST);
    const slot = InFlight.slot(index);
    store<u32>(slot, NO_SLOT, IN_FLIGHT_NEXT);
    store<u32>(slot, newest, IN_FLIGHT_PREVIOUS);
    if (newest == NO_SLOT) store<u32>(LATCH, index, LATCH_IN_FLIGHT_OLDEST);
    else store<u32>(InFlight.slot(newest), index, IN_FLIGHT_NEXT);
    store<u32>(LATCH, index, LATCH_IN_FLIGHT_NEWEST);
  }

  private static unlink(slot: usize): void {
    const next = load<u32>(slot, IN_FLIGHT_NEXT);
    const previous = load<u32>(slot, IN_FLIGHT_PREVIOUS);
    if (previous == NO_SLOT) store<u32>(LATCH, next, LATCH_IN_FLIGHT_OLDEST);
    else store<u32>(InFlight.slot(previous), next, IN_FLIGHT_NEXT);
    if (next == NO_SLOT) store<u32>(LATCH, previous, LATCH_IN_FLIGHT_NEWEST);
    else store<u32>(InFlight.slot(next), previous, IN_FLIGHT_PREVIOUS);
  }

  /** A barrier behind every request that is in flight at this moment, for `hasDrained`. */
  static drain(): u64 {
    const barrier = load<u64>(LATCH, LATCH_IN_FLIGHT_SEQUENCE);
    store<u64>(LATCH, barrier, LATCH_DRAIN_BARRIER);
    return barrier;
  }

  /** Whether the requests have ended that were in flight at the barrier. */
  static hasDrained(barrier: u64): bool {
    const oldest = load<u32>(LATCH, LATCH_IN_FLIGHT_OLDEST);
    if (oldest == NO_SLOT) return true;
    return load<u64>(InFlight.slot(oldest), IN_FLIGHT_SEQUENCE) >= barrier;
  }

  /** Whether nothing is left to drain, whoever asked for it. */
  static get isDrained(): bool {
    return InFlight.hasDrained(load<u64>(LATCH, LATCH_DRAIN_BARRIER));
  }
}
