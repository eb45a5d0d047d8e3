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
import { Counters } from "./counters";
import { EVENT_IOTLB_HIT, EVENT_IOTLB_LOOKUP } from "./generated/performance-events";
import { NO_PASID } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ACCESS_TYPE } from "./request";

const ENTRY_DATA = 16;
const ENTRY_META = 24;
export const IOTLB_ENTRY_SIZE: u32 = 32;

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

const META_PASID_FIELD: u64 = 0xf_ffff << META_PASID_SHIFT;
const META_DOMAIN_FIELD: u64 = 0xffff;

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
   * Answers the entry. `flags`: rights, grants and DATA_INTERRUPT_RANGE; `physical` is in the output
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
  ): usize {
    const shift = Iotlb.shift(size);
    const data = (((address ^ physical) >> shift) << shift) | (size << DATA_SIZE_SHIFT) | flags;
    return Iotlb.put(sourceId, pasid, address, size, data, meta);
  }

  /** An entry of 4 KiB that faults with `condition`. */
  static insertFault(sourceId: u32, pasid: u32, address: u64, condition: u32, meta: u64): void {
    const data = (<u64>condition) << DATA_CONDITION_SHIFT;
    Iotlb.put(sourceId, pasid, address, 0, data, meta | META_FAULTS);
  }

  @inline
  private static put(
    sourceId: u32,
    pasid: u32,
    address: u64,
    size: u64,
    data: u64,
    meta: u64,
  ): usize {
    const page = address >> Iotlb.shift(size);
    const hash = (<u32>page) ^ Iotlb.mix(sourceId, pasid);
    const entry = Cache.allocate(
      IOTLB,
      (page << 2) | size,
      Iotlb.key(sourceId, pasid),
      hash,
      IOTLB_ENTRY_SIZE,
    );
    store<u64>(entry, data, ENTRY_DATA);
    store<u64>(entry, meta, ENTRY_META);
    store<u32>(IOTLB, load<u32>(IOTLB, CACHE_SIZES) | (1 << (<u32>size)), CACHE_SIZES);
    return entry;
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
    const end = Cache.end(IOTLB);
    for (let entry = Cache.begin(IOTLB); entry < end; entry += IOTLB_ENTRY_SIZE) {
      if (Cache.isValid(entry) && (Iotlb.meta(entry) & META_DOMAIN_FIELD) == domain) {
        Cache.drop(entry);
      }
    }
  }

  /** §6.5.2.3 page-selective: by address without a first stage, and all of the domain with one. */
  static invalidateDomainPages(domain: u32, address: u64, addressMask: u32): void {
    const end = Cache.end(IOTLB);
    for (let entry = Cache.begin(IOTLB); entry < end; entry += IOTLB_ENTRY_SIZE) {
      if (!Cache.isValid(entry)) continue;
      const meta = Iotlb.meta(entry);
      if ((meta & META_DOMAIN_FIELD) != domain) continue;
      if (Iotlb.hasFirstStage(meta) || Iotlb.overlaps(entry, address, addressMask)) {
        Cache.drop(entry);
      }
    }
  }

  /** §6.5.2.4 PASID-selective. */
  static invalidatePasid(domain: u32, pasid: u32): void {
    const wanted = (<u64>domain) | ((<u64>pasid) << META_PASID_SHIFT);
    const end = Cache.end(IOTLB);
    for (let entry = Cache.begin(IOTLB); entry < end; entry += IOTLB_ENTRY_SIZE) {
      if (!Cache.isValid(entry)) continue;
      if ((Iotlb.meta(entry) & (META_DOMAIN_FIELD | META_PASID_FIELD)) == wanted) {
        Cache.drop(entry);
      }
    }
  }

  /** §6.5.2.4 page-selective-within-PASID: entries with a first stage. */
  static invalidatePasidPages(domain: u32, pasid: u32, address: u64, addressMask: u32): void {
    const wanted = (<u64>domain) | ((<u64>pasid) << META_PASID_SHIFT);
    const end = Cache.end(IOTLB);
    for (let entry = Cache.begin(IOTLB); entry < end; entry += IOTLB_ENTRY_SIZE) {
      if (!Cache.isValid(entry)) continue;
      const meta = Iotlb.meta(entry);
      if ((meta & (META_DOMAIN_FIELD | META_PASID_FIELD)) != wanted) continue;
      if (Iotlb.hasFirstStage(meta) && Iotlb.overlaps(entry, address, addressMask)) {
        Cache.drop(entry);
      }
    }
  }

  private static hasFirstStage(meta: u64): bool {
    const kind = Iotlb.kind(meta);
    return kind == KIND_FIRST_STAGE || kind == KIND_NESTED;
  }

  private static overlaps(entry: usize, address: u64, addressMask: u32): bool {
    const key = Cache.key0(entry);
    const size = key & 3;
    const page = (key >> 2) << (9 * size);
    const shift = max<u64>(9 * size, addressMask);
    if (shift >= 45) return true;
    return (page & PAGE_NUMBER_BITS) >> shift == ((address >> 12) & PAGE_NUMBER_BITS) >> shift;
  }
}
