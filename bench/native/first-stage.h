/* assembly/first-stage.ts and nested.ts: the walk, from the deepest entry that is cached. */
#ifndef FIRST_STAGE_H
#define FIRST_STAGE_H

#include "second-stage.h"

#define FS_PRESENT (1ULL << FS_P_SHIFT)
#define FS_WRITABLE (1ULL << FS_RW_SHIFT)
#define FS_USER (1ULL << FS_US_SHIFT)
#define FS_ACCESSED (1ULL << FS_A_SHIFT)
#define FS_DIRTY (1ULL << FS_D_SHIFT)
#define FS_PAGE_SIZE (1ULL << FS_PS_SHIFT)
#define FS_EXTENDED_ACCESSED (1ULL << FS_EA_SHIFT)
#define LEAF_LEVEL_SHIFT 52
#define LEAF_LEVEL (7ULL << LEAF_LEVEL_SHIFT)

static struct {
    u32 fault;
    u64 word;
    u64 leaf_address;
    bool writable;
} first_stage;

static u64 refuse(u32 fault)
{
    first_stage.fault = fault;
    return 0;
}

static inline u64 reserved_bits(u32 level, bool leaf)
{
    if (!leaf) return level >= 4 ? capability.fs_upper_reserved : capability.fs_reserved;
    if (level == 1) return capability.fs_reserved;
    return level == 2 ? capability.fs_large_reserved : capability.fs_huge_reserved;
}

static u32 set_flags(u64 at, u64 entry, u64 flags, bool writable, u64 word1)
{
    if (!writable || !(word1 & PASID_ENTRY_PWSNP_IN_PLACE)) return FAULT;
    u64 found = compare_exchange(at, entry, entry | flags);
    if (fetch_failed) return FAULT;
    if (found != entry) return WALK_AGAIN;
    count(COUNT_FIRST_STAGE_FLAG_UPDATES);
    return 0;
}

static inline u64 accessed_flags(u64 word2)
{
    bool extended = (word2 & PASID_ENTRY_EAFE_IN_PLACE) != 0;
    return extended ? FS_ACCESSED | FS_EXTENDED_ACCESSED : FS_ACCESSED;
}

static inline u32 leaf_level(u64 leaf) { return (u32)((leaf & LEAF_LEVEL) >> LEAF_LEVEL_SHIFT); }
static inline u64 leaf_shift(u64 leaf) { return level_shift(leaf_level(leaf)); }
static inline u64 leaf_output(u64 leaf, u64 input)
{
    u64 shift = leaf_shift(leaf);
    u64 page = ((leaf & capability.host_address) >> shift) << shift;
    return page | (input & ((1ULL << shift) - 1));
}

/* assembly/nested.ts */
static u32 check_entry(u64 place)
{
    u64 both = SS_READ | SS_WRITE;
    u64 needed = second_stage.flags ? both : SS_READ;
    if ((place & needed) != needed) return FAULT;
    return ss_update_leaf(true);
}

ALWAYS_INLINE u64 step(bool nested, u64 above, u64 input, u32 level, u64 tag, u64 flags, u64 word1)
{
    u64 at = (above & TABLE) + (((input >> level_shift(level)) & 511) << 3);
    bool writable = true;
    if (nested) {
        u64 place = walk_second_stage(at);
        if (place == 0) return refuse(second_stage.fault);
        u32 denied = check_entry(place);
        if (denied != 0) return refuse(denied);
        at = ss_output(place, at);
        writable = (place & (SS_READ | SS_WRITE)) == (SS_READ | SS_WRITE);
    }
    u64 entry = fetch(at, COUNT_FIRST_STAGE_READS);
    if (has_failed(entry) || (entry & FS_PRESENT) == 0) return refuse(FAULT);
    bool leaf = level == 1 || (level <= 3 && (entry & FS_PAGE_SIZE) != 0);
    if ((entry & reserved_bits(level, leaf)) != 0) return refuse(FAULT);
    u64 permissions = above & entry & (FS_WRITABLE | FS_USER);
    if (leaf) {
        u64 shift = level_shift(level);
        u64 page = ((entry & capability.host_address) >> shift) << shift;
        if (nested && is_too_wide(page)) return refuse(FAULT);
        first_stage.word = entry;
        first_stage.leaf_address = at;
        first_stage.writable = writable;
        u64 plain = entry & ~(LEAF_LEVEL | FS_WRITABLE | FS_USER);
        return plain | permissions | ((u64)level << LEAF_LEVEL_SHIFT);
    }
    u64 next = entry & capability.host_address;
    if (nested && is_too_wide(next)) return refuse(FAULT);
    if ((entry & flags) != flags) {
        u32 failed = set_flags(at, entry, flags, writable, word1);
        if (failed != 0) return refuse(failed);
    }
    paging_insert(FIRST_STAGE_CACHE, tag, input, level, next, permissions);
    return next | permissions | FS_PRESENT;
}

/* Answers the leaf, with the permissions of all entries and its level, or 0. */
ALWAYS_INLINE u64 descend(bool nested, u64 input, u64 tag, u64 word1, u64 word2)
{
    u32 levels = first_stage_mode(word2) == PASID_ENTRY_FSPM_LEVEL_5 ? 5 : 4;
    u64 unused = 64 - level_shift(levels + 1);
    if ((u64)((int64_t)(input << unused) >> unused) != input) return refuse(FAULT);
    u64 flags = accessed_flags(word2);
    u32 cached = paging_find(FIRST_STAGE_CACHE, tag, input, levels);
    u32 level = cached == 0 ? levels : paging_level_below(cached);
    u64 entry = cached == 0 ? (word2 & TABLE) | FS_WRITABLE | FS_USER
                            : paging_table(cached) | paging_permissions(cached);
    if (level >= 5) {
        entry = step(nested, entry, input, 5, tag, flags, word1);
        if (entry == 0) return 0;
    }
    if (level >= 4) {
        entry = step(nested, entry, input, 4, tag, flags, word1);
        if (entry == 0) return 0;
    }
    if (level >= 3) {
        entry = step(nested, entry, input, 3, tag, flags, word1);
        if (entry == 0 || leaf_level(entry) != 0) return entry;
    }
    if (level >= 2) {
        entry = step(nested, entry, input, 2, tag, flags, word1);
        if (entry == 0 || leaf_level(entry) != 0) return entry;
    }
    return step(nested, entry, input, 1, tag, flags, word1);
}

static inline u64 first_stage_tag(void)
{
    u64 domain = pasid_entry.word1 & PASID_ENTRY_DID_MASK;
    return VALID | ((u64)request.effective_pasid << 16) | domain;
}

static u64 walk_first_stage(void)
{
    return descend(false, request.address, first_stage_tag(), pasid_entry.word1, pasid_entry.word2);
}
static u64 walk_nested_first_stage(void)
{
    return descend(true, request.address, first_stage_tag(), pasid_entry.word1, pasid_entry.word2);
}

static u32 update_leaf(bool written)
{
    u64 flags = accessed_flags(pasid_entry.word2) | (written ? FS_DIRTY : 0);
    u64 entry = first_stage.word;
    if ((entry & flags) == flags) return 0;
    u64 at = first_stage.leaf_address;
    u32 failed = set_flags(at, entry, flags, first_stage.writable, pasid_entry.word1);
    if (failed == 0) first_stage.word |= flags;
    return failed;
}

#endif
