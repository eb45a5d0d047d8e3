/* assembly/paging-cache.ts and first-stage.ts: the walk, from the deepest entry that is cached. */
#ifndef FIRST_STAGE_H
#define FIRST_STAGE_H

#include "pasid-table.h"

#define FS_PRESENT (1ULL << FS_P_SHIFT)
#define FS_WRITABLE (1ULL << FS_RW_SHIFT)
#define FS_USER (1ULL << FS_US_SHIFT)
#define FS_ACCESSED (1ULL << FS_A_SHIFT)
#define FS_DIRTY (1ULL << FS_D_SHIFT)
#define FS_PAGE_SIZE (1ULL << FS_PS_SHIFT)
#define FS_EXTENDED_ACCESSED (1ULL << FS_EA_SHIFT)

#define WALKED_BITS ((1ULL << 57) - 1)
#define PAGING_ENTRY_SIZE 32
/* Answer of a step whose word has changed since it was read. */
#define WALK_AGAIN UINT32_MAX

static struct {
    u64 address;
    u64 shift;
    u64 permissions;
    u64 leaf;
    u64 leaf_address;
} first_stage;

static struct {
    u64 table;
    u64 permissions;
} paging_cache;

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

static inline u32 paging_find(u64 tag, u64 address, u32 levels)
{
    count(COUNT_FIRST_STAGE_PAGING_LOOKUPS);
    for (u32 level = 2; level <= levels; level++) {
        u64 key = paging_key(address, level);
        u32 entry = cache_find(FIRST_STAGE_CACHE, key, tag, paging_hash(key, tag), PAGING_ENTRY_SIZE);
        if (entry == 0) continue;
        count(COUNT_FIRST_STAGE_PAGING_HITS);
        paging_cache.table = load64(entry + 16);
        paging_cache.permissions = load64(entry + 24);
        return level - 1;
    }
    return levels;
}

static void paging_enlist(u32 entry, u64 tag)
{
    if (cache_is_valid(entry)) {
        unlink_entry(FIRST_STAGE_CACHE, entry, LIST_DOMAIN);
        unlink_entry(FIRST_STAGE_CACHE, entry, LIST_PASID);
    } else {
        enlist(FIRST_STAGE_CACHE, entry, LIST_ALL, 0, PAGING_ENTRY_SIZE);
    }
    enlist(FIRST_STAGE_CACHE, entry, LIST_DOMAIN, tag & 0xffff, PAGING_ENTRY_SIZE);
    enlist(FIRST_STAGE_CACHE, entry, LIST_PASID, paging_space(tag), PAGING_ENTRY_SIZE);
}

static inline void paging_insert(u64 tag, u64 address, u32 level, u64 table, u64 permissions)
{
    u64 key = paging_key(address, level);
    u32 entry = cache_choose(FIRST_STAGE_CACHE, key, tag, paging_hash(key, tag), PAGING_ENTRY_SIZE);
    if (load64(entry + 8) != tag) paging_enlist(entry, tag);
    cache_set_keys(entry, key, tag);
    store64(entry + 16, table);
    store64(entry + 24, permissions);
}

static inline u64 reserved_bits(u32 level, bool leaf)
{
    if (!leaf) return level >= 4 ? capability.fs_upper_reserved : capability.fs_reserved;
    if (level == 1) return capability.fs_reserved;
    return level == 2 ? capability.fs_large_reserved : capability.fs_huge_reserved;
}

static inline u32 set_flags(u64 at, u64 entry, u64 flags)
{
    if ((entry & flags) == flags) return 0;
    if (!(pasid_entry.word1 & PASID_ENTRY_PWSNP_IN_PLACE)) return FAULT;
    u64 found = compare_exchange(at, entry, entry | flags);
    if (fetch_failed) return FAULT;
    if (found != entry) return WALK_AGAIN;
    count(COUNT_FIRST_STAGE_FLAG_UPDATES);
    return 0;
}

static inline u64 accessed_flags(void)
{
    bool extended = (pasid_entry.word2 & PASID_ENTRY_EAFE_IN_PLACE) != 0;
    return extended ? FS_ACCESSED | FS_EXTENDED_ACCESSED : FS_ACCESSED;
}

static u32 walk_first_stage(void)
{
    u64 input = request.address;
    u32 levels = first_stage_mode(pasid_entry.word2) == PASID_ENTRY_FSPM_LEVEL_5 ? 5 : 4;
    u64 unused = 64 - level_shift(levels + 1);
    if ((u64)((int64_t)(input << unused) >> unused) != input) return FAULT;
    u64 domain = pasid_entry.word1 & PASID_ENTRY_DID_MASK;
    u64 tag = VALID | ((u64)request.effective_pasid << 16) | domain;
    u64 accessed = accessed_flags();
    u32 level = paging_find(tag, input, levels);
    bool top = level == levels;
    u64 table = top ? pasid_entry.word2 & ADDRESS : paging_cache.table;
    u64 permissions = top ? FS_WRITABLE | FS_USER : paging_cache.permissions;
    for (;; level--) {
        u64 shift = level_shift(level);
        u64 at = table + (((input >> shift) & 511) << 3);
        u64 entry = fetch(at, COUNT_FIRST_STAGE_READS);
        if (fetch_failed || (entry & FS_PRESENT) == 0) return FAULT;
        bool leaf = level == 1 || (level <= 3 && (entry & FS_PAGE_SIZE) != 0);
        if ((entry & reserved_bits(level, leaf)) != 0) return FAULT;
        u64 next = entry & capability.host_address;
        permissions &= entry;
        if (leaf) {
            next = (next >> shift) << shift;
            first_stage.leaf = entry;
            first_stage.leaf_address = at;
            first_stage.permissions = permissions;
            first_stage.shift = shift;
            first_stage.address = next | (input & ((1ULL << shift) - 1));
            return 0;
        }
        u32 failed = set_flags(at, entry, accessed);
        if (failed != 0) return failed;
        paging_insert(tag, input, level, next, permissions);
        table = next;
    }
}

static inline u32 update_leaf(bool written)
{
    u64 flags = accessed_flags() | (written ? FS_DIRTY : 0);
    u32 failed = set_flags(first_stage.leaf_address, first_stage.leaf, flags);
    if (failed == 0) first_stage.leaf |= flags;
    return failed;
}

#endif
