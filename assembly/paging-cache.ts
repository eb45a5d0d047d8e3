/**
 * Paging-structure caches (§6.2.5): where the walk of an address may begin, for entries that were
 * walked before. First stage tagged by DID and PASID, second stage by DID (Table 17).
 */
import {
  COUNT_FIRST_STAGE_PAGING_HITS,
  COUNT_FIRST_STAGE_PAGING_LOOKUPS,
  COUNT_SECOND_STAGE_PAGING_HITS,
  COUNT_SECOND_STAGE_PAGING_LOOKUPS,
} from "./generated/layout";
import {
  EVENT_FS_NONLEAF_HIT,
  EVENT_FS_NONLEAF_LOOKUP,
  EVENT_SS_NONLEAF_HIT,
  EVENT_SS_NONLEAF_LOOKUP,
} from "./generated/performance-events";
import { Cache, FIRST_STAGE_CACHE, VALID } from "./cache";
import { Counters } from "./counters";
import { Explain } from "./explain";
import { Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";

const ENTRY_TABLE = 16;
const ENTRY_PERMISSIONS = 24;
export const PAGING_CACHE_ENTRY_SIZE: u32 = 32;

const LEVEL_BITS: u64 = 3;
const LEVEL_MASK: u64 = 7;
/** Address bits that the widest walk translates; those above only repeat bit 56. */
const WALKED_BITS: u64 = (1 << 57) - 1;

/** Lowest address bit that an entry of this level translates: 12 for a PTE, 21 for a PDE. */
export function levelShift(level: u32): u64 {
  return <u64>(3 + 9 * level);
}

export class PagingCache {
  @inline
  static firstStageTag(domain: u32, pasid: u32): u64 {
    return VALID | ((<u64>pasid) << 16) | domain;
  }
  static secondStageTag(domain: u32): u64 {
    return VALID | domain;
  }

  @inline
  private static key(address: u64, level: u32): u64 {
    return (((address & WALKED_BITS) >> levelShift(level)) << LEVEL_BITS) | level;
  }
  /** Spreads address spaces that use the same addresses over the sets. */
  @inline
  private static hash(key: u64, tag: u64): u32 {
    const space = (<u32>tag * 0x9e37_79b1) >> 16;
    return (<u32>(key >> LEVEL_BITS)) ^ ((<u32>key) << 5) ^ space;
  }

  /**
   * Looks for the entry of the lowest level above the PTEs that is cached for this address, of at
   * most `levels`; 0 if there is none.
   */
  @inline
  static find(cache: usize, tag: u64, address: u64, levels: u32): usize {
    const first = cache == FIRST_STAGE_CACHE;
    Counters.add(first ? COUNT_FIRST_STAGE_PAGING_LOOKUPS : COUNT_SECOND_STAGE_PAGING_LOOKUPS);
    PerformanceMonitoring.count(first ? EVENT_FS_NONLEAF_LOOKUP : EVENT_SS_NONLEAF_LOOKUP);
    for (let level: u32 = 2; level <= levels; level++) {
      const key = PagingCache.key(address, level);
      const entry = Cache.find(
        cache,
        key,
        tag,
        PagingCache.hash(key, tag),
        PAGING_CACHE_ENTRY_SIZE,
      );
      if (entry == 0) continue;
      Counters.add(first ? COUNT_FIRST_STAGE_PAGING_HITS : COUNT_SECOND_STAGE_PAGING_HITS);
      PerformanceMonitoring.count(
        first ? EVENT_FS_NONLEAF_HIT : EVENT_SS_NONLEAF_HIT,
        1 << (level - 1),
      );
      if (Explain.active) {
        Outbox.cacheHit(
          first ? COUNT_FIRST_STAGE_PAGING_HITS : COUNT_SECOND_STAGE_PAGING_HITS,
          PagingCache.table(entry),
          level,
          PagingCache.permissions(entry),
        );
      }
      return entry;
    }
    return 0;
  }

  /** Level of the table that a cached entry points to. */
  @inline
  static levelBelow(entry: usize): u32 {
    return <u32>(Cache.key0(entry) & LEVEL_MASK) - 1;
  }
  /** The table that it points to. */
  @inline
  static table(entry: usize): u64 {
    return load<u64>(entry, ENTRY_TABLE);
  }
  /** Cumulative permissions of it and of the entries above it. */
  @inline
  static permissions(entry: usize): u64 {
    return load<u64>(entry, ENTRY_PERMISSIONS);
  }

  @inline
  static insert(
    cache: usize,
    tag: u64,
    address: u64,
    level: u32,
    table: u64,
    permissions: u64,
  ): void {
    const key = PagingCache.key(address, level);
    const entry = Cache.allocate(
      cache,
      key,
      tag,
      PagingCache.hash(key, tag),
      PAGING_CACHE_ENTRY_SIZE,
    );
    store<u64>(entry, table, ENTRY_TABLE);
    store<u64>(entry, permissions, ENTRY_PERMISSIONS);
  }

  /** Drops the entries whose tag equals `tag` in the bits of `tagMask`. */
  static invalidate(cache: usize, tag: u64, tagMask: u64): void {
    const size = Cache.entrySize(cache);
    const end = Cache.end(cache);
    for (let entry = Cache.begin(cache); entry < end; entry += size) {
      if (Cache.isValid(entry) && (Cache.key1(entry) & tagMask) == (tag & tagMask)) {
        Cache.drop(entry);
      }
    }
  }

  /** Drops the entries with this tag that translate any address of the range. */
  static invalidateRange(cache: usize, tag: u64, address: u64, addressMask: u32): void {
    const size = Cache.entrySize(cache);
    const end = Cache.end(cache);
    for (let entry = Cache.begin(cache); entry < end; entry += size) {
      if (Cache.key1(entry) != tag) continue;
      const key = Cache.key0(entry);
      const entryShift = levelShift(<u32>(key & LEVEL_MASK));
      // The coarser of the two decides whether they overlap.
      const shift = max(entryShift, <u64>(12 + addressMask));
      if (shift > 56) {
        Cache.drop(entry);
        continue;
      }
      const start = (key >> LEVEL_BITS) << entryShift;
      const wanted = (address & WALKED_BITS) >> shift;
      if (start >> shift == wanted) Cache.drop(entry);
    }
  }
}
