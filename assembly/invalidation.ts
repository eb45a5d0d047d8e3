/** What each invalidation removes from which cache (§6.5.2; Tables 23, 24 and 27). */
import { Capability } from "./capability";
import { Cache, CONTEXT_CACHE, FIRST_STAGE_CACHE, PASID_CACHE, SECOND_STAGE_CACHE } from "./cache";
import { Iotlb } from "./iotlb";
import { PagingCache } from "./paging-cache";
import { PasidEntry } from "./pasid-table";
import { Context } from "./root-context";

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
    Context.invalidateDomain(domain);
  }

  /** Source-ids that differ only in bits of `functionMask` (FM: function bits 2, 2:1 or 2:0). */
  static contextDevice(sourceId: u32, functionMask: u32, domain: u32): void {
    const ignored: u32 = functionMask == 0 ? 0 : functionMask == 1 ? 4 : functionMask == 2 ? 6 : 7;
    // Every subset of the ignored bits.
    let bits = ignored;
    while (true) {
      Context.invalidateRequester((sourceId & ~ignored) | bits, domain);
      if (bits == 0) return;
      bits = (bits - 1) & ignored;
    }
  }

  static pasidGlobal(): void {
    Cache.clear(PASID_CACHE);
  }

  static pasidDomain(domain: u32): void {
    PasidEntry.invalidate(domain, 0, false);
  }

  static pasidSelective(domain: u32, pasid: u32): void {
    PasidEntry.invalidate(domain, pasid, true);
  }

  /** IOTLB global: all translations and all paging-structure entries. */
  static translations(): void {
    Iotlb.invalidateAll();
    Cache.clear(FIRST_STAGE_CACHE);
    Cache.clear(SECOND_STAGE_CACHE);
  }

  static domain(domain: u32): void {
    Iotlb.invalidateDomain(domain);
    PagingCache.invalidateDomain(FIRST_STAGE_CACHE, domain);
    PagingCache.invalidateDomain(SECOND_STAGE_CACHE, domain);
  }

  /** `leafOnly` is the invalidation hint: entries that point to tables have not changed. */
  static domainPages(domain: u32, address: u64, addressMask: u32, leafOnly: bool): void {
    // §6.5.2.3: hardware ignores the bits from MGAW up.
    const ignored = 64 - Capability.guestAddressWidth;
    const translated = (address << ignored) >> ignored;
    Iotlb.invalidateDomainPages(domain, translated, addressMask);
    PagingCache.invalidateDomain(FIRST_STAGE_CACHE, domain);
    if (leafOnly) return;
    const tag = PagingCache.secondStageTag(domain);
    PagingCache.invalidateRange(SECOND_STAGE_CACHE, tag, translated, addressMask);
  }

  static pasid(domain: u32, pasid: u32): void {
    Iotlb.invalidatePasid(domain, pasid);
    PagingCache.invalidatePasid(domain, pasid);
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

  /** The same for the page of one address, entries that point to tables included. */
  @inline
  static pasidPage(domain: u32, pasid: u32, address: u64): void {
    const canonical = <u64>((<i64>(address << 16)) >> 16);
    if (canonical != address) return Invalidation.pasidPages(domain, pasid, address, 0, false);
    Iotlb.invalidatePasidPage(domain, pasid, address);
    PagingCache.invalidateAddress(PagingCache.firstStageTag(domain, pasid), address);
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
}
