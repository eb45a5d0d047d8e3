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

static inline u32 rights_of(u64 meta, u64 kind, bool supervisor)
{
    if (supervisor && (meta & META_SUPERVISOR) == 0) return 0;
    u32 both = RIGHT_READ | RIGHT_WRITE;
    if (kind == KIND_FIRST_STAGE || kind == KIND_NESTED) {
        both = first_stage_rights(meta, supervisor);
        if (kind == KIND_FIRST_STAGE || both == 0) return both;
    }
    if ((meta & META_SECOND_STAGE_READ) == 0) both &= ~RIGHT_READ;
    if ((meta & META_SECOND_STAGE_WRITE) == 0) both &= ~RIGHT_WRITE;
    return both;
}

static u32 rights(bool privileged)
{
    u64 meta = translation.meta;
    bool supervisor = privileged || (meta & META_PRIVILEGED) != 0;
    return rights_of(meta, (meta >> META_KIND_SHIFT) & 7, supervisor);
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
                 translation.meta, false);
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

static inline u64 meta_of_page(u64 page)
{
    u64 meta = 0;
    if (page & SS_READ) meta |= META_SECOND_STAGE_READ;
    if (page & SS_WRITE) meta |= META_SECOND_STAGE_WRITE;
    return meta;
}

static void take_second_stage(u64 page, u64 input)
{
    translation.meta |= meta_of_page(page);
    bool forced = (pasid_entry.word1 & PASID_ENTRY_PGSNP_IN_PLACE) != 0;
    translation.snoop = (page & SS_SNOOP) != 0 || forced;
    translation.physical = ss_output(page, input);
    translation.page_shift = level_shift(ss_leaf_level(page));
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

static u32 finish_second_stage(u64 page)
{
    if (page == 0) return second_stage.fault;
    take_second_stage(page, request.address);
    return finish(KIND_SECOND_STAGE);
}

static u32 finish_nested(u64 leaf, u64 page)
{
    if (page == 0) return second_stage.fault;
    take_second_stage(page, leaf_output(leaf, request.address));
    u64 shift = leaf_shift(leaf);
    if (shift < translation.page_shift) translation.page_shift = shift;
    return finish(KIND_NESTED);
}

static u32 through_leaf(u64 leaf)
{
    if (leaf == 0) return first_stage.fault;
    translation.meta |= meta_of_leaf(leaf) | ((u64)KIND_NESTED << META_KIND_SHIFT);
    translation.meta |= META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE;
    u32 fault = check_rights();
    if (fault != 0) return fault;
    translation.meta &= ~(META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE);
    return finish_nested(leaf, walk_second_stage(leaf_output(leaf, request.address)));
}

static u32 through_pasid_entry(void)
{
    translation.dirty = true;
    translation.snoop = false;
    translation.meta = meta_of(request.effective_pasid, pasid_entry.word1, pasid_entry.word2);
    if (!has_pasid() && request.privileged) translation.meta |= META_PRIVILEGED;
    u64 type = pasid_type(pasid_entry.word0);
    if (type == PASID_ENTRY_PGTT_FS) return finish_first_stage(walk_first_stage());
    use_second_stage();
    if (type == PASID_ENTRY_PGTT_NESTED) return through_leaf(walk_nested_first_stage());
    if (is_too_wide(request.address)) return FAULT;
    return finish_second_stage(walk_second_stage(request.address));
}

static u32 walk(void)
{
    request.privileged = (request.access & ACCESS_PRIVILEGED) != 0;
    request.fault_processing_disabled = false;
    if (find_context() != 0 || find_pasid_entry() != 0) return FAULT;
    return through_pasid_entry();
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

#endif
