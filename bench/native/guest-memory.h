/* assembly/guest-memory.ts and memory.ts: guest RAM behind its map, with holes and poison. */
#ifndef GUEST_MEMORY_H
#define GUEST_MEMORY_H

#include "memory.h"

#define FAILED UINT64_MAX
#define MAP_REGION_COUNT 4
#define MAP_POISON_COUNT 8
#define MAP_REGIONS 64
#define MAP_POISONS 4096
#define MAP_RECORD_SIZE 32
#define REGION_LENGTH 8
#define REGION_OFFSET 16
#define POISON_END 8
#define POISON_FLAGS 16
#define POISON_READS 1u
#define POISON_WRITES 2u

static u32 memory_map;
static bool fetch_failed;

static bool poisoned(u64 address, u32 kind)
{
    u32 ranges = load32(memory_map + MAP_POISON_COUNT);
    u32 range = memory_map + MAP_POISONS;
    for (u32 i = 0; i < ranges; i++, range += MAP_RECORD_SIZE) {
        if (address + 8 > load64(range) && address < load64(range + POISON_END) &&
            (load32(range + POISON_FLAGS) & kind))
            return true;
    }
    return false;
}

static u32 locate(u64 address, u32 kind)
{
    if (load32(memory_map + MAP_POISON_COUNT) != 0 && poisoned(address, kind)) return 0;
    u32 regions = load32(memory_map + MAP_REGION_COUNT);
    u32 region = memory_map + MAP_REGIONS;
    for (u32 i = 0; i < regions; i++, region += MAP_RECORD_SIZE) {
        u64 offset = address - load64(region);
        if (offset < load64(region + REGION_LENGTH))
            return memory_map + load32(region + REGION_OFFSET) + (u32)offset;
    }
    return 0;
}

static u64 read_elsewhere(u64 address)
{
    u32 at = locate(address, POISON_READS);
    fetch_failed = at == 0;
    return at == 0 ? FAILED : load64(at);
}

/* All ones is what a failed read answers; `has_failed` then tells. Most words are in the first region. */
static inline u64 read_word(u64 address)
{
    if (load32(memory_map + MAP_POISON_COUNT) == 0) {
        u64 offset = address - load64(memory_map + MAP_REGIONS);
        if (offset < load64(memory_map + MAP_REGIONS + REGION_LENGTH)) {
            u32 region = memory_map + load32(memory_map + MAP_REGIONS + REGION_OFFSET);
            u64 value = load64(region + (u32)offset);
            if (value != FAILED) return value;
        }
    }
    return read_elsewhere(address);
}

static inline bool has_failed(u64 word) { return word == FAILED && fetch_failed; }

static inline u64 fetch(u64 address, u32 counter)
{
    count(counter);
    return read_word(address);
}

static inline u64 compare_exchange(u64 address, u64 expected, u64 replacement)
{
    u32 at = locate(address, POISON_WRITES);
    fetch_failed = at == 0;
    if (at == 0) return FAILED;
    u64 found = load64(at);
    if (found == expected) store64(at, replacement);
    return found;
}

#endif
