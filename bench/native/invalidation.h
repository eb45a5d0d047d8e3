/* assembly/invalidation.ts, iotlb.ts and paging-cache.ts: what a page request removes from the caches. */
#ifndef INVALIDATION_H
#define INVALIDATION_H

#include "translation.h"

/* Whether an entry has a first stage, and this domain and PASID. */
static inline bool iotlb_is_in(u64 meta, u64 space)
{
    u64 compared = ONE_OR_THREE | META_DOMAIN_FIELD | META_PASID_FIELD;
    return ((meta ^ (space | (u64)KIND_FIRST_STAGE << META_KIND_SHIFT)) & compared) == 0;
}

static inline void iotlb_drop_page(u64 space, u64 address, u64 size)
{
    u64 page = address >> page_shift(size);
    u64 key0 = page << 2 | size;
    u64 compared = (PAGE_NUMBER_BITS >> (9 * size)) << 2 | 3;
    u32 link = list_first(IOTLB, LIST_PAGE, iotlb_page_hash_in(space, page, size), IOTLB_ENTRY_SIZE);
    while (link != 0) {
        u32 entry = list_entry(IOTLB, link, LIST_PAGE);
        link = load32(link);
        if (((load64(entry) ^ key0) & compared) != 0) continue;
        if (iotlb_is_in(iotlb_meta(entry), space)) drop_entry(IOTLB, entry);
    }
}

static inline void iotlb_invalidate_page(u32 domain, u32 pasid, u64 address)
{
    u64 space = domain | ((u64)pasid << META_PASID_SHIFT);
    u32 sizes = load32(IOTLB + CACHE_SIZES);
    if (sizes & 1) iotlb_drop_page(space, address, 0);
    if (sizes & 2) iotlb_drop_page(space, address, 1);
    if (sizes & 4) iotlb_drop_page(space, address, 2);
}

static inline void paging_invalidate_address(u64 tag, u64 address)
{
    for (u32 level = 2; level <= 5; level++) {
        u64 key = paging_key(address, level);
        u32 entry =
            cache_find(FIRST_STAGE_CACHE, key, tag, paging_hash(key, tag), PAGING_ENTRY_SIZE);
        if (entry != 0) drop_entry(FIRST_STAGE_CACHE, entry);
    }
}

/* The page of one address, within a PASID; addresses that are not canonical are not the yardstick's. */
static inline void invalidate_pasid_page(u32 domain, u32 pasid, u64 address)
{
    iotlb_invalidate_page(domain, pasid, address);
    paging_invalidate_address(VALID | ((u64)pasid << 16) | domain, address);
}

#endif
