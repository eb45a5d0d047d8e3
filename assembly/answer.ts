/** The result block: what a call answers to the host (host/core/results.ts reads it). */
import {
  RESULT,
  RESULT_ADDRESS,
  RESULT_COMPLETION,
  RESULT_CONDITION,
  RESULT_FLAGS,
  RESULT_PAGE_SHIFT,
  RESULT_PERMISSIONS,
  RESULT_RECORD,
  RESULT_SIZE,
  RESULT_STATUS,
  RESULT_TOKEN,
  RESULT_VALUE,
  RESULT_WHY,
} from "./generated/layout";

// RESULT_STATUS.
export const OK: u32 = 0;
export const INTERRUPT: u32 = 1;
export const FAULT: u32 = 2;
export const BLOCKED: u32 = 3;
export const ACCEPTED: u32 = 4;
export const ANSWERED: u32 = 5;
export const DROPPED: u32 = 6;
export const POSTED: u32 = 7;

// RESULT_COMPLETION, as the answers of generated/faults.ts.
export const UNSUPPORTED_REQUEST: u32 = 1;
export const COMPLETER_ABORT: u32 = 2;

// RESULT_FLAGS of a translation completion.
export const FLAG_UNTRANSLATED_ONLY: u32 = 1;
export const FLAG_NO_SNOOP: u32 = 2;
export const FLAG_PRIVILEGED: u32 = 4;

// RESULT_FLAGS of an interrupt request.
const FLAG_REMAPPED: u32 = 1;
const FLAG_NOTIFIED: u32 = 2;

// RESULT_WHY of a page request without a fault condition.
export const WHY_OVERFLOW: u32 = 1;
export const WHY_QUEUE_FULL: u32 = 2;
export const WHY_DISABLED: u32 = 3;
export const WHY_UNSUPPORTED: u32 = 4;

export class Answer {
  static clear(status: u32): u32 {
    // Word by word: `memory.fill` is a call to engines, and so few bytes are not worth one.
    if (RESULT_SIZE != 64) ERROR("a result block of another size needs as many stores");
    store<u64>(RESULT, status, RESULT_STATUS);
    store<u64>(RESULT, 0, 8);
    store<u64>(RESULT, 0, 16);
    store<u64>(RESULT, 0, 24);
    store<u64>(RESULT, 0, 32);
    store<u64>(RESULT, 0, 40);
    store<u64>(RESULT, 0, 48);
    store<u64>(RESULT, 0, 56);
    return status;
  }
  static fault(condition: u32, completion: u32, record: u32): u32 {
    Answer.clear(FAULT);
    store<u32>(RESULT, condition, RESULT_CONDITION);
    store<u32>(RESULT, completion, RESULT_COMPLETION);
    store<u32>(RESULT, record, RESULT_RECORD);
    return FAULT;
  }
  static blocked(completion: u32): u32 {
    Answer.clear(BLOCKED);
    store<u32>(RESULT, completion, RESULT_COMPLETION);
    return BLOCKED;
  }
  static ok(address: u64, pageShift: u64, permissions: u32, flags: u32): u32 {
    Answer.clear(OK);
    store<u64>(RESULT, address, RESULT_ADDRESS);
    store<u32>(RESULT, <u32>pageShift, RESULT_PAGE_SHIFT);
    store<u32>(RESULT, permissions, RESULT_PERMISSIONS);
    store<u32>(RESULT, flags, RESULT_FLAGS);
    return OK;
  }
  /** Turns an answer that `ok` has laid out into an interrupt message. */
  static interrupt(): u32 {
    store<u32>(RESULT, INTERRUPT, RESULT_STATUS);
    return INTERRUPT;
  }
  /** RESULT_STATUS as it stands. */
  static get status(): u32 {
    return load<u32>(RESULT, RESULT_STATUS);
  }
  static interruptDelivered(address: u64, data: u32, remapped: bool): u32 {
    Answer.clear(OK);
    store<u64>(RESULT, address, RESULT_ADDRESS);
    store<u64>(RESULT, data, RESULT_VALUE);
    store<u32>(RESULT, remapped ? FLAG_REMAPPED : 0, RESULT_FLAGS);
    return OK;
  }
  static interruptPosted(notified: bool): u32 {
    Answer.clear(POSTED);
    store<u32>(RESULT, notified ? FLAG_NOTIFIED : 0, RESULT_FLAGS);
    return POSTED;
  }
  static because(condition: u32, record: u32): void {
    store<u32>(RESULT, condition, RESULT_CONDITION);
    store<u32>(RESULT, record, RESULT_RECORD);
  }
  static why(reason: u32): void {
    store<u32>(RESULT, reason, RESULT_WHY);
  }
  static value(value: u64): void {
    store<u64>(RESULT, value, RESULT_VALUE);
  }
  static token(token: u32): void {
    store<u32>(RESULT, token, RESULT_TOKEN);
  }
}
