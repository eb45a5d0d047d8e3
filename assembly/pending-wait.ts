/**
 * The invalidation wait descriptor that the unit has fetched and cannot complete yet (§6.5.2.9): IQH is
 * behind it, and nothing behind it is fetched (implementation choice C6).
 */
import { LATCH, LATCH_WAIT_OFFSET, LATCH_WAIT_WORD_0, LATCH_WAIT_WORD_1 } from "./generated/layout";

/** No wait is pending. Its type keeps the first word of a wait from being 0. */
const NONE: u64 = 0;

export class PendingWait {
  static get exists(): bool {
    return PendingWait.word0 != NONE;
  }
  static get word0(): u64 {
    return load<u64>(LATCH, LATCH_WAIT_WORD_0);
  }
  static get word1(): u64 {
    return load<u64>(LATCH, LATCH_WAIT_WORD_1);
  }
  /** Where in the queue it was. */
  static get offset(): u32 {
    return load<u32>(LATCH, LATCH_WAIT_OFFSET);
  }

  static hold(word0: u64, word1: u64, offset: u32): void {
    store<u64>(LATCH, word0, LATCH_WAIT_WORD_0);
    store<u64>(LATCH, word1, LATCH_WAIT_WORD_1);
    store<u32>(LATCH, offset, LATCH_WAIT_OFFSET);
  }

  /** It has completed, or never will. */
  static drop(): void {
    store<u64>(LATCH, NONE, LATCH_WAIT_WORD_0);
  }
}
