/* assembly/cache.ts: sets of four entries; two key words, then what the owner stores. */
#ifndef CACHE_H
#define CACHE_H

#include "cache-list.h"

#define VALID (1ULL << 63)

#define CONTEXT_CACHE (CACHE + 0 * CACHE_SIZE)
#define PASID_CACHE (CACHE + 1 * CACHE_SIZE)
#define IOTLB (CACHE + 2 * CACHE_SIZE)
#define FIRST_STAGE_CACHE (CACHE + 3 * CACHE_SIZE)
#define SECOND_STAGE_CACHE (CACHE + 4 * CACHE_SIZE)

#define SET_ENTRIES 4

static inline u32 cache_set(u32 cache, u32 hash, u32 size)
{
    u32 set = hash & load32(cache + CACHE_SET_MASK);
    return load32(cache + CACHE_BASE) + set * SET_ENTRIES * size;
}

static inline bool cache_matches(u32 entry, u64 key0, u64 key1)
{
    return ((load64(entry) ^ key0) | (load64(entry + 8) ^ key1)) == 0;
}

/* The way is computed, not branched on: which one it is cannot be predicted. */
static inline u32 cache_find(u32 cache, u64 key0, u64 key1, u32 hash, u32 size)
{
    u32 set = cache_set(cache, hash, size);
    u32 way = cache_matches(set + size, key0, key1) * 1u +
              cache_matches(set + 2 * size, key0, key1) * 2u +
              cache_matches(set + 3 * size, key0, key1) * 3u;
    u32 entry = set + way * size;
    return cache_matches(entry, key0, key1) ? entry : 0;
}

static inline bool cache_is_valid(u32 entry) { return load64(entry + 8) != 0; }

/* Where an entry goes whose keys no entry has. */
static inline u32 cache_room(u32 cache, u32 hash, u32 size)
{
    u32 ways = load32(cache + CACHE_WAYS);
    u32 set = cache_set(cache, hash, size);
    if (!cache_is_valid(set)) return set;
    if (ways > 1 && !cache_is_valid(set + size)) return set + size;
    if (ways > 2) {
        if (!cache_is_valid(set + 2 * size)) return set + 2 * size;
        if (!cache_is_valid(set + 3 * size)) return set + 3 * size;
    }
    u32 victim = load32(cache + CACHE_VICTIM);
    store32(cache + CACHE_VICTIM, victim + 1);
    return set + (victim & (ways - 1)) * size;
}

static inline u32 cache_choose(u32 cache, u64 key0, u64 key1, u32 hash, u32 size)
{
    u32 found = cache_find(cache, key0, key1, hash, size);
    return found != 0 ? found : cache_room(cache, hash, size);
}

static inline void cache_set_keys(u32 entry, u64 key0, u64 key1)
{
    store64(entry, key0);
    store64(entry + 8, key1);
}

#endif
