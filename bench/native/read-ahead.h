/*
 * assembly/read-ahead.ts: the entries that the walks of the next requests end with, fetched together.
 * Where the core loads a word whose value nobody uses, C has an instruction that waits for nothing.
 */
#ifndef READ_AHEAD_H
#define READ_AHEAD_H

#include "translation.h"

#define MOST_LEVELS 5u

static bool read_ahead_allowed;

static struct {
    u32 length;
    u32 end;
    u32 misses;
    u64 table;
    u32 levels;
} ahead;

static inline u32 place_of(u64 address)
{
    u64 offset = address - load64(memory_map + MAP_REGIONS);
    if (offset >= load64(memory_map + MAP_REGIONS + REGION_LENGTH))
        return locate(address, POISON_READS);
    return memory_map + load32(memory_map + MAP_REGIONS + REGION_OFFSET) + (u32)offset;
}

static inline u32 last_entry(u64 table, u64 address, u32 levels)
{
    if (levels == 0 || levels > MOST_LEVELS) return 0;
    u64 entry = table;
    u32 shift = 3 + 9 * levels;
    for (;;) {
        u32 place = place_of((entry & TABLE) + (((address >> shift) & 511) << 3));
        if (place == 0 || shift == 12) return place;
        entry = load64(place);
        if ((entry & (FS_PAGE_SIZE | PRESENT)) != PRESENT) return 0;
        shift -= 9;
    }
}

static void find_tables(u32 source_id, u32 pasid)
{
    ahead.levels = 0;
    u32 cached = cache_find(CONTEXT_CACHE, source_id, VALID, source_id, CONTEXT_ENTRY_SIZE);
    if (cached == 0) return;
    u32 entry = pasid_cached(source_id, pasid == NO_PASID ? rid_pasid(load64(cached + 24)) : pasid);
    if (entry == 0) return;
    u64 word0 = load64(entry + 16);
    u64 word2 = load64(entry + 32);
    if (pasid_type(word0) == PASID_ENTRY_PGTT_FS) {
        ahead.table = word2;
        ahead.levels = first_stage_mode(word2) == PASID_ENTRY_FSPM_LEVEL_5 ? 5 : 4;
    } else if (pasid_type(word0) == PASID_ENTRY_PGTT_SS) {
        ahead.table = word0;
        ahead.levels = (u32)((word0 >> PASID_ENTRY_AW_SHIFT) & PASID_ENTRY_AW_MASK) + 2;
    }
}

static void read_group(u32 record, u32 length)
{
    u32 places[READ_AHEAD_COUNT];
    u32 source_id = 0;
    u32 pasid = 0;
    ahead.levels = 0;
    for (u32 i = 0; i < length; i++, record += REQUEST_SIZE) {
        u32 next_id = load32(record + REQUEST_SOURCE_ID);
        u32 next_pasid = load32(record + REQUEST_PASID);
        if (ahead.levels == 0 || next_id != source_id || next_pasid != pasid) {
            source_id = next_id;
            pasid = next_pasid;
            find_tables(source_id, pasid);
        }
        places[i] = last_entry(ahead.table, load64(record + REQUEST_ADDRESS), ahead.levels);
    }
    for (u32 i = 0; i < length; i++) __builtin_prefetch(memory + places[i]);
}

static void next_group(u32 record, u32 done, u32 length)
{
    bool most_missed = ahead.misses > ahead.length / 2;
    ahead.misses = 0;
    ahead.length = length - done < READ_AHEAD_COUNT ? length - done : READ_AHEAD_COUNT;
    ahead.end = done + ahead.length;
    if (most_missed && read_ahead_allowed) read_group(record, ahead.length);
}

static inline void note_miss(u32 record, u32 done, u32 length)
{
    if (done >= ahead.end) next_group(record, done, length);
    ahead.misses++;
}

#endif
