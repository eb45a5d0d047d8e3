/**
 * A bounded set-associative cache with round-robin replacement (implementation choice K2).
 *
 * An entry starts with two key words; the second carries VALID, so that a zeroed entry matches
 * nothing. What follows is the owner's.
 */
import {
  CACHE,
  CACHE_BASE,
  CACHE_END,
  CACHE_ENTRY_SIZE,
  CACHE_SET_MASK,
  CACHE_SIZE,
  CACHE_VICTIM,
  CACHE_WAYS,
  COUNT_CACHE_ENTRIES_INVALIDATED,
} from "./generated/layout";
import { Counters } from "./counters";

export const VALID: u64 = 1 << 63;

export const CONTEXT_CACHE: usize = CACHE;
export const PASID_CACHE: usize = CACHE + CACHE_SIZE;
export const IOTLB: usize = CACHE + 2 * CACHE_SIZE;
export const FIRST_STAGE_CACHE: usize = CACHE + 3 * CACHE_SIZE;
export const SECOND_STAGE_CACHE: usize = CACHE + 4 * CACHE_SIZE;
export const INTERRUPT_ENTRY_CACHE: usize = CACHE + 5 * CACHE_SIZE;

const KEY_1 = 8;

/** Entries that a set has room for. Of a smaller cache the others stay empty. */
const SET_ENTRIES: u32 = 4;

export class Cache {
  /** Lays the cache out at `base` for a power of two of entries; answers the first address behind it. */
  static configure(cache: usize, base: u32, entries: u32, entrySize: u32): u32 {
    const ways: u32 = min(entries, SET_ENTRIES);
    const end = base + max(entries, SET_ENTRIES) * entrySize;
    store<u32>(cache, base, CACHE_BASE);
    store<u32>(cache, end, CACHE_END);
    store<u32>(cache, entries / ways - 1, CACHE_SET_MASK);
    store<u32>(cache, ways, CACHE_WAYS);
    store<u32>(cache, entrySize, CACHE_ENTRY_SIZE);
    return end;
  }

  static begin(cache: usize): usize {
    return <usize>load<u32>(cache, CACHE_BASE);
  }
  static end(cache: usize): usize {
    return <usize>load<u32>(cache, CACHE_END);
  }
  static entrySize(cache: usize): usize {
    return <usize>load<u32>(cache, CACHE_ENTRY_SIZE);
  }

  @inline
  private static set(cache: usize, hash: u32, entrySize: u32): usize {
    const set = hash & load<u32>(cache, CACHE_SET_MASK);
    return <usize>(load<u32>(cache, CACHE_BASE) + set * SET_ENTRIES * entrySize);
  }

  @inline
  private static matches(entry: usize, key0: u64, key1: u64): bool {
    return ((load<u64>(entry) ^ key0) | (load<u64>(entry, KEY_1) ^ key1)) == 0;
  }

  /**
   * The entry with these keys, or 0. The way is computed, not branched on, because which one it is
   * cannot be predicted; a way that does not match adds nothing.
   */
  @inline
  static find(cache: usize, key0: u64, key1: u64, hash: u32, entrySize: u32): usize {
    const set = Cache.set(cache, hash, entrySize);
    const way =
      <u32>Cache.matches(set + entrySize, key0, key1) * 1 +
      <u32>Cache.matches(set + 2 * entrySize, key0, key1) * 2 +
      <u32>Cache.matches(set + 3 * entrySize, key0, key1) * 3;
    const entry = set + <usize>(way * entrySize);
    return Cache.matches(entry, key0, key1) ? entry : 0;
  }

  /** An entry with these keys: the one that had them, a free one, or a victim. The owner fills it. */
  @inline
  static allocate(cache: usize, key0: u64, key1: u64, hash: u32, entrySize: u32): usize {
    const ways = load<u32>(cache, CACHE_WAYS);
    const set = Cache.set(cache, hash, entrySize);
    let chosen: usize = 0;
    let entry = set;
    for (let way: u32 = 0; way < ways; way++, entry += entrySize) {
      if (Cache.matches(entry, key0, key1)) {
        chosen = entry;
        break;
      }
      if (chosen == 0 && load<u64>(entry, KEY_1) == 0) chosen = entry;
    }
    if (chosen == 0) {
      const victim = load<u32>(cache, CACHE_VICTIM);
      store<u32>(cache, victim + 1, CACHE_VICTIM);
      chosen = set + <usize>((victim & (ways - 1)) * entrySize);
    }
    store<u64>(chosen, key0);
    store<u64>(chosen, key1, KEY_1);
    return chosen;
  }

  static key0(entry: usize): u64 {
    return load<u64>(entry);
  }
  static key1(entry: usize): u64 {
    return load<u64>(entry, KEY_1);
  }
  static isValid(entry: usize): bool {
    return load<u64>(entry, KEY_1) != 0;
  }

  static drop(entry: usize): void {
    store<u64>(entry, 0, KEY_1);
    Counters.add(COUNT_CACHE_ENTRIES_INVALIDATED);
  }

  static clear(cache: usize): void {
    const size = Cache.entrySize(cache);
    const end = Cache.end(cache);
    for (let entry = Cache.begin(cache); entry < end; entry += size) {
      if (Cache.isValid(entry)) Cache.drop(entry);
    }
    store<u32>(cache, 0, CACHE_VICTIM);
  }
}
