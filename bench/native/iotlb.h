/* assembly/iotlb.ts */
#ifndef IOTLB_H
#define IOTLB_H

#include "cache.h"
#include "request.h"

#define IOTLB_ENTRY_SIZE 32
#define WITH_PASID (1ULL << 36)
#define DATA_RIGHTS_SHIFT 4
#define DATA_SIZE_SHIFT 8
#define DATA_INTERRUPT_RANGE (1ULL << 10)
#define DATA_PAGES (~0xfffULL)
#define NEEDED_GRANTS 0x3321u

#define META_PASID_SHIFT 16
#define META_KIND_SHIFT 36
#define KIND_FIRST_STAGE 1
#define KIND_SECOND_STAGE 2
#define KIND_NESTED 3
/* The bits of the kind that the two with a first stage have in common, and others have not. */
#define ONE_OR_THREE (5ULL << META_KIND_SHIFT)
#define META_DOMAIN_FIELD 0xffffULL
#define META_PASID_FIELD (0xfffffULL << META_PASID_SHIFT)
#define META_SPACE ((7ULL << META_KIND_SHIFT) | META_PASID_FIELD | META_DOMAIN_FIELD)
#define PAGE_NUMBER_BITS ((1ULL << 45) - 1)

static inline u64 iotlb_key(u32 source_id, u32 pasid)
{
    if (pasid == NO_PASID) return VALID | source_id;
    return VALID | WITH_PASID | ((u64)pasid << 16) | source_id;
}
static inline u32 iotlb_mix(u32 source_id, u32 pasid)
{
    return ((source_id ^ (pasid << 7)) * 0x9e3779b1u) >> 16;
}
static inline u64 page_shift(u64 size) { return 12 + 9 * size; }

static inline u32 iotlb_probe(u64 size, u64 address, u64 key1, u32 mix)
{
    u64 page = address >> page_shift(size);
    return cache_find(IOTLB, (page << 2) | size, key1, (u32)page ^ mix, IOTLB_ENTRY_SIZE);
}

static inline u32 iotlb_find(u32 source_id, u32 pasid, u64 address)
{
    u64 key1 = iotlb_key(source_id, pasid);
    u32 mix = iotlb_mix(source_id, pasid);
    u32 sizes = load32(IOTLB + CACHE_SIZES);
    u32 entry = 0;
    if (sizes & 1) entry = iotlb_probe(0, address, key1, mix);
    if (entry == 0 && (sizes & 2)) entry = iotlb_probe(1, address, key1, mix);
    if (entry == 0 && (sizes & 4)) entry = iotlb_probe(2, address, key1, mix);
    return entry;
}

static inline bool has_first_stage(u64 meta)
{
    return (meta & ONE_OR_THREE) == (u64)KIND_FIRST_STAGE << META_KIND_SHIFT;
}
static inline u32 iotlb_domain_hash(u64 meta)
{
    return ((u32)(meta & META_DOMAIN_FIELD) << 1) | has_first_stage(meta);
}
static inline u32 iotlb_pasid_hash(u64 meta)
{
    u64 space = meta & (META_PASID_FIELD | META_DOMAIN_FIELD);
    return ((u32)(space ^ (space >> 20)) * 0x9e3779b1u) >> 12;
}
static inline u32 iotlb_page_hash_in(u64 space, u64 page, u64 size)
{
    u64 number = page & (PAGE_NUMBER_BITS >> (9 * size));
    return (u32)number ^ ((u32)size << 5) ^ iotlb_pasid_hash(space);
}
static inline u32 iotlb_page_hash(u64 key0, u64 meta)
{
    u64 space = has_first_stage(meta) ? meta : meta & META_DOMAIN_FIELD;
    return iotlb_page_hash_in(space, key0 >> 2, key0 & 3);
}

static void iotlb_change_space(u32 entry, bool valid, u64 meta)
{
    if (valid) {
        unlink_entry(IOTLB, entry, LIST_DOMAIN);
        unlink_entry(IOTLB, entry, LIST_PASID);
    } else {
        enlist(IOTLB, entry, LIST_ALL, 0, IOTLB_ENTRY_SIZE);
    }
    enlist(IOTLB, entry, LIST_DOMAIN, iotlb_domain_hash(meta), IOTLB_ENTRY_SIZE);
    enlist(IOTLB, entry, LIST_PASID, iotlb_pasid_hash(meta), IOTLB_ENTRY_SIZE);
}

static inline void iotlb_enlist(u32 entry, u64 key0, u64 meta)
{
    u64 former = load64(entry + 24);
    bool valid = cache_is_valid(entry);
    if (!valid || ((former ^ meta) & META_SPACE) != 0) iotlb_change_space(entry, valid, meta);
    u32 hash = iotlb_page_hash(key0, meta);
    if (valid) {
        if (hash == iotlb_page_hash(load64(entry), former)) return;
        unlink_entry(IOTLB, entry, LIST_PAGE);
    }
    enlist(IOTLB, entry, LIST_PAGE, hash, IOTLB_ENTRY_SIZE);
}

static inline u32 iotlb_insert(u32 source_id, u32 pasid, u64 address, u64 physical, u64 size,
                               u64 flags, u64 meta, bool is_new)
{
    u64 shift = page_shift(size);
    u64 page = address >> shift;
    u32 hash = (u32)page ^ iotlb_mix(source_id, pasid);
    u64 key1 = iotlb_key(source_id, pasid);
    u64 key0 = (page << 2) | size;
    u32 entry = is_new ? cache_room(IOTLB, hash, IOTLB_ENTRY_SIZE)
                       : cache_choose(IOTLB, key0, key1, hash, IOTLB_ENTRY_SIZE);
    iotlb_enlist(entry, key0, meta);
    cache_set_keys(entry, key0, key1);
    u64 pages = ((address ^ physical) >> shift) << shift;
    store64(entry + 16, pages | (size << DATA_SIZE_SHIFT) | flags);
    store64(entry + 24, meta);
    store32(IOTLB + CACHE_SIZES, load32(IOTLB + CACHE_SIZES) | (1u << size));
    return entry;
}

static inline u64 iotlb_data(u32 entry) { return load64(entry + 16); }
static inline u64 iotlb_meta(u32 entry) { return load64(entry + 24); }

static inline bool iotlb_grants(u64 data, u32 access)
{
    u64 needed = (NEEDED_GRANTS >> ((access & ACCESS_TYPE) << 2)) & 3;
    return (data & (needed | DATA_INTERRUPT_RANGE)) == needed;
}
static inline u64 iotlb_physical(u64 data, u64 address) { return address ^ (data & DATA_PAGES); }

static inline void count_lookup(bool hit)
{
    count(COUNT_IOTLB_LOOKUPS);
    if (hit) count(COUNT_IOTLB_HITS);
}
static inline void count_hits(u32 hits)
{
    count_many(COUNT_IOTLB_LOOKUPS, hits);
    count_many(COUNT_IOTLB_HITS, hits);
}

#endif
