/* assembly/paging-cache.ts: the deepest entry of a walk that is cached. */
#ifndef PAGING_CACHE_H
#define PAGING_CACHE_H

#include "pasid-table.h"

#define WALKED_BITS ((1ULL << 57) - 1)
#define PAGING_ENTRY_SIZE 32

static inline u64 level_shift(u32 level) { return 3 + 9 * level; }

static inline u64 paging_key(u64 address, u32 level)
{
    return (((address & WALKED_BITS) >> level_shift(level)) << 3) | level;
}
static inline u32 paging_space(u64 tag) { return ((u32)tag * 0x9e3779b1u) >> 16; }
static inline u32 paging_hash(u64 key, u64 tag)
{
    return (u32)(key >> 3) ^ ((u32)key << 5) ^ paging_space(tag);
}

static inline u32 paging_probe(u32 cache, u64 tag, u64 address, u32 level)
{
    u64 key = paging_key(address, level);
    return cache_find(cache, key, tag, paging_hash(key, tag), PAGING_ENTRY_SIZE);
}

static inline u32 paging_find(u32 cache, u64 tag, u64 address, u32 levels)
{
    bool first = cache == FIRST_STAGE_CACHE;
    count(first ? COUNT_FIRST_STAGE_PAGING_LOOKUPS : COUNT_SECOND_STAGE_PAGING_LOOKUPS);
    u32 entry = paging_probe(cache, tag, address, 2);
    if (entry == 0) entry = paging_probe(cache, tag, address, 3);
    if (entry == 0 && levels >= 4) entry = paging_probe(cache, tag, address, 4);
    if (entry == 0 && levels >= 5) entry = paging_probe(cache, tag, address, 5);
    if (entry != 0) count(first ? COUNT_FIRST_STAGE_PAGING_HITS : COUNT_SECOND_STAGE_PAGING_HITS);
    return entry;
}

static inline u32 paging_level_below(u32 entry) { return (u32)(load64(entry) & 7) - 1; }
static inline u64 paging_table(u32 entry) { return load64(entry + 16); }
static inline u64 paging_permissions(u32 entry) { return load64(entry + 24); }

static void paging_enlist(u32 cache, u32 entry, u64 tag)
{
    bool tagged = cache == FIRST_STAGE_CACHE;
    if (cache_is_valid(entry)) {
        unlink_entry(cache, entry, LIST_DOMAIN);
        if (tagged) unlink_entry(cache, entry, LIST_PASID);
    } else {
        enlist(cache, entry, LIST_ALL, 0, PAGING_ENTRY_SIZE);
    }
    enlist(cache, entry, LIST_DOMAIN, tag & 0xffff, PAGING_ENTRY_SIZE);
    if (tagged) enlist(cache, entry, LIST_PASID, paging_space(tag), PAGING_ENTRY_SIZE);
}

static inline void paging_insert(u32 cache, u64 tag, u64 address, u32 level, u64 table,
                                 u64 permissions)
{
    u64 key = paging_key(address, level);
    u32 entry = cache_room(cache, paging_hash(key, tag), PAGING_ENTRY_SIZE);
    if (load64(entry + 8) != tag) paging_enlist(cache, entry, tag);
    cache_set_keys(entry, key, tag);
    store64(entry + 16, table);
    store64(entry + 24, permissions);
}

#endif
