/**
 * Requests between their translation and their last access to memory (§6.5.4, draining). An
 * invalidation, a new root pointer and a change of TE wait for those that began before it.
 */
import {
  IN_FLIGHT,
  IN_FLIGHT_COUNT,
  IN_FLIGHT_GENERATION,
  IN_FLIGHT_NEXT_FREE,
  IN_FLIGHT_SEQUENCE,
  IN_FLIGHT_SIZE,
  LATCH,
  LATCH_DRAINING,
  LATCH_DRAIN_BARRIER,
  LATCH_IN_FLIGHT_COUNT,
  LATCH_IN_FLIGHT_FREE,
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
      store<u32>(slot, next, IN_FLIGHT_NEXT_FREE);
    }
    store<u32>(LATCH, 0, LATCH_IN_FLIGHT_FREE);
    store<u32>(LATCH, 0, LATCH_IN_FLIGHT_COUNT);
    store<u32>(LATCH, 0, LATCH_DRAINING);
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
    store<u32>(LATCH, load<u32>(slot, IN_FLIGHT_NEXT_FREE), LATCH_IN_FLIGHT_FREE);
    store<u64>(LATCH, sequence + 1, LATCH_IN_FLIGHT_SEQUENCE);
    store<u32>(LATCH, load<u32>(LATCH, LATCH_IN_FLIGHT_COUNT) + 1, LATCH_IN_FLIGHT_COUNT);
    store<u64>(slot, sequence, IN_FLIGHT_SEQUENCE);
    const generation = (load<u32>(slot, IN_FLIGHT_GENERATION) % LAST_GENERATION) + 1;
    store<u32>(slot, generation, IN_FLIGHT_GENERATION);
    return (generation << SLOT_BITS) | index;
  }

  /** False if there is no such request in flight. */
  static end(token: u32): bool {
    const index = token & SLOT_MASK;
    const slot = InFlight.slot(index);
    const sequence = load<u64>(slot, IN_FLIGHT_SEQUENCE);
    if (sequence == 0 || load<u32>(slot, IN_FLIGHT_GENERATION) != token >> SLOT_BITS) return false;
    store<u64>(slot, 0, IN_FLIGHT_SEQUENCE);
    store<u32>(slot, load<u32>(LATCH, LATCH_IN_FLIGHT_FREE), IN_FLIGHT_NEXT_FREE);
    store<u32>(LATCH, index, LATCH_IN_FLIGHT_FREE);
    store<u32>(LATCH, load<u32>(LATCH, LATCH_IN_FLIGHT_COUNT) - 1, LATCH_IN_FLIGHT_COUNT);
    if (sequence < load<u64>(LATCH, LATCH_DRAIN_BARRIER)) {
      store<u32>(LATCH, load<u32>(LATCH, LATCH_DRAINING) - 1, LATCH_DRAINING);
    }
    return true;
  }

  /** From now on `isDrained` waits for every request that is in flight at this moment. */
  static drain(): void {
    store<u64>(LATCH, load<u64>(LATCH, LATCH_IN_FLIGHT_SEQUENCE), LATCH_DRAIN_BARRIER);
    store<u32>(LATCH, load<u32>(LATCH, LATCH_IN_FLIGHT_COUNT), LATCH_DRAINING);
  }

  static get isDrained(): bool {
    return load<u32>(LATCH, LATCH_DRAINING) == 0;
  }
}
