/** The interrupt entry cache (§6.4): interrupt remapping table entries by their index. */
import { COUNT_INTERRUPT_ENTRY_HITS, COUNT_INTERRUPT_ENTRY_LOOKUPS } from "./generated/layout";
import {
  EVENT_INT_CACHE_HIT_NONPOSTED,
  EVENT_INT_CACHE_HIT_POSTED,
  EVENT_INT_CACHE_LOOKUP,
} from "./generated/performance-events";
import { IRTE_IM_SHIFT } from "./generated/structures";
import { Cache, INTERRUPT_ENTRY_CACHE, VALID } from "./cache";
import { CacheList, LIST_ALL } from "./cache-list";
import { Counters } from "./counters";
import { Explain } from "./explain";
import { Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";

const ENTRY_WORD_0 = 16;
const ENTRY_WORD_1 = 24;
export const INTERRUPT_CACHE_ENTRY_SIZE: u32 = 32;
export const INTERRUPT_CACHE_LISTS: u32 = 1;

export class InterruptEntryCache {
  // The entry that the last lookup found.
  static word0: u64 = 0;
  static word1: u64 = 0;

  static find(index: u32): bool {
    Counters.add(COUNT_INTERRUPT_ENTRY_LOOKUPS);
    PerformanceMonitoring.count(EVENT_INT_CACHE_LOOKUP);
    const size = INTERRUPT_CACHE_ENTRY_SIZE;
    const entry = Cache.find(INTERRUPT_ENTRY_CACHE, index, VALID, index, size);
    if (entry == 0) return false;
    Counters.add(COUNT_INTERRUPT_ENTRY_HITS);
    InterruptEntryCache.word0 = load<u64>(entry, ENTRY_WORD_0);
    InterruptEntryCache.word1 = load<u64>(entry, ENTRY_WORD_1);
    const posted = ((InterruptEntryCache.word0 >> IRTE_IM_SHIFT) & 1) != 0;
    PerformanceMonitoring.count(
      posted ? EVENT_INT_CACHE_HIT_POSTED : EVENT_INT_CACHE_HIT_NONPOSTED,
    );
    if (Explain.active) {
      Outbox.cacheHit(
        COUNT_INTERRUPT_ENTRY_HITS,
        InterruptEntryCache.word0,
        InterruptEntryCache.word1,
        0,
      );
    }
    return true;
  }

  static insert(index: u32, word0: u64, word1: u64): void {
    const size = INTERRUPT_CACHE_ENTRY_SIZE;
    const entry = Cache.allocate(INTERRUPT_ENTRY_CACHE, index, VALID, index, size);
    store<u64>(entry, word0, ENTRY_WORD_0);
    store<u64>(entry, word1, ENTRY_WORD_1);
  }

  static clear(): void {
    Cache.clear(INTERRUPT_ENTRY_CACHE);
  }

  /** Drops the entries of 2^indexMask indexes; low bits of `index` that the mask covers are ignored. */
  static invalidate(index: u32, indexMask: u32): void {
    const cache = INTERRUPT_ENTRY_CACHE;
    const first = (index >> indexMask) << indexMask;
    // Of few entries, or of few indexes: whichever ends first.
    let budget: u32 = 1 << indexMask;
    let link = Cache.list(cache, LIST_ALL, 0, INTERRUPT_CACHE_ENTRY_SIZE);
    for (; link != 0 && budget != 0; budget--) {
      const entry = CacheList.entryOf(cache, link, LIST_ALL);
      link = CacheList.next(link);
      if ((<u32>Cache.key0(entry)) >> indexMask == index >> indexMask) Cache.drop(cache, entry);
    }
    if (link == 0) return;
    for (let i: u32 = 0; i < 1 << indexMask; i++) {
      const wanted = first + i;
      const entry = Cache.find(cache, wanted, VALID, wanted, INTERRUPT_CACHE_ENTRY_SIZE);
      if (entry != 0) Cache.drop(cache, entry);
    }
  }
}
