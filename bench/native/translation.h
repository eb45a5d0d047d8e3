/* assembly/translation.ts, untranslated requests through a first stage. */
#ifndef TRANSLATION_H
#define TRANSLATION_H

#include "first-stage.h"
#include "iotlb.h"

#define META_FPD (1ULL << 39)
#define META_USER (1ULL << 40)
#define META_FIRST_STAGE_WRITE (1ULL << 41)
#define META_WRITE_PROTECT (1ULL << 42)
#define META_SUPERVISOR (1ULL << 43)
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
    bool dirty;
} translation;

static inline bool in_interrupt_range(u64 address) { return address >> 20 == INTERRUPT_RANGE; }

static inline bool overlaps_interrupt_range(void)
{
    u64 shift = translation.page_shift > 20 ? translation.page_shift : 20;
    return translation.physical >> shift == (INTERRUPT_RANGE << 20) >> shift;
}

static u32 rights(bool privileged)
{
    u64 meta = translation.meta;
    bool supervisor = privileged || (meta & META_PRIVILEGED) != 0;
    if (supervisor && (meta & META_SUPERVISOR) == 0) return 0;
    if (!supervisor && (meta & META_USER) == 0) return 0;
    bool protected_write = !supervisor || (meta & META_WRITE_PROTECT) != 0;
    bool read_only = (meta & META_FIRST_STAGE_WRITE) == 0 && protected_write;
    return read_only ? RIGHT_READ : RIGHT_READ | RIGHT_WRITE;
}

static u32 decide(void)
{
    if (request.privileged && (translation.meta & META_SUPERVISOR) == 0) return FAULT;
    u32 granted = rights(request.privileged);
    translation.permissions = granted;
    if (!request.privileged && (translation.meta & META_USER) == 0) return FAULT;
    if (writes() && (granted & RIGHT_WRITE) == 0) return FAULT;
    if (reads() && (granted & RIGHT_READ) == 0) return FAULT;
    return in_interrupt_range(translation.physical) ? FAULT : 0;
}

static void remember(void)
{
    u32 both = rights(false) | (rights(true) << 2);
    u32 grants = translation.dirty ? both : both & ~(RIGHT_WRITE | (RIGHT_WRITE << 2));
    u64 flags = ((u64)both << DATA_RIGHTS_SHIFT) | grants;
    if (overlaps_interrupt_range()) flags |= DATA_INTERRUPT_RANGE;
    iotlb_insert(translation.physical, (translation.page_shift - 12) / 9, flags, translation.meta);
}

static u32 walk(void)
{
    if (find_context() != 0 || find_pasid_entry() != 0) return FAULT;
    u64 meta = (pasid_entry.word1 & PASID_ENTRY_DID_MASK) |
               ((u64)request.effective_pasid << META_PASID_SHIFT);
    if (pasid_entry.word2 & PASID_ENTRY_SRE_IN_PLACE) meta |= META_SUPERVISOR;
    if (pasid_entry.word2 & PASID_ENTRY_WPE_IN_PLACE) meta |= META_WRITE_PROTECT;
    if (!has_pasid() && request.privileged) meta |= META_PRIVILEGED;

    u32 fault = walk_first_stage();
    if (fault != 0) return fault;
    if (first_stage.permissions & FS_USER) meta |= META_USER;
    if (first_stage.permissions & FS_WRITABLE) meta |= META_FIRST_STAGE_WRITE;
    meta |= PASID_ENTRY_PGTT_FS << META_KIND_SHIFT;
    if (pasid_entry.word1 & PASID_ENTRY_PGSNP_IN_PLACE) meta |= META_SNOOP;
    if (request.fault_processing_disabled) meta |= META_FPD;
    translation.meta = meta;
    translation.physical = first_stage.address;
    translation.page_shift = first_stage.shift;

    fault = decide();
    if (fault != 0) return fault;
    fault = update_leaf(writes() && (translation.permissions & RIGHT_WRITE) != 0);
    if (fault != 0) return fault;
    translation.dirty = (first_stage.leaf & FS_DIRTY) != 0;
    remember();
    return 0;
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
