/* assembly/cache-list.ts: lists through the entries of a cache, by what invalidations select. */
#ifndef CACHE_LIST_H
#define CACHE_LIST_H

#include "memory.h"

#define LIST_ALL 0u
#define LIST_DOMAIN 1u
#define LIST_PASID 2u
#define LIST_PAGE 3u

static inline u32 list_span(u32 cache)
{
    return load32(cache + CACHE_END) - load32(cache + CACHE_BASE);
}

static inline u32 list_head(u32 cache, u32 list, u32 hash, u32 size)
{
    u32 span = list_span(cache);
    u32 heads = span / size;
    u32 row = load32(cache + CACHE_END) + span + list * heads * 4;
    return row + (hash & (heads - 1)) * 4;
}

static inline void enlist(u32 cache, u32 entry, u32 list, u32 hash, u32 size)
{
    u32 head = list_head(cache, list, hash, size);
    u32 link = entry + list_span(cache) + list * 8;
    u32 next = load32(head);
    store32(link, next);
    store32(link + 4, head);
    store32(head, link);
    if (next != 0) store32(next + 4, link);
}

static inline void unlink_entry(u32 cache, u32 entry, u32 list)
{
    u32 link = entry + list_span(cache) + list * 8;
    u32 next = load32(link);
    u32 cell = load32(link + 4);
    store32(cell, next);
    if (next != 0) store32(next + 4, cell);
}

static inline u32 list_first(u32 cache, u32 list, u32 hash, u32 size)
{
    return load32(list_head(cache, list, hash, size));
}

static inline u32 list_entry(u32 cache, u32 link, u32 list)
{
    return link - list * 8 - list_span(cache);
}

static void drop_entry(u32 cache, u32 entry)
{
    u32 lists = load32(cache + CACHE_LISTS);
    for (u32 list = 0; list < lists; list++) unlink_entry(cache, entry, list);
    store64(entry + 8, 0);
    count(COUNT_CACHE_ENTRIES_INVALIDATED);
}

#endif
