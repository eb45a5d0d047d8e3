/**
 * Messages to the host: a ring in linear memory that the host drains after each call (VT-d has no
 * such thing; it stands for the wires out of the unit). Nothing is ever overwritten: work that may
 * send asks for room first, and what finds none stops and is resumed after the drain.
 */
import {
  LATCH,
  LATCH_OUTBOX_HEAD,
  LATCH_OUTBOX_TAIL,
  OUTBOX,
  OUTBOX_ADDRESS,
  OUTBOX_COUNT,
  OUTBOX_EXTRA,
  OUTBOX_EXTRA_2,
  OUTBOX_FLAGS,
  OUTBOX_PASID,
  OUTBOX_SIZE,
  OUTBOX_SOURCE_ID,
  OUTBOX_TYPE,
  OUTBOX_VALUE,
  OUT_CACHE_HIT,
  OUT_DESCRIPTOR,
  OUT_DEVICE_TLB_INVALIDATE,
  OUT_FAULT,
  OUT_FETCH,
  OUT_INTERRUPT,
  OUT_MEMORY_WRITE,
  OUT_PAGE_GROUP_RESPONSE,
  OUT_PAGE_REQUEST,
} from "./generated/layout";

/** Stands for "no PASID" in records, as in the batch form. */
export const NO_PASID: u32 = 0xffff_ffff;

/**
 * More than one step of any queue, or one fault, can send. Reported writes of requests come on top:
 * the host leaves room for them by the size of its batches.
 */
const ROOM_FOR_ONE_STEP: u32 = 16;

export class Outbox {
  private static get used(): u32 {
    return load<u32>(LATCH, LATCH_OUTBOX_TAIL) - load<u32>(LATCH, LATCH_OUTBOX_HEAD);
  }

  /** Whether one more step may send what it has to. */
  static get hasRoom(): bool {
    return Outbox.used + ROOM_FOR_ONE_STEP <= <u32>OUTBOX_COUNT;
  }

  static clear(): void {
    store<u32>(LATCH, 0, LATCH_OUTBOX_HEAD);
    store<u32>(LATCH, 0, LATCH_OUTBOX_TAIL);
  }

  private static append(type: i32): usize {
    const tail = load<u32>(LATCH, LATCH_OUTBOX_TAIL);
    const record = <usize>OUTBOX + <usize>(tail & (OUTBOX_COUNT - 1)) * <usize>OUTBOX_SIZE;
    store<u32>(LATCH, tail + 1, LATCH_OUTBOX_TAIL);
    memory.fill(record, 0, OUTBOX_SIZE);
    store<u32>(record, type, OUTBOX_TYPE);
    return record;
  }

  static interrupt(address: u64, data: u32): void {
    const record = Outbox.append(OUT_INTERRUPT);
    store<u64>(record, address, OUTBOX_ADDRESS);
    store<u64>(record, data, OUTBOX_VALUE);
  }

  static pageGroupResponse(sourceId: u32, pasid: u32, group: u32, code: u32): void {
    const record = Outbox.append(OUT_PAGE_GROUP_RESPONSE);
    store<u32>(record, sourceId, OUTBOX_SOURCE_ID);
    store<u32>(record, pasid, OUTBOX_PASID);
    store<u32>(record, group, OUTBOX_FLAGS);
    store<u64>(record, code, OUTBOX_VALUE);
  }

  /** `flags`: bit 0 S, bit 1 global. */
  static deviceTlbInvalidate(sourceId: u32, pasid: u32, address: u64, flags: u32, itag: u32): void {
    const record = Outbox.append(OUT_DEVICE_TLB_INVALIDATE);
    store<u32>(record, sourceId, OUTBOX_SOURCE_ID);
    store<u32>(record, pasid, OUTBOX_PASID);
    store<u32>(record, flags, OUTBOX_FLAGS);
    store<u64>(record, address, OUTBOX_ADDRESS);
    store<u64>(record, itag, OUTBOX_VALUE);
  }

  static fault(sourceId: u32, pasid: u32, address: u64, condition: u32, record_: u32): void {
    const record = Outbox.append(OUT_FAULT);
    store<u32>(record, sourceId, OUTBOX_SOURCE_ID);
    store<u32>(record, pasid, OUTBOX_PASID);
    store<u32>(record, record_, OUTBOX_FLAGS);
    store<u64>(record, address, OUTBOX_ADDRESS);
    store<u64>(record, condition, OUTBOX_VALUE);
  }

  static memoryWrite(address: u64, length: u32): void {
    const record = Outbox.append(OUT_MEMORY_WRITE);
    store<u64>(record, address, OUTBOX_ADDRESS);
    store<u64>(record, length, OUTBOX_VALUE);
  }

  static fetch(structure: i32, address: u64, value: u64, failed: bool): void {
    const record = Outbox.append(OUT_FETCH);
    store<u32>(record, structure, OUTBOX_SOURCE_ID);
    store<u32>(record, <u32>failed, OUTBOX_FLAGS);
    store<u64>(record, address, OUTBOX_ADDRESS);
    store<u64>(record, value, OUTBOX_VALUE);
  }

  static cacheHit(cache: i32, word0: u64, word1: u64, word2: u64): void {
    const record = Outbox.append(OUT_CACHE_HIT);
    store<u32>(record, cache, OUTBOX_SOURCE_ID);
    store<u64>(record, word0, OUTBOX_ADDRESS);
    store<u64>(record, word1, OUTBOX_VALUE);
    store<u64>(record, word2, OUTBOX_EXTRA);
  }

  static descriptor(offset: u32, word0: u64, word1: u64, word2: u64, word3: u64): void {
    const record = Outbox.append(OUT_DESCRIPTOR);
    store<u32>(record, offset, OUTBOX_FLAGS);
    store<u64>(record, word0, OUTBOX_ADDRESS);
    store<u64>(record, word1, OUTBOX_VALUE);
    store<u64>(record, word2, OUTBOX_EXTRA);
    store<u64>(record, word3, OUTBOX_EXTRA_2);
  }

  static pageRequest(offset: u32, word0: u64, word1: u64): void {
    const record = Outbox.append(OUT_PAGE_REQUEST);
    store<u32>(record, offset, OUTBOX_FLAGS);
    store<u64>(record, word0, OUTBOX_ADDRESS);
    store<u64>(record, word1, OUTBOX_VALUE);
  }
}
