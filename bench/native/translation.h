/* assembly/translation.ts: untranslated requests of scalable mode, through one stage or both. */
#ifndef TRANSLATION_H
#define TRANSLATION_H

#include "first-stage.h"
#include "iotlb.h"

#define META_FPD (1ULL << 39)
#define META_USER (1ULL << 40)
#define META_FIRST_STAGE_WRITE (1ULL << 41)
#define META_WRITE_PROTECT (1ULL << 42)
#define META_SUPERVISOR (1ULL << 43)
#define META_SECOND_STAGE_READ (1ULL << 44)
#define META_SECOND_STAGE_WRITE (1ULL << 45)
#define META_SNOOP (1ULL << 46)
#define META_PRIVILEGED (1ULL << 47)

#define INTERRUPT_RANGE 0xfeeULL
#define RIGHT_READ 1u
#define RIGHT_WRITE 2u

static struct {
    u64 physical;
    u64 page_shift;
    u64 meta;
    u32 permissions;
    bool snoop;
    bool dirty;
} translation;

static inline bool in_interrupt_range(u64 address) { return address >> 20 == INTERRUPT_RANGE; }

static inline bool overlaps_interrupt_range(u64 address, u64 page_shift)
{
    u64 shift = page_shift > 20 ? page_shift : 20;
    return address >> shift == (INTERRUPT_RANGE << 20) >> shift;
}

static inline u64 meta_of(u32 pasid, u64 word1, u64 word2)
{
    u64 meta = (word1 & PASID_ENTRY_DID_MASK) | ((u64)pasid << META_PASID_SHIFT);
    if (word2 & PASID_ENTRY_SRE_IN_PLACE) meta |= META_SUPERVISOR;
    if (word2 & PASID_ENTRY_WPE_IN_PLACE) meta |= META_WRITE_PROTECT;
    return meta;
}

static inline u64 meta_of_leaf(u64 leaf)
{
    u64 meta = 0;
    if (leaf & FS_USER) meta |= META_USER;
    if (leaf & FS_WRITABLE) meta |= META_FIRST_STAGE_WRITE;
    return meta;
}

static inline u32 first_stage_rights(u64 meta, bool supervisor)
{
    if (!supervisor && (meta & META_USER) == 0) return 0;
    if (meta & META_FIRST_STAGE_WRITE) return RIGHT_READ | RIGHT_WRITE;
    bool protected_write = !supervisor || (meta & META_WRITE_PROTECT) != 0;
    return protected_write ? RIGHT_READ : RIGHT_READ | RIGHT_WRITE;
}

static u32 rights(bool privileged)
{
    u64 meta = translation.meta;
    bool supervisor = privileged || (meta & META_PRIVILEGED) != 0;
    if (supervisor && (meta & META_SUPERVISOR) == 0) return 0;
    u64 kind = (meta >> META_KIND_SHIFT) & 7;
    u32 both = RIGHT_READ | RIGHT_WRITE;
    if (has_first_stage(meta)) {
        both = first_stage_rights(meta, supervisor);
        if (kind == KIND_FIRST_STAGE || both == 0) return both;
    }
    if ((meta & META_SECOND_STAGE_READ) == 0) both &= ~RIGHT_READ;
    if ((meta & META_SECOND_STAGE_WRITE) == 0) both &= ~RIGHT_WRITE;
    return both;
}

static u32 check_rights(void)
{
    u64 meta = translation.meta;
    if (request.privileged && (meta & META_SUPERVISOR) == 0) return FAULT;
    u32 granted = rights(request.privileged);
    translation.permissions = granted;
    if (has_first_stage(meta) && !request.privileged && (meta & META_USER) == 0) return FAULT;
    if (writes() && (granted & RIGHT_WRITE) == 0) return FAULT;
    if (reads() && (granted & RIGHT_READ) == 0) return FAULT;
    return 0;
}

static u32 decide(void)
{
    u32 fault = check_rights();
    if (fault != 0) return fault;
    return in_interrupt_range(translation.physical) ? FAULT : 0;
}

static inline u64 flags_of(u32 both, bool dirty, bool interrupt_range)
{
    u32 grants = dirty ? both : both & ~(RIGHT_WRITE | (RIGHT_WRITE << 2));
    u64 flags = ((u64)both << DATA_RIGHTS_SHIFT) | grants;
    return interrupt_range ? flags | DATA_INTERRUPT_RANGE : flags;
}

static void remember(void)
{
    u32 both = rights(false) | (rights(true) << 2);
    bool overlaps = overlaps_interrupt_range(translation.physical, translation.page_shift);
    iotlb_insert(request.source_id, request.pasid, request.address, translation.physical,
                 (translation.page_shift - 12) / 9, flags_of(both, translation.dirty, overlaps),
                 translation.meta);
}

static u32 update_leaves(u64 kind, bool written)
{
    if (kind != KIND_SECOND_STAGE) {
        u32 failed = update_leaf(written);
        if (failed != 0) return failed;
        translation.dirty = (first_stage.word & FS_DIRTY) != 0;
    }
    if (kind != KIND_FIRST_STAGE) {
        u32 failed = ss_update_leaf(written);
        if (failed != 0) return failed;
        translation.dirty = translation.dirty && ss_is_dirty();
    }
    return 0;
}

static u32 finish(u64 kind)
{
    translation.meta |= kind << META_KIND_SHIFT;
    if (translation.snoop) translation.meta |= META_SNOOP;
    if (request.fault_processing_disabled) translation.meta |= META_FPD;
    u32 fault = decide();
    if (fault != 0) return fault;
    fault = update_leaves(kind, writes() && (translation.permissions & RIGHT_WRITE) != 0);
    if (fault != 0) return fault;
    remember();
    return 0;
}

static void take_second_stage(void)
{
    if (second_stage.permissions & SS_READ) translation.meta |= META_SECOND_STAGE_READ;
    if (second_stage.permissions & SS_WRITE) translation.meta |= META_SECOND_STAGE_WRITE;
    bool forced = (pasid_entry.word1 & PASID_ENTRY_PGSNP_IN_PLACE) != 0;
    translation.snoop = second_stage.snoop || forced;
    translation.physical = second_stage.address;
    translation.page_shift = second_stage.shift;
}

static u32 finish_first_stage(u64 leaf)
{
    if (leaf == 0) return first_stage.fault;
    translation.meta |= meta_of_leaf(leaf);
    translation.snoop = (pasid_entry.word1 & PASID_ENTRY_PGSNP_IN_PLACE) != 0;
    translation.physical = leaf_output(leaf, request.address);
    translation.page_shift = leaf_shift(leaf);
    return finish(KIND_FIRST_STAGE);
}

static u32 through_both(void)
{
    u64 leaf = walk_nested_first_stage();
    if (leaf == 0) return first_stage.fault;
    translation.meta |= meta_of_leaf(leaf) | ((u64)KIND_NESTED << META_KIND_SHIFT);
    translation.meta |= META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE;
    u32 fault = check_rights();
    if (fault != 0) return fault;
    translation.meta &= ~(META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE);
    fault = walk_second_stage(leaf_output(leaf, request.address));
    if (fault != 0) return fault;
    take_second_stage();
    u64 shift = leaf_shift(leaf);
    translation.page_shift = shift < second_stage.shift ? shift : second_stage.shift;
    return finish(KIND_NESTED);
}

static u32 walk(void)
{
    request.privileged = (request.access & ACCESS_PRIVILEGED) != 0;
    request.fault_processing_disabled = false;
    translation.dirty = true;
    translation.snoop = false;
    if (find_context() != 0 || find_pasid_entry() != 0) return FAULT;
    translation.meta = meta_of(request.effective_pasid, pasid_entry.word1, pasid_entry.word2);
    if (!has_pasid() && request.privileged) translation.meta |= META_PRIVILEGED;
    u64 type = pasid_type(pasid_entry.word0);
    if (type == PASID_ENTRY_PGTT_FS) return finish_first_stage(walk_first_stage());
    use_second_stage();
    if (type == PASID_ENTRY_PGTT_NESTED) return through_both();
    if (is_too_wide(request.address)) return FAULT;
    u32 fault = walk_second_stage(request.address);
    if (fault != 0) return fault;
    take_second_stage();
    return finish(KIND_SECOND_STAGE);
}

static u32 from_entry(u32 entry)
{
    u64 data = iotlb_data(entry);
    u64 meta = iotlb_meta(entry);
    if (meta & META_PRIVILEGED) request.privileged = true;
    if (meta & META_FPD) request.fault_processing_disabled = true;
    translation.meta = meta;
    translation.physical = iotlb_physical(data, request.address);
    translation.page_shift = page_shift((data >> DATA_SIZE_SHIFT) & 3);
    u32 fault = decide();
    if (fault != 0 || !writes() || (translation.permissions & RIGHT_WRITE) == 0) return fault;
    u32 grants = (u32)data >> (request.privileged && has_pasid() ? 2 : 0);
    return (grants & RIGHT_WRITE) == 0 ? WALK_AGAIN : 0;
}

static u32 find_translation(u32 entry)
{
    u32 fault = entry != 0 ? from_entry(entry) : WALK_AGAIN;
    while (fault == WALK_AGAIN) fault = walk();
    return fault;
}

/* assembly/direct-translation.ts: what `find` of it answers in place of an entry. */
#define NOT_BEGUN 0u
#define NOT_GRANTED 1u

static u64 direct_leaf;

static inline u32 find_directly(u32 source_id, u32 pasid, u64 address, u32 access)
{
    u32 cached = cache_find(CONTEXT_CACHE, source_id, VALID, source_id, CONTEXT_ENTRY_SIZE);
    if (cached == 0) return NOT_BEGUN;
    u64 context0 = load64(cached + 16);
    u64 context1 = load64(cached + 24);
    if (((context0 >> SM_CONTEXT_FPD_SHIFT) & 1) != 0 || (context1 >> 63) != 0) return NOT_BEGUN;
    if (check_context(pasid, context0, context1) != 0) return NOT_BEGUN;
    u32 effective = pasid;
    if (pasid == NO_PASID) {
        if (rid_priv(context1)) return NOT_BEGUN;
        effective = rid_pasid(context1);
    }
    u32 entry = pasid_cached(source_id, effective);
    if (entry == 0 || (load64(entry + 40) | load64(entry + 48)) != 0) return NOT_BEGUN;
    if (pasid_type(load64(entry + 16)) != PASID_ENTRY_PGTT_FS) return NOT_BEGUN;

    count(COUNT_REQUESTS);
    count(COUNT_IOTLB_LOOKUPS);
    count(COUNT_CONTEXT_LOOKUPS);
    count(COUNT_CONTEXT_HITS);
    count(COUNT_PASID_LOOKUPS);
    count(COUNT_PASID_HITS);
    u64 word1 = load64(entry + 24);
    u64 word2 = load64(entry + 32);
    u64 tag = VALID | ((u64)effective << 16) | (word1 & PASID_ENTRY_DID_MASK);
    u64 leaf = descend(false, address, tag, word1, word2);
    if (leaf != 0 && (~leaf & accessed_flags(word2)) == 0) {
        u64 meta = meta_of(effective, word1, word2) | meta_of_leaf(leaf);
        meta |= (u64)KIND_FIRST_STAGE << META_KIND_SHIFT;
        if (word1 & PASID_ENTRY_PGSNP_IN_PLACE) meta |= META_SNOOP;
        u64 physical = leaf_output(leaf, address);
        u32 user = first_stage_rights(meta, false);
        u32 supervisor = meta & META_SUPERVISOR ? first_stage_rights(meta, true) : 0;
        bool overlaps = overlaps_interrupt_range(physical, leaf_shift(leaf));
        u64 flags = flags_of(user | (supervisor << 2), (leaf & FS_DIRTY) != 0, overlaps);
        if (iotlb_grants(flags, access))
            return iotlb_insert(source_id, pasid, address, physical, leaf_level(leaf) - 1, flags,
                                meta);
    }
    begin_request(source_id, pasid, address, access);
    request.effective_pasid = effective;
    use_pasid_entry(entry);
    direct_leaf = leaf;
    return NOT_GRANTED;
}

static u32 go_on(u64 leaf)
{
    translation.meta = meta_of(request.effective_pasid, pasid_entry.word1, pasid_entry.word2);
    translation.dirty = true;
    u32 fault = finish_first_stage(leaf);
    while (fault == WALK_AGAIN) fault = walk();
    return fault;
}

#endif
