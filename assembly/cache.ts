/**
 * A bounded set-associative cache with round-robin replacement (implementation choice K2).
 *
 * An entry starts with two key words; the second carries VALID, so that a zeroed entry matches
 * nothing. What follows is the owner's. A valid entry is in every list that its cache has.
 */
import {
  CACHE,
  CACHE_BASE,
  CACHE_END,
  CACHE_ENTRY_SIZE,
  CACHE_LISTS,
  CACHE_SET_MASK,
  CACHE_SIZE,
  CACHE_VICTIM,
  CACHE_WAYS,
  COUNT_CACHE_ENTRIES_INVALIDATED,
} from "./generated/layout";
import { CacheList, LIST_ALL } from "./cache-list";
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
  /**
   * Lays the cache out at `base` for a power of two of entries, with so many lists (cache-list.ts);
   * answers the first address behind it.
   */
  static configure(cache: usize, base: u32, entries: u32, entrySize: u32, lists: u32): u32 {
    const ways: u32 = min(entries, SET_ENTRIES);
    const room = max(entries, SET_ENTRIES);
    const end = base + room * entrySize;
    store<u32>(cache, base, CACHE_BASE);
    store<u32>(cache, end, CACHE_END);
    store<u32>(cache, entries / ways - 1, CACHE_SET_MASK);
    store<u32>(cache, ways, CACHE_WAYS);
    store<u32>(cache, entrySize, CACHE_ENTRY_SIZE);
    store<u32>(cache, lists, CACHE_LISTS);
    return end + room * (entrySize + 4 * lists);
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

  /**
   * Where an entry goes whose keys no entry has: a free one of its set, or a victim. What was there is
   * there still; the owner looks after its lists, and fills it.
   */
  @inline
  static room(cache: usize, hash: u32, entrySize: u32): usize {
    const ways = load<u32>(cache, CACHE_WAYS);
    const set = Cache.set(cache, hash, entrySize);
    if (!Cache.isValid(set)) return set;
    if (ways > 1 && !Cache.isValid(set + entrySize)) return set + entrySize;
    if (ways > 2) {
      if (!Cache.isValid(set + 2 * entrySize)) return set + 2 * entrySize;
      if (!Cache.isValid(set + 3 * entrySize)) return set + 3 * entrySize;
    }
    const victim = load<u32>(cache, CACHE_VICTIM);
    store<u32>(cache, victim + 1, CACHE_VICTIM);
    return set + <usize>((victim & (ways - 1)) * entrySize);
  }

  /** Where an entry with these keys goes: the one that has them, or `room`. */
  @inline
  static choose(cache: usize, key0: u64, key1: u64, hash: u32, entrySize: u32): usize {
    const found = Cache.find(cache, key0, key1, hash, entrySize);
    return found != 0 ? found : Cache.room(cache, hash, entrySize);
  }

  /** `choose`, for a cache that has no list but that of all entries. */
  static allocate(cache: usize, key0: u64, key1: u64, hash: u32, entrySize: u32): usize {
    const entry = Cache.choose(cache, key0, key1, hash, entrySize);
    if (!Cache.isValid(entry)) Cache.enlist(cache, entry, LIST_ALL, 0, entrySize);
    Cache.setKeys(entry, key0, key1);
    return entry;
  }

  @inline
  static setKeys(entry: usize, key0: u64, key1: u64): void {
    store<u64>(entry, key0);
    store<u64>(entry, key1, KEY_1);
  }

  @inline
  static enlist(cache: usize, entry: usize, list: u32, hash: u32, entrySize: u32): void {
    CacheList.link(cache, entry, list, CacheList.head(cache, list, hash, entrySize));
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

  /**
   * Pieces of 2^shift bytes that a range of 2^rangeShift has a part in. No more than there can be
   * entries of a cache, and one: who counts so far has seen every list to its end.
   */
  @inline
  static pieces(rangeShift: u64, shift: u64): u32 {
    if (rangeShift <= shift) return 1;
    return 1 << (<u32>min<u64>(rangeShift - shift, 21));
  }

  /** The first link of a list of entries. */
  @inline
  static list(cache: usize, list: u32, hash: u32, entrySize: u32): usize {
    return CacheList.first(CacheList.head(cache, list, hash, entrySize));
  }

  static drop(cache: usize, entry: usize): void {
    CacheList.unlinkAll(cache, entry);
    store<u64>(entry, 0, KEY_1);
    Counters.add(COUNT_CACHE_ENTRIES_INVALIDATED);
  }

  static clear(cache: usize): void {
    for (
      let link = Cache.list(cache, LIST_ALL, 0, load<u32>(cache, CACHE_ENTRY_SIZE));
      link != 0;
    ) {
      const next = CacheList.next(link);
      Cache.drop(cache, CacheList.entryOf(cache, link, LIST_ALL));
      link = next;
    }
    store<u32>(cache, 0, CACHE_VICTIM);
  }
}
