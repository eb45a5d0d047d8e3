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
import { CacheList, LIST_ALL, LIST_DOMAIN, LIST_PASID } from "./cache-list";
import { Counters } from "./counters";
import { Explain } from "./explain";
import { Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";

const ENTRY_TABLE = 16;
const ENTRY_PERMISSIONS = 24;
export const PAGING_CACHE_ENTRY_SIZE: u32 = 32;
export const FIRST_STAGE_CACHE_LISTS: u32 = LIST_PASID + 1;
export const SECOND_STAGE_CACHE_LISTS: u32 = LIST_DOMAIN + 1;

/** DID of a tag. */
const DOMAIN_BITS: u64 = 0xffff;
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

  /** What of an address chooses the entry of a level. */
  @inline
  private static number(address: u64, level: u32): u64 {
    return (address & WALKED_BITS) >> levelShift(level);
  }
  @inline
  private static key(number: u64, level: u32): u64 {
    return (number << LEVEL_BITS) | level;
  }
  /** Spreads address spaces that use the same addresses over the sets. */
  @inline
  private static hash(number: u64, level: u32, tag: u64): u32 {
    return (<u32>number) ^ ((<u32>number) << 8) ^ (level << 5) ^ PagingCache.space(tag);
  }
  @inline
  private static space(tag: u64): u32 {
    return (<u32>tag * 0x9e37_79b1) >> 16;
  }

  /**
   * Looks for the entry of the lowest level above the PTEs that is cached for this address, of at
   * most `levels`; 0 if there is none.
   */
  @inline
  static find(cache: usize, tag: u64, address: u64, levels: u32, plain: bool): usize {
    const first = cache == FIRST_STAGE_CACHE;
    Counters.add(first ? COUNT_FIRST_STAGE_PAGING_LOOKUPS : COUNT_SECOND_STAGE_PAGING_LOOKUPS);
    if (!plain) {
      PerformanceMonitoring.count(first ? EVENT_FS_NONLEAF_LOOKUP : EVENT_SS_NONLEAF_LOOKUP);
    }
    let entry = PagingCache.probe(cache, tag, address, 2);
    if (entry == 0) entry = PagingCache.probe(cache, tag, address, 3);
    if (entry == 0 && levels >= 4) entry = PagingCache.probe(cache, tag, address, 4);
    if (entry == 0 && levels >= 5) entry = PagingCache.probe(cache, tag, address, 5);
    if (entry == 0) return 0;
    Counters.add(first ? COUNT_FIRST_STAGE_PAGING_HITS : COUNT_SECOND_STAGE_PAGING_HITS);
    if (!plain) PagingCache.observeHit(first, entry);
    return entry;
  }

  @inline
  private static probe(cache: usize, tag: u64, address: u64, level: u32): usize {
    const number = PagingCache.number(address, level);
    const key = PagingCache.key(number, level);
    const hash = PagingCache.hash(number, level, tag);
    return Cache.find(cache, key, tag, hash, PAGING_CACHE_ENTRY_SIZE);
  }

  private static observeHit(first: bool, entry: usize): void {
    const below = PagingCache.levelBelow(entry);
    PerformanceMonitoring.count(first ? EVENT_FS_NONLEAF_HIT : EVENT_SS_NONLEAF_HIT, 1 << below);
    if (!Explain.active) return;
    Outbox.cacheHit(
      first ? COUNT_FIRST_STAGE_PAGING_HITS : COUNT_SECOND_STAGE_PAGING_HITS,
      PagingCache.table(entry),
      below + 1,
      PagingCache.permissions(entry),
    );
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
    const number = PagingCache.number(address, level);
    const key = PagingCache.key(number, level);
    const size = PAGING_CACHE_ENTRY_SIZE;
    const entry = Cache.room(cache, PagingCache.hash(number, level, tag), size);
    if (Cache.key1(entry) != tag) PagingCache.enlist(cache, entry, tag);
    Cache.setKeys(entry, key, tag);
    store<u64>(entry, table, ENTRY_TABLE);
    store<u64>(entry, permissions, ENTRY_PERMISSIONS);
  }

  /** Into the lists of the tag, and out of those of the one that was there. */
  private static enlist(cache: usize, entry: usize, tag: u64): void {
    const size = PAGING_CACHE_ENTRY_SIZE;
    const tagged = cache == FIRST_STAGE_CACHE;
    if (Cache.isValid(entry)) {
      CacheList.unlink(cache, entry, LIST_DOMAIN);
      if (tagged) CacheList.unlink(cache, entry, LIST_PASID);
    } else {
      Cache.enlist(cache, entry, LIST_ALL, 0, size);
    }
    Cache.enlist(cache, entry, LIST_DOMAIN, <u32>(tag & DOMAIN_BITS), size);
    if (tagged) Cache.enlist(cache, entry, LIST_PASID, PagingCache.space(tag), size);
  }

  /** Drops all entries of a domain. */
  static invalidateDomain(cache: usize, domain: u32): void {
    for (let link = Cache.list(cache, LIST_DOMAIN, domain, PAGING_CACHE_ENTRY_SIZE); link != 0;) {
      const entry = CacheList.entryOf(cache, link, LIST_DOMAIN);
      link = CacheList.next(link);
      if ((Cache.key1(entry) & DOMAIN_BITS) == domain) Cache.drop(cache, entry);
    }
  }

  /** Drops the first-stage entries of a PASID. */
  static invalidatePasid(domain: u32, pasid: u32): void {
    const tag = PagingCache.firstStageTag(domain, pasid);
    for (
      let link = Cache.list(
        FIRST_STAGE_CACHE,
        LIST_PASID,
        PagingCache.space(tag),
        PAGING_CACHE_ENTRY_SIZE,
      );
      link != 0;
    ) {
      const entry = CacheList.entryOf(FIRST_STAGE_CACHE, link, LIST_PASID);
      link = CacheList.next(link);
      if (Cache.key1(entry) == tag) Cache.drop(FIRST_STAGE_CACHE, entry);
    }
  }

  /**
   * Drops the entries with this tag that translate any address of the range. Looks at the entries of
   * the tag, or when these are more, for every entry that the range can have.
   */
  static invalidateRange(cache: usize, tag: u64, address: u64, addressMask: u32): void {
    const rangeShift = <u64>(12 + addressMask);
    const list = cache == FIRST_STAGE_CACHE ? LIST_PASID : LIST_DOMAIN;
    const hash = list == LIST_PASID ? PagingCache.space(tag) : <u32>(tag & DOMAIN_BITS);
    let budget: u32 = 0;
    for (let level: u32 = 2; level <= 5; level++) {
      budget += Cache.pieces(rangeShift, levelShift(level));
    }
    let link = Cache.list(cache, list, hash, PAGING_CACHE_ENTRY_SIZE);
    for (; link != 0 && budget != 0; budget--) {
      const entry = CacheList.entryOf(cache, link, list);
      link = CacheList.next(link);
      if (Cache.key1(entry) != tag) continue;
      if (PagingCache.overlaps(entry, address, rangeShift)) Cache.drop(cache, entry);
    }
    if (link == 0) return;
    for (let level: u32 = 2; level <= 5; level++) {
      PagingCache.dropLevel(cache, tag, address, rangeShift, level);
    }
  }

  /** Drops the first-stage entries with this tag that translate the address. */
  @inline
  static invalidateAddress(tag: u64, address: u64): void {
    PagingCache.dropEntry(FIRST_STAGE_CACHE, tag, address, 2);
    PagingCache.dropEntry(FIRST_STAGE_CACHE, tag, address, 3);
    PagingCache.dropEntry(FIRST_STAGE_CACHE, tag, address, 4);
    PagingCache.dropEntry(FIRST_STAGE_CACHE, tag, address, 5);
  }

  /** The coarser of entry and range decides whether they overlap. */
  @inline
  private static overlaps(entry: usize, address: u64, rangeShift: u64): bool {
    const key = Cache.key0(entry);
    const entryShift = levelShift(<u32>(key & LEVEL_MASK));
    const shift = max(entryShift, rangeShift);
    if (shift > 56) return true;
    const start = (key >> LEVEL_BITS) << entryShift;
    return start >> shift == (address & WALKED_BITS) >> shift;
  }

  private static dropLevel(
    cache: usize,
    tag: u64,
    address: u64,
    rangeShift: u64,
    level: u32,
  ): void {
    const step = (<u64>1) << levelShift(level);
    const start = address & ~(((<u64>1) << rangeShift) - 1);
    const pieces = Cache.pieces(rangeShift, levelShift(level));
    for (let i: u32 = 0; i < pieces; i++) {
      PagingCache.dropEntry(cache, tag, start + i * step, level);
    }
  }

  @inline
  private static dropEntry(cache: usize, tag: u64, address: u64, level: u32): void {
    const entry = PagingCache.probe(cache, tag, address, level);
    if (entry != 0) Cache.drop(cache, entry);
  }
}
