/* assembly/second-stage.ts, of scalable mode, without cached faults (CM). */
#ifndef SECOND_STAGE_H
#define SECOND_STAGE_H

#include "paging-cache.h"

#define SS_READ 1ULL
#define SS_WRITE 2ULL
#define SS_PAGE_SIZE (1ULL << SS_PS_SHIFT)
#define SS_ACCESSED (1ULL << SS_A_SHIFT)
#define SS_DIRTY (1ULL << SS_D_SHIFT)
#define SS_SNOOP (1ULL << SS_SNP_SHIFT)
#define SS_IO_WRITE (1ULL << SS_IW_SHIFT)
/* Answer of a step whose word has changed since it was read. */
#define WALK_AGAIN UINT32_MAX

static struct {
    u64 pointer;
    u32 levels;
    u64 tag;
    bool flags;
    u64 address;
    u64 shift;
    u64 permissions;
    bool snoop;
    u64 leaf;
    u64 leaf_address;
} second_stage;

static inline void use_second_stage(void)
{
    u64 width = (pasid_entry.word0 >> PASID_ENTRY_AW_SHIFT) & PASID_ENTRY_AW_MASK;
    second_stage.pointer = pasid_entry.word0 & ADDRESS;
    second_stage.levels = (u32)width + 2;
    second_stage.tag = VALID | (pasid_entry.word1 & PASID_ENTRY_DID_MASK);
    second_stage.flags = (pasid_entry.word0 & PASID_ENTRY_SSADE_IN_PLACE) != 0;
}

static inline bool is_too_wide(u64 address)
{
    u64 adjusted = 12 + 9 * second_stage.levels;
    u64 width = capability.guest_address_width < adjusted ? capability.guest_address_width : adjusted;
    return address >> width != 0;
}

static inline u64 ss_reserved_bits(u32 level, bool leaf)
{
    if (!leaf) return level >= 4 ? capability.ss_upper_reserved : capability.ss_table_reserved;
    if (level == 1) return capability.ss_page_reserved;
    return level == 2 ? capability.ss_large_reserved : capability.ss_huge_reserved;
}

static inline u32 ss_set_flags(u64 at, u64 entry, u64 flags)
{
    if ((entry & flags) == flags) return 0;
    if (!(pasid_entry.word1 & PASID_ENTRY_PWSNP_IN_PLACE)) return FAULT;
    u64 found = compare_exchange(at, entry, entry | flags);
    if (fetch_failed) return FAULT;
    if (found != entry) return WALK_AGAIN;
    count(COUNT_SECOND_STAGE_FLAG_UPDATES);
    return 0;
}

static inline u32 ss_update_leaf(bool written)
{
    if (!second_stage.flags) return 0;
    u64 flags = written ? SS_ACCESSED | SS_DIRTY : SS_ACCESSED;
    u32 failed = ss_set_flags(second_stage.leaf_address, second_stage.leaf, flags);
    if (failed == 0) second_stage.leaf |= flags;
    return failed;
}

static inline bool ss_is_dirty(void)
{
    return !second_stage.flags || (second_stage.leaf & SS_DIRTY) != 0;
}

static u32 walk_second_stage(u64 input)
{
    u64 tag = second_stage.tag;
    bool flags = second_stage.flags;
    u32 cached = paging_find(SECOND_STAGE_CACHE, tag, input, second_stage.levels);
    u32 level = cached == 0 ? second_stage.levels : paging_level_below(cached);
    u64 table = cached == 0 ? second_stage.pointer : paging_table(cached);
    u64 permissions = cached == 0 ? SS_READ | SS_WRITE : paging_permissions(cached);
    for (;; level--) {
        u64 shift = level_shift(level);
        u64 at = table + (((input >> shift) & 511) << 3);
        u64 entry = fetch(at, COUNT_SECOND_STAGE_READS);
        if (fetch_failed || (entry & (SS_READ | SS_WRITE)) == 0) return FAULT;
        bool leaf = level == 1 || (level <= 3 && (entry & SS_PAGE_SIZE) != 0);
        if ((entry & (SS_IO_WRITE | ss_reserved_bits(level, leaf))) != 0) return FAULT;
        permissions &= entry & (SS_READ | SS_WRITE);
        if (permissions == 0) return FAULT;
        u64 next = entry & capability.host_address;
        if (leaf) {
            second_stage.leaf = entry;
            second_stage.leaf_address = at;
            second_stage.permissions = permissions;
            second_stage.snoop = (entry & SS_SNOOP) != 0;
            second_stage.shift = shift;
            second_stage.address = next | (input & ((1ULL << shift) - 1));
            return 0;
        }
        if (flags) {
            u32 failed = ss_set_flags(at, entry, SS_ACCESSED);
            if (failed != 0) return failed;
        }
        paging_insert(SECOND_STAGE_CACHE, tag, input, level, next, permissions);
        table = next;
    }
}

#endif
