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

const KEY_1 = 8;

export class Cache {
  /** Lays the cache out at `base` for a power of two of entries; answers the first address behind it. */
  static configure(cache: usize, base: u32, entries: u32, entrySize: u32): u32 {
    const ways: u32 = min<u32>(entries, 4);
    const end = base + entries * entrySize;
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

  private static set(cache: usize, hash: u32): usize {
    const ways = load<u32>(cache, CACHE_WAYS);
    const size = load<u32>(cache, CACHE_ENTRY_SIZE);
    const set = hash & load<u32>(cache, CACHE_SET_MASK);
    return <usize>(load<u32>(cache, CACHE_BASE) + set * ways * size);
  }

  /** The entry with these keys, or 0. */
  static find(cache: usize, key0: u64, key1: u64, hash: u32): usize {
    const size = Cache.entrySize(cache);
    let entry = Cache.set(cache, hash);
    for (let way = load<u32>(cache, CACHE_WAYS); way > 0; way--, entry += size) {
      if (load<u64>(entry) == key0 && load<u64>(entry, KEY_1) == key1) return entry;
    }
    return 0;
  }

  /** An entry with these keys, its payload zeroed: the one that had them, a free one, or a victim. */
  static allocate(cache: usize, key0: u64, key1: u64, hash: u32): usize {
    const size = Cache.entrySize(cache);
    const ways = load<u32>(cache, CACHE_WAYS);
    const set = Cache.set(cache, hash);
    let chosen: usize = 0;
    let entry = set;
    for (let way: u32 = 0; way < ways; way++, entry += size) {
      if (load<u64>(entry) == key0 && load<u64>(entry, KEY_1) == key1) {
        chosen = entry;
        break;
      }
      if (chosen == 0 && load<u64>(entry, KEY_1) == 0) chosen = entry;
    }
    if (chosen == 0) {
      const victim = load<u32>(cache, CACHE_VICTIM);
      store<u32>(cache, victim + 1, CACHE_VICTIM);
      chosen = set + <usize>(victim & (ways - 1)) * size;
    }
    memory.fill(chosen, 0, size);
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
  }
}
