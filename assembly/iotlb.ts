/**
 * The IOTLB (§6.2.4): whole translations, private to source-id and PASID, with what is needed to
 * decide about later accesses and to find them for invalidation.
 *
 *   key 0   63:2 input page number, 1:0 page size (0 4 KiB, 1 2 MiB, 2 1 GiB)
 *   key 1   63 valid, 36 with PASID, 35:16 PASID of the request, 15:0 source-id
 *   data    63:12 input page XOR output page, 10 the output overlaps the interrupt address range,
 *           9:8 page size, 7:4 rights, 3:0 grants
 *   meta    what the walk found; see the constants
 *
 * With CM there are entries that fault, too: META_FAULTS, and the condition in 63:32 of data.
 *
 * Rights and grants are {supervisor write, supervisor read, user write, user read}. A right becomes
 * a grant when it needs no update of flags any more: a write through a page that is not dirty
 * walks again.
 */
import { CACHE_SIZES, COUNT_IOTLB_HITS, COUNT_IOTLB_LOOKUPS } from "./generated/layout";
import { Cache, IOTLB, VALID } from "./cache";
import { CacheList, LIST_ALL, LIST_DOMAIN, LIST_PAGE, LIST_PASID } from "./cache-list";
import { Counters } from "./counters";
import { EVENT_IOTLB_HIT, EVENT_IOTLB_LOOKUP } from "./generated/performance-events";
import { NO_PASID } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ACCESS_TYPE } from "./request";

const ENTRY_DATA = 16;
const ENTRY_META = 24;
export const IOTLB_ENTRY_SIZE: u32 = 32;
export const IOTLB_LISTS: u32 = LIST_PAGE + 1;

const WITH_PASID: u64 = 1 << 36;

export const DATA_RIGHTS_SHIFT: u64 = 4;
const DATA_SIZE_SHIFT: u64 = 8;
export const DATA_INTERRUPT_RANGE: u64 = 1 << 10;
const DATA_PAGES: u64 = ~0xfff;
const DATA_CONDITION_SHIFT: u64 = 32;

/** Grants that an access needs, four bits for each type of request.ts; 3 counts as an AtomicOp. */
const NEEDED_GRANTS: u32 = 0x3321;

// Fields of `meta`.
export const META_PASID_SHIFT: u64 = 16;
/** PGTT of the PASID entry, or one of the two below. */
export const META_KIND_SHIFT: u64 = 36;
export const META_FPD: u64 = 1 << 39;
export const META_USER: u64 = 1 << 40;
export const META_FIRST_STAGE_WRITE: u64 = 1 << 41;
export const META_WRITE_PROTECT: u64 = 1 << 42;
export const META_SUPERVISOR: u64 = 1 << 43;
export const META_SECOND_STAGE_READ: u64 = 1 << 44;
export const META_SECOND_STAGE_WRITE: u64 = 1 << 45;
export const META_SNOOP: u64 = 1 << 46;
/** The privilege of requests without PASID (RID_PRIV). */
export const META_PRIVILEGED: u64 = 1 << 47;
/** The entry does not translate: its address is not present, or faults otherwise (CM). */
export const META_FAULTS: u64 = 1 << 48;

export const KIND_FIRST_STAGE: u64 = 1;
export const KIND_SECOND_STAGE: u64 = 2;
export const KIND_NESTED: u64 = 3;
export const KIND_PASS_THROUGH: u64 = 4;
export const KIND_LEGACY: u64 = 5;
export const KIND_LEGACY_PASS_THROUGH: u64 = 6;

/** The bits of the kind that 1 and 3, the kinds with a first stage, have in common and others have not. */
const ONE_OR_THREE: u64 = 5 << META_KIND_SHIFT;

const META_PASID_FIELD: u64 = 0xf_ffff << META_PASID_SHIFT;
const META_DOMAIN_FIELD: u64 = 0xffff;
/** What decides about the lists of domain and PASID. */
const META_SPACE: u64 = (7 << META_KIND_SHIFT) | META_PASID_FIELD | META_DOMAIN_FIELD;

/** Address bits that translate; those above only repeat bit 56. */
const PAGE_NUMBER_BITS: u64 = (1 << 45) - 1;

export class Iotlb {
  @inline
  static key(sourceId: u32, pasid: u32): u64 {
    return pasid == NO_PASID
      ? VALID | sourceId
      : VALID | WITH_PASID | ((<u64>pasid) << 16) | sourceId;
  }

  @inline
  static mix(sourceId: u32, pasid: u32): u32 {
    return ((sourceId ^ (pasid << 7)) * 0x9e37_79b1) >> 16;
  }

  @inline
  private static shift(size: u64): u64 {
    return 12 + 9 * size;
  }

  /** The entry that translates this address for this requester, or 0. Counted by the caller. */
  @inline
  static find(sourceId: u32, pasid: u32, address: u64): usize {
    const key1 = Iotlb.key(sourceId, pasid);
    const mix = Iotlb.mix(sourceId, pasid);
    const sizes = load<u32>(IOTLB, CACHE_SIZES);
    let entry: usize = 0;
    if (sizes & 1) entry = Iotlb.probe(0, address, key1, mix);
    if (entry == 0 && sizes & 2) entry = Iotlb.probe(1, address, key1, mix);
    if (entry == 0 && sizes & 4) entry = Iotlb.probe(2, address, key1, mix);
    return entry;
  }

  @inline
  private static probe(size: u64, address: u64, key1: u64, mix: u32): usize {
    const page = address >> Iotlb.shift(size);
    return Cache.find(IOTLB, (page << 2) | size, key1, (<u32>page) ^ mix, IOTLB_ENTRY_SIZE);
  }

  /** A lookup that found `entry`, or nothing if it is 0. */
  @inline
  static countLookup(entry: usize): void {
    Counters.add(COUNT_IOTLB_LOOKUPS);
    PerformanceMonitoring.count(EVENT_IOTLB_LOOKUP);
    if (entry == 0) return;
    Counters.add(COUNT_IOTLB_HITS);
    PerformanceMonitoring.count(EVENT_IOTLB_HIT, Iotlb.pageSizeBit(entry));
  }

  @inline
  static countMiss(): void {
    Counters.add(COUNT_IOTLB_LOOKUPS);
    PerformanceMonitoring.count(EVENT_IOTLB_LOOKUP);
  }

  /** The page size as a bit of a filter of performance monitoring (§11.4.13.20). */
  private static pageSizeBit(entry: usize): u32 {
    const size = <u32>((Iotlb.data(entry) >> DATA_SIZE_SHIFT) & 3);
    return 1 << size;
  }

  static countHits(hits: u32): void {
    Counters.addMany(COUNT_IOTLB_LOOKUPS, hits);
    Counters.addMany(COUNT_IOTLB_HITS, hits);
  }

  /**
   * Answers the entry; `isNew`: no entry has its keys. `flags`: rights, grants and DATA_INTERRUPT_RANGE; `physical` is in the output
   * page.
   */
  @inline
  static insert(
    sourceId: u32,
    pasid: u32,
    address: u64,
    physical: u64,
    size: u64,
    flags: u64,
    meta: u64,
    isNew: bool,
  ): usize {
    const shift = Iotlb.shift(size);
    const data = (((address ^ physical) >> shift) << shift) | (size << DATA_SIZE_SHIFT) | flags;
    return Iotlb.put(sourceId, pasid, address, size, data, meta, isNew);
  }

  /** An entry of 4 KiB that faults with `condition`. */
  static insertFault(sourceId: u32, pasid: u32, address: u64, condition: u32, meta: u64): void {
    const data = (<u64>condition) << DATA_CONDITION_SHIFT;
    Iotlb.put(sourceId, pasid, address, 0, data, meta | META_FAULTS, false);
  }

  @inline
  private static put(
    sourceId: u32,
    pasid: u32,
    address: u64,
    size: u64,
    data: u64,
    meta: u64,
    isNew: bool,
  ): usize {
    const page = address >> Iotlb.shift(size);
    const hash = (<u32>page) ^ Iotlb.mix(sourceId, pasid);
    const key0 = (page << 2) | size;
    const key1 = Iotlb.key(sourceId, pasid);
    const entry = isNew
      ? Cache.room(IOTLB, hash, IOTLB_ENTRY_SIZE)
      : Cache.choose(IOTLB, key0, key1, hash, IOTLB_ENTRY_SIZE);
    Iotlb.enlist(entry, key0, meta);
    Cache.setKeys(entry, key0, key1);
    store<u64>(entry, data, ENTRY_DATA);
    store<u64>(entry, meta, ENTRY_META);
    store<u32>(IOTLB, load<u32>(IOTLB, CACHE_SIZES) | (1 << (<u32>size)), CACHE_SIZES);
    return entry;
  }

  /** Into the lists of what will be there, and out of those of what was that it is not in. */
  @inline
  private static enlist(entry: usize, key0: u64, meta: u64): void {
    const former = Iotlb.meta(entry);
    const valid = Cache.isValid(entry);
    if (!valid || ((former ^ meta) & META_SPACE) != 0) Iotlb.changeSpace(entry, valid, meta);
    const hash = Iotlb.pageHash(key0, meta);
    if (valid) {
      if (hash == Iotlb.pageHash(Cache.key0(entry), former)) return;
      CacheList.unlink(IOTLB, entry, LIST_PAGE);
    }
    Cache.enlist(IOTLB, entry, LIST_PAGE, hash, IOTLB_ENTRY_SIZE);
  }

  private static changeSpace(entry: usize, valid: bool, meta: u64): void {
    if (valid) {
      CacheList.unlink(IOTLB, entry, LIST_DOMAIN);
      CacheList.unlink(IOTLB, entry, LIST_PASID);
    } else {
      Cache.enlist(IOTLB, entry, LIST_ALL, 0, IOTLB_ENTRY_SIZE);
    }
    Cache.enlist(IOTLB, entry, LIST_DOMAIN, Iotlb.domainHash(meta), IOTLB_ENTRY_SIZE);
    Cache.enlist(IOTLB, entry, LIST_PASID, Iotlb.pasidHash(meta), IOTLB_ENTRY_SIZE);
  }

  /** Entries of a domain with a first stage are apart from those without. */
  private static domainHash(meta: u64): u32 {
    const domain = <u32>(meta & META_DOMAIN_FIELD);
    return (domain << 1) | (<u32>Iotlb.hasFirstStage(meta));
  }
  @inline
  private static pasidHash(meta: u64): u32 {
    const space = meta & (META_PASID_FIELD | META_DOMAIN_FIELD);
    return (<u32>(space ^ (space >> 20)) * 0x9e37_79b1) >> 12;
  }
  /** Entries without a first stage are found by their domain and page alone (§6.5.2.3). */
  @inline
  private static pageHash(key0: u64, meta: u64): u32 {
    const space = Iotlb.hasFirstStage(meta) ? meta : meta & META_DOMAIN_FIELD;
    return Iotlb.pageHashIn(space, key0 >> 2, key0 & 3);
  }
  @inline
  private static pageHashIn(space: u64, page: u64, size: u64): u32 {
    const number = page & (PAGE_NUMBER_BITS >> (9 * size));
    return (<u32>number) ^ ((<u32>size) << 5) ^ Iotlb.pasidHash(space);
  }

  /**
   * Whether the entry alone allows an access of this type, with user privilege or for a requester
   * without PASID: nothing to check, no flag to set.
   */
  @inline
  static grants(data: u64, access: u32): bool {
    const needed = <u64>((NEEDED_GRANTS >> ((access & ACCESS_TYPE) << 2)) & 3);
    return (data & (needed | DATA_INTERRUPT_RANGE)) == needed;
  }

  @inline
  static data(entry: usize): u64 {
    return load<u64>(entry, ENTRY_DATA);
  }
  static meta(entry: usize): u64 {
    return load<u64>(entry, ENTRY_META);
  }
  /** What an entry with META_FAULTS faults with. */
  static condition(data: u64): u32 {
    return <u32>(data >> DATA_CONDITION_SHIFT);
  }
  static pageShift(data: u64): u64 {
    return Iotlb.shift((data >> DATA_SIZE_SHIFT) & 3);
  }
  @inline
  static physical(data: u64, address: u64): u64 {
    return address ^ (data & DATA_PAGES);
  }
  static kind(meta: u64): u64 {
    return (meta >> META_KIND_SHIFT) & 7;
  }

  static invalidateAll(): void {
    Cache.clear(IOTLB);
    store<u32>(IOTLB, 0, CACHE_SIZES);
  }

  /** All entries of a domain. */
  static invalidateDomain(domain: u32): void {
    Iotlb.dropDomain(domain, KIND_FIRST_STAGE);
    Iotlb.dropDomain(domain, KIND_SECOND_STAGE);
  }

  /** Those of a kind like this one, with a first stage or without. */
  private static dropDomain(domain: u32, kind: u64): void {
    const like = (<u64>domain) | (kind << META_KIND_SHIFT);
    for (
      let link = Cache.list(IOTLB, LIST_DOMAIN, Iotlb.domainHash(like), IOTLB_ENTRY_SIZE);
      link != 0;
    ) {
      const entry = CacheList.entryOf(IOTLB, link, LIST_DOMAIN);
      link = CacheList.next(link);
      const meta = Iotlb.meta(entry);
      if ((meta & META_DOMAIN_FIELD) != domain) continue;
      if (Iotlb.hasFirstStage(meta) == Iotlb.hasFirstStage(like)) Cache.drop(IOTLB, entry);
    }
  }

  /** §6.5.2.3 page-selective: by address without a first stage, and all of the domain with one. */
  static invalidateDomainPages(domain: u32, address: u64, addressMask: u32): void {
    Iotlb.dropDomain(domain, KIND_FIRST_STAGE);
    const like = (<u64>domain) | (KIND_SECOND_STAGE << META_KIND_SHIFT);
    Iotlb.dropPages(LIST_DOMAIN, Iotlb.domainHash(like), like, address, addressMask);
  }

  /** §6.5.2.4 PASID-selective. */
  static invalidatePasid(domain: u32, pasid: u32): void {
    const wanted = (<u64>domain) | ((<u64>pasid) << META_PASID_SHIFT);
    for (
      let link = Cache.list(IOTLB, LIST_PASID, Iotlb.pasidHash(wanted), IOTLB_ENTRY_SIZE);
      link != 0;
    ) {
      const entry = CacheList.entryOf(IOTLB, link, LIST_PASID);
      link = CacheList.next(link);
      if ((Iotlb.meta(entry) & (META_DOMAIN_FIELD | META_PASID_FIELD)) != wanted) continue;
      Cache.drop(IOTLB, entry);
    }
  }

  /** §6.5.2.4 page-selective-within-PASID: entries with a first stage. */
  static invalidatePasidPages(domain: u32, pasid: u32, address: u64, addressMask: u32): void {
    const wanted = (<u64>domain) | ((<u64>pasid) << META_PASID_SHIFT);
    const like = wanted | (KIND_FIRST_STAGE << META_KIND_SHIFT);
    Iotlb.dropPages(LIST_PASID, Iotlb.pasidHash(wanted), like, address, addressMask);
  }

  /** The same for one address. */
  @inline
  static invalidatePasidPage(domain: u32, pasid: u32, address: u64): void {
    const space = (<u64>domain) | ((<u64>pasid) << META_PASID_SHIFT);
    const sizes = load<u32>(IOTLB, CACHE_SIZES);
    if (sizes & 1) Iotlb.dropPage(space, address, 0);
    if (sizes & 2) Iotlb.dropPage(space, address, 1);
    if (sizes & 4) Iotlb.dropPage(space, address, 2);
  }

  /** Drops the entries of one size with a first stage, this domain and this PASID. */
  @inline
  private static dropPage(space: u64, address: u64, size: u64): void {
    const page = address >> Iotlb.shift(size);
    const hash = Iotlb.pageHashIn(space, page, size);
    const key0 = (page << 2) | size;
    const compared = ((PAGE_NUMBER_BITS >> (9 * size)) << 2) | 3;
    for (let link = Cache.list(IOTLB, LIST_PAGE, hash, IOTLB_ENTRY_SIZE); link != 0;) {
      const entry = CacheList.entryOf(IOTLB, link, LIST_PAGE);
      link = CacheList.next(link);
      const isOfPage = ((Cache.key0(entry) ^ key0) & compared) == 0;
      if (isOfPage && Iotlb.isIn(Iotlb.meta(entry), space)) Cache.drop(IOTLB, entry);
    }
  }

  /**
   * Drops the entries like this one that translate any address of the range. Looks at the entries of
   * a list that has them all, or when these are more, for every page that the range can have.
   */
  private static dropPages(list: u32, hash: u32, like: u64, address: u64, addressMask: u32): void {
    const sizes = load<u32>(IOTLB, CACHE_SIZES);
    let budget: u32 = 0;
    for (let size: u64 = 0; size < 3; size++) {
      if ((sizes >> (<u32>size)) & 1) budget += Cache.pieces(addressMask, 9 * size);
    }
    let link = Cache.list(IOTLB, list, hash, IOTLB_ENTRY_SIZE);
    for (; link != 0 && budget != 0; budget--) {
      const entry = CacheList.entryOf(IOTLB, link, list);
      link = CacheList.next(link);
      if (Iotlb.isLike(entry, like) && Iotlb.overlaps(entry, address, addressMask)) {
        Cache.drop(IOTLB, entry);
      }
    }
    if (link == 0) return;
    for (let size: u64 = 0; size < 3; size++) {
      if ((sizes >> (<u32>size)) & 1) Iotlb.dropPagesOfSize(size, like, address, addressMask);
    }
  }

  private static dropPagesOfSize(size: u64, like: u64, address: u64, addressMask: u32): void {
    const pieces = Cache.pieces(addressMask, 9 * size);
    const first = ((address >> 12) & ~(((<u64>1) << addressMask) - 1)) >> (9 * size);
    for (let i: u32 = 0; i < pieces; i++) {
      const hash = Iotlb.pageHash(((first + i) << 2) | size, like);
      for (let link = Cache.list(IOTLB, LIST_PAGE, hash, IOTLB_ENTRY_SIZE); link != 0;) {
        const entry = CacheList.entryOf(IOTLB, link, LIST_PAGE);
        link = CacheList.next(link);
        if (Iotlb.isLike(entry, like) && Iotlb.overlaps(entry, address, addressMask)) {
          Cache.drop(IOTLB, entry);
        }
      }
    }
  }

  /** Whether an entry has the domain, and with a first stage the PASID, of `like`, and no other kind. */
  @inline
  private static isLike(entry: usize, like: u64): bool {
    const meta = Iotlb.meta(entry);
    const firstStage = Iotlb.hasFirstStage(like);
    const fields = firstStage ? META_DOMAIN_FIELD | META_PASID_FIELD : META_DOMAIN_FIELD;
    return Iotlb.hasFirstStage(meta) == firstStage && ((meta ^ like) & fields) == 0;
  }

  /** Whether an entry has a first stage, and this domain and PASID. */
  @inline
  private static isIn(meta: u64, space: u64): bool {
    const compared = ONE_OR_THREE | META_DOMAIN_FIELD | META_PASID_FIELD;
    return ((meta ^ (space | (KIND_FIRST_STAGE << META_KIND_SHIFT))) & compared) == 0;
  }

  @inline
  private static hasFirstStage(meta: u64): bool {
    return (meta & ONE_OR_THREE) == KIND_FIRST_STAGE << META_KIND_SHIFT;
  }

  @inline
  private static overlaps(entry: usize, address: u64, addressMask: u32): bool {
    const key = Cache.key0(entry);
    const size = key & 3;
    const page = (key >> 2) << (9 * size);
    const shift = max<u64>(9 * size, addressMask);
    if (shift >= 45) return true;
    return (page & PAGE_NUMBER_BITS) >> shift == ((address >> 12) & PAGE_NUMBER_BITS) >> shift;
  }
}
