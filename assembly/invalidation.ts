/** What each invalidation removes from which cache (§6.5.2; Tables 23, 24 and 27). */
import { CONTEXT_DID_SHIFT } from "./generated/structures";
import { Capability } from "./capability";
import { Cache, CONTEXT_CACHE, FIRST_STAGE_CACHE, PASID_CACHE, SECOND_STAGE_CACHE } from "./cache";
import { Iotlb } from "./iotlb";
import { PagingCache } from "./paging-cache";
import { CONTEXT_CACHE_FAULTS, CONTEXT_CACHE_WORD_1, LEGACY_ENTRY } from "./root-context";

const ALL_BITS: u64 = u64.MAX_VALUE;
/** Bits of a first-stage tag that hold the DID, with the valid bit. */
const DOMAIN_BITS: u64 = (1 << 63) | 0xffff;
/** DID in word 1 of a cached PASID entry. */
const PASID_ENTRY_WORD_1 = 24;
const DOMAIN_FIELD: u64 = 0xffff;
/** log2 of the 4 KiB pages that a four-level walk can tell apart. */
const FOUR_LEVEL_PAGES: u32 = 36;
/** An address mask that no address bit is left of. */
const EVERYTHING: u32 = 63;

export class Invalidation {
  /** Everything: a root pointer that flushes, translation switched off, reset. */
  static all(): void {
    Cache.clear(CONTEXT_CACHE);
    Cache.clear(PASID_CACHE);
    Invalidation.translations();
  }

  static contextGlobal(): void {
    Cache.clear(CONTEXT_CACHE);
  }

  /** Entries of legacy mode by their DID; those of scalable mode have none, and all go. */
  static contextDomain(domain: u32): void {
    const size = Cache.entrySize(CONTEXT_CACHE);
    const end = Cache.end(CONTEXT_CACHE);
    for (let entry = Cache.begin(CONTEXT_CACHE); entry < end; entry += size) {
      if (!Cache.isValid(entry)) continue;
      const legacy = (Cache.key1(entry) & LEGACY_ENTRY) != 0;
      const word1 = load<u64>(entry, CONTEXT_CACHE_WORD_1);
      const tag = Invalidation.faults(entry) ? 0 : (word1 >> CONTEXT_DID_SHIFT) & DOMAIN_FIELD;
      if (!legacy || tag == domain) Cache.drop(entry);
    }
  }

  private static faults(contextEntry: usize): bool {
    return (load<u64>(contextEntry, CONTEXT_CACHE_WORD_1) & CONTEXT_CACHE_FAULTS) != 0;
  }

  /**
   * Source-ids that differ only in bits of `functionMask` (FM: function bits 2, 2:1 or 2:0). The
   * domain counts for entries of legacy mode that fault, which are tagged with 0 (choice K5).
   */
  static contextDevice(sourceId: u32, functionMask: u32, domain: u32): void {
    const ignored: u64 = functionMask == 0 ? 0 : functionMask == 1 ? 4 : functionMask == 2 ? 6 : 7;
    const size = Cache.entrySize(CONTEXT_CACHE);
    const end = Cache.end(CONTEXT_CACHE);
    for (let entry = Cache.begin(CONTEXT_CACHE); entry < end; entry += size) {
      if (!Cache.isValid(entry)) continue;
      if ((Cache.key0(entry) & ~ignored) != ((<u64>sourceId) & ~ignored)) continue;
      const legacy = (Cache.key1(entry) & LEGACY_ENTRY) != 0;
      if (!legacy || domain == 0 || !Invalidation.faults(entry)) Cache.drop(entry);
    }
  }

  static pasidGlobal(): void {
    Cache.clear(PASID_CACHE);
  }

  static pasidDomain(domain: u32): void {
    Invalidation.pasidEntries(domain, 0, false);
  }

  static pasidSelective(domain: u32, pasid: u32): void {
    Invalidation.pasidEntries(domain, pasid, true);
  }

  private static pasidEntries(domain: u32, pasid: u32, selective: bool): void {
    const size = Cache.entrySize(PASID_CACHE);
    const end = Cache.end(PASID_CACHE);
    for (let entry = Cache.begin(PASID_CACHE); entry < end; entry += size) {
      if (!Cache.isValid(entry)) continue;
      if ((load<u64>(entry, PASID_ENTRY_WORD_1) & DOMAIN_FIELD) != domain) continue;
      if (!selective || Cache.key0(entry) >> 16 == pasid) Cache.drop(entry);
    }
  }

  /** IOTLB global: all translations and all paging-structure entries. */
  static translations(): void {
    Iotlb.invalidateAll();
    Cache.clear(FIRST_STAGE_CACHE);
    Cache.clear(SECOND_STAGE_CACHE);
  }

  static domain(domain: u32): void {
    Iotlb.invalidateDomain(domain);
    Invalidation.firstStageDomain(domain);
    PagingCache.invalidate(SECOND_STAGE_CACHE, PagingCache.secondStageTag(domain), ALL_BITS);
  }

  /** `leafOnly` is the invalidation hint: entries that point to tables have not changed. */
  static domainPages(domain: u32, address: u64, addressMask: u32, leafOnly: bool): void {
    // §6.5.2.3: hardware ignores the bits from MGAW up.
    const ignored = 64 - Capability.guestAddressWidth;
    const translated = (address << ignored) >> ignored;
    Iotlb.invalidateDomainPages(domain, translated, addressMask);
    Invalidation.firstStageDomain(domain);
    if (leafOnly) return;
    const tag = PagingCache.secondStageTag(domain);
    PagingCache.invalidateRange(SECOND_STAGE_CACHE, tag, translated, addressMask);
  }

  static pasid(domain: u32, pasid: u32): void {
    Iotlb.invalidatePasid(domain, pasid);
    const tag = PagingCache.firstStageTag(domain, pasid);
    PagingCache.invalidate(FIRST_STAGE_CACHE, tag, ALL_BITS);
  }

  static pasidPages(domain: u32, pasid: u32, address: u64, addressMask: u32, leafOnly: bool): void {
    // Table 18: tags of four-level walks end at bit 47, so that what ADDR has above it says nothing.
    const mask = addressMask < FOUR_LEVEL_PAGES ? addressMask : EVERYTHING;
    const canonical = <u64>((<i64>(address << 16)) >> 16);
    Invalidation.firstStagePages(domain, pasid, address, mask, leafOnly);
    if (canonical != address) {
      Invalidation.firstStagePages(domain, pasid, canonical, mask, leafOnly);
    }
  }

  private static firstStagePages(
    domain: u32,
    pasid: u32,
    address: u64,
    addressMask: u32,
    leafOnly: bool,
  ): void {
    Iotlb.invalidatePasidPages(domain, pasid, address, addressMask);
    if (leafOnly) return;
    const tag = PagingCache.firstStageTag(domain, pasid);
    PagingCache.invalidateRange(FIRST_STAGE_CACHE, tag, address, addressMask);
  }

  private static firstStageDomain(domain: u32): void {
    PagingCache.invalidate(FIRST_STAGE_CACHE, PagingCache.firstStageTag(domain, 0), DOMAIN_BITS);
  }
}
