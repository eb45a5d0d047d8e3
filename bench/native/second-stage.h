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

#define SS_LEAF_LEVEL_SHIFT 52
#define TABLE 0x000ffffffffff000ULL
#define ALWAYS_INLINE static inline __attribute__((always_inline))

static struct {
    u64 pointer;
    u32 levels;
    u64 tag;
    u64 above_input;
    bool flags;
    u32 fault;
    /* Of the last leaf: what was read, and where. */
    u64 word;
    u64 leaf_address;
} second_stage;

static inline void use_second_stage(void)
{
    u64 width = (pasid_entry.word0 >> PASID_ENTRY_AW_SHIFT) & PASID_ENTRY_AW_MASK;
    u64 adjusted = 30 + 9 * width;
    u64 input = capability.guest_address_width < adjusted ? capability.guest_address_width : adjusted;
    second_stage.pointer = pasid_entry.word0 & ADDRESS;
    second_stage.levels = (u32)width + 2;
    second_stage.tag = VALID | (pasid_entry.word1 & PASID_ENTRY_DID_MASK);
    second_stage.above_input = ~0ULL << input;
    second_stage.flags = (pasid_entry.word0 & PASID_ENTRY_SSADE_IN_PLACE) != 0;
}

static inline bool is_too_wide(u64 address) { return (address & second_stage.above_input) != 0; }

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

static u32 ss_update_leaf(bool written)
{
    if (!second_stage.flags) return 0;
    u64 flags = written ? SS_ACCESSED | SS_DIRTY : SS_ACCESSED;
    u32 failed = ss_set_flags(second_stage.leaf_address, second_stage.word, flags);
    if (failed == 0) second_stage.word |= flags;
    return failed;
}

static inline bool ss_is_accessed(void)
{
    return !second_stage.flags || (second_stage.word & SS_ACCESSED) != 0;
}
static inline bool ss_is_dirty(void)
{
    return !second_stage.flags || (second_stage.word & SS_DIRTY) != 0;
}

/* What a walk answered. */
static inline u32 ss_leaf_level(u64 leaf) { return (u32)(leaf >> SS_LEAF_LEVEL_SHIFT); }
static inline u64 ss_output(u64 leaf, u64 input)
{
    u64 shift = level_shift(ss_leaf_level(leaf));
    return (leaf & TABLE) | (input & ((1ULL << shift) - 1));
}

static u64 ss_refuse(u32 fault)
{
    second_stage.fault = fault;
    return 0;
}

ALWAYS_INLINE u64 ss_step(u64 above, u64 input, u32 level, u64 tag)
{
    u64 at = (above & TABLE) + (((input >> level_shift(level)) & 511) << 3);
    u64 entry = fetch(at, COUNT_SECOND_STAGE_READS);
    if (has_failed(entry)) return ss_refuse(FAULT);
    bool leaf = level == 1 || (level <= 3 && (entry & SS_PAGE_SIZE) != 0);
    if ((entry & (SS_IO_WRITE | ss_reserved_bits(level, leaf))) != 0) return ss_refuse(FAULT);
    u64 permissions = above & entry & (SS_READ | SS_WRITE);
    if (permissions == 0) return ss_refuse(FAULT);
    u64 next = entry & capability.host_address;
    if (leaf) {
        second_stage.word = entry;
        second_stage.leaf_address = at;
        return next | (entry & SS_SNOOP) | permissions | ((u64)level << SS_LEAF_LEVEL_SHIFT);
    }
    if (second_stage.flags) {
        u32 failed = ss_set_flags(at, entry, SS_ACCESSED);
        if (failed != 0) return ss_refuse(failed);
    }
    paging_insert(SECOND_STAGE_CACHE, tag, input, level, next, permissions);
    return next | permissions;
}

/* Answers the leaf, with the permissions of all entries and its level, or 0. */
static u64 walk_second_stage(u64 input)
{
    u32 levels = second_stage.levels;
    u64 tag = second_stage.tag;
    u32 cached = paging_find(SECOND_STAGE_CACHE, tag, input, levels);
    u32 level = cached == 0 ? levels : paging_level_below(cached);
    u64 entry = cached == 0 ? second_stage.pointer | SS_READ | SS_WRITE
                            : paging_table(cached) | paging_permissions(cached);
    if (level >= 5) {
        entry = ss_step(entry, input, 5, tag);
        if (entry == 0) return 0;
    }
    if (level >= 4) {
        entry = ss_step(entry, input, 4, tag);
        if (entry == 0) return 0;
    }
    if (level >= 3) {
        entry = ss_step(entry, input, 3, tag);
        if (entry == 0 || ss_leaf_level(entry) != 0) return entry;
    }
    if (level >= 2) {
        entry = ss_step(entry, input, 2, tag);
        if (entry == 0 || ss_leaf_level(entry) != 0) return entry;
    }
    return ss_step(entry, input, 1, tag);
}

#endif
