/* assembly/invalidation.ts, iotlb.ts and paging-cache.ts: what a page request removes from the caches. */
#ifndef INVALIDATION_H
#define INVALIDATION_H

#include "translation.h"

/* log2 of the 4 KiB pages that a four-level walk can tell apart, and a mask that leaves no bit. */
#define FOUR_LEVEL_PAGES 36u
#define EVERYTHING 63u

/* Pieces of 2^shift bytes that a range of 2^range_shift has a part in, no more than a cache can hold. */
static inline u32 pieces(u64 range_shift, u64 shift)
{
    if (range_shift <= shift) return 1;
    u64 difference = range_shift - shift;
    return 1u << (difference < 21 ? difference : 21);
}

/* Whether an entry has the domain and PASID of `like`, and a first stage. */
static inline bool iotlb_is_like(u32 entry, u64 like)
{
    u64 meta = iotlb_meta(entry);
    return has_first_stage(meta) && ((meta ^ like) & (META_DOMAIN_FIELD | META_PASID_FIELD)) == 0;
}

static inline bool iotlb_overlaps(u32 entry, u64 address, u32 mask)
{
    u64 key = load64(entry);
    u64 size = key & 3;
    u64 page = (key >> 2) << (9 * size);
    u64 shift = 9 * size > mask ? 9 * size : mask;
    if (shift >= 45) return true;
    return (page & PAGE_NUMBER_BITS) >> shift == ((address >> 12) & PAGE_NUMBER_BITS) >> shift;
}

static inline u32 iotlb_drop_like(u32 link, u32 list, u64 like, u64 address, u32 mask)
{
    u32 entry = list_entry(IOTLB, link, list);
    u32 next = load32(link);
    if (iotlb_is_like(entry, like) && iotlb_overlaps(entry, address, mask)) drop_entry(IOTLB, entry);
    return next;
}

static void iotlb_drop_pages_of_size(u64 size, u64 like, u64 address, u32 mask)
{
    u32 count_of_pieces = pieces(mask, 9 * size);
    u64 first = ((address >> 12) & ~((1ULL << mask) - 1)) >> (9 * size);
    for (u32 i = 0; i < count_of_pieces; i++) {
        u32 link = list_first(IOTLB, LIST_PAGE, iotlb_page_hash(((first + i) << 2) | size, like), IOTLB_ENTRY_SIZE);
        while (link != 0) link = iotlb_drop_like(link, LIST_PAGE, like, address, mask);
    }
}

/* Looks at the entries of the PASID, or when these are more, for every page that the range can have. */
static void iotlb_invalidate_pages(u32 domain, u32 pasid, u64 address, u32 mask)
{
    u64 wanted = domain | ((u64)pasid << META_PASID_SHIFT);
    u64 like = wanted | ((u64)KIND_FIRST_STAGE << META_KIND_SHIFT);
    u32 sizes = load32(IOTLB + CACHE_SIZES);
    u32 budget = 0;
    for (u32 size = 0; size < 3; size++) {
        if ((sizes >> size) & 1) budget += pieces(mask, 9 * size);
    }
    u32 link = list_first(IOTLB, LIST_PASID, iotlb_pasid_hash(wanted), IOTLB_ENTRY_SIZE);
    for (; link != 0 && budget != 0; budget--)
        link = iotlb_drop_like(link, LIST_PASID, like, address, mask);
    if (link == 0) return;
    for (u32 size = 0; size < 3; size++) {
        if ((sizes >> size) & 1) iotlb_drop_pages_of_size(size, like, address, mask);
    }
}

static inline bool paging_overlaps(u32 entry, u64 address, u64 range_shift)
{
    u64 key = load64(entry);
    u64 entry_shift = level_shift((u32)(key & 7));
    u64 shift = entry_shift > range_shift ? entry_shift : range_shift;
    if (shift > 56) return true;
    return ((key >> 3) << entry_shift) >> shift == (address & WALKED_BITS) >> shift;
}

static void paging_drop_level(u64 tag, u64 address, u64 range_shift, u32 level)
{
    u64 step_bytes = 1ULL << level_shift(level);
    u64 start = address & ~((1ULL << range_shift) - 1);
    u32 count_of_pieces = pieces(range_shift, level_shift(level));
    for (u32 i = 0; i < count_of_pieces; i++) {
        u64 key = paging_key(start + i * step_bytes, level);
        u32 entry =
            cache_find(FIRST_STAGE_CACHE, key, tag, paging_hash(key, tag), PAGING_ENTRY_SIZE);
        if (entry != 0) drop_entry(FIRST_STAGE_CACHE, entry);
    }
}

static void paging_invalidate_range(u64 tag, u64 address, u32 mask)
{
    u64 range_shift = 12 + mask;
    u32 budget = 0;
    for (u32 level = 2; level <= 5; level++) budget += pieces(range_shift, level_shift(level));
    u32 link = list_first(FIRST_STAGE_CACHE, LIST_PASID, paging_space(tag), PAGING_ENTRY_SIZE);
    for (; link != 0 && budget != 0; budget--) {
        u32 entry = list_entry(FIRST_STAGE_CACHE, link, LIST_PASID);
        link = load32(link);
        if (load64(entry + 8) == tag && paging_overlaps(entry, address, range_shift))
            drop_entry(FIRST_STAGE_CACHE, entry);
    }
    if (link == 0) return;
    for (u32 level = 2; level <= 5; level++) paging_drop_level(tag, address, range_shift, level);
}

static void invalidate_first_stage_pages(u32 domain, u32 pasid, u64 address, u32 mask)
{
    iotlb_invalidate_pages(domain, pasid, address, mask);
    paging_invalidate_range(VALID | ((u64)pasid << 16) | domain, address, mask);
}

static void invalidate_pasid_pages(u32 domain, u32 pasid, u64 address, u32 mask)
{
    u32 known = mask < FOUR_LEVEL_PAGES ? mask : EVERYTHING;
    u64 canonical = (u64)((int64_t)(address << 16) >> 16);
    invalidate_first_stage_pages(domain, pasid, address, known);
    if (canonical != address) invalidate_first_stage_pages(domain, pasid, canonical, known);
}

#endif
