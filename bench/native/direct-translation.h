/* assembly/direct-translation.ts: a miss of the common kind, with what it passes on in locals. */
#ifndef DIRECT_TRANSLATION_H
#define DIRECT_TRANSLATION_H

#include "translation.h"

/* What `find_directly` answers in place of an entry. */
#define NOT_BEGUN 0u
#define LEAF_NOT_GRANTED 1u
#define PAGE_NOT_GRANTED 2u
#define NO_WALK 3u

static u64 direct_leaf;
static u64 direct_page;
static u32 direct_missing;

static void count_direct(void)
{
    count(COUNT_REQUESTS);
    count(COUNT_IOTLB_LOOKUPS);
    count(COUNT_CONTEXT_LOOKUPS);
    count(COUNT_CONTEXT_HITS);
    count(COUNT_PASID_LOOKUPS);
    count(COUNT_PASID_HITS);
}

static inline u64 direct_meta(u64 kind, u32 pasid, u64 word1, u64 word2)
{
    u64 snoop = word1 & PASID_ENTRY_PGSNP_IN_PLACE ? META_SNOOP : 0;
    return meta_of(pasid, word1, word2) | (kind << META_KIND_SHIFT) | snoop;
}
static inline u64 direct_meta_of_page(u64 page)
{
    return meta_of_page(page) | (page & SS_SNOOP ? META_SNOOP : 0);
}

static inline u64 direct_flags(u64 meta, u64 kind, bool dirty, u64 physical, u64 shift)
{
    u32 both = rights_of(meta, kind, false) | (rights_of(meta, kind, true) << 2);
    return flags_of(both, dirty, overlaps_interrupt_range(physical, shift));
}

static inline void begin_direct(u32 entry, u32 source_id, u32 pasid, u32 effective, u64 address,
                                u32 access)
{
    begin_request(source_id, pasid, address, access);
    request.effective_pasid = effective;
    use_pasid_entry(entry);
}

static inline u32 first_stage_directly(u32 source_id, u32 pasid, u32 effective, u64 address,
                                       u32 access, u64 word1, u64 word2)
{
    u64 tag = VALID | ((u64)effective << 16) | (word1 & PASID_ENTRY_DID_MASK);
    u64 leaf = descend(false, address, tag, word1, word2);
    if (leaf != 0 && (~leaf & accessed_flags(word2)) == 0) {
        u64 meta = direct_meta(KIND_FIRST_STAGE, effective, word1, word2) | meta_of_leaf(leaf);
        u64 physical = leaf_output(leaf, address);
        bool dirty = (leaf & FS_DIRTY) != 0;
        u64 flags = direct_flags(meta, KIND_FIRST_STAGE, dirty, physical, leaf_shift(leaf));
        if (iotlb_grants(flags, access))
            return iotlb_insert(source_id, pasid, address, physical, leaf_level(leaf) - 1, flags,
                                meta, true);
    }
    direct_leaf = leaf;
    return LEAF_NOT_GRANTED;
}

static u32 second_stage_directly(u32 source_id, u32 pasid, u32 effective, u64 address, u32 access)
{
    u64 page = walk_second_stage(address);
    if (page != 0 && ss_is_accessed()) {
        u64 meta = direct_meta(KIND_SECOND_STAGE, effective, pasid_entry.word1, pasid_entry.word2);
        meta |= direct_meta_of_page(page);
        u64 physical = ss_output(page, address);
        u32 level = ss_leaf_level(page);
        u64 flags =
            direct_flags(meta, KIND_SECOND_STAGE, ss_is_dirty(), physical, level_shift(level));
        if (iotlb_grants(flags, access))
            return iotlb_insert(source_id, pasid, address, physical, level - 1, flags, meta, true);
    }
    direct_page = page;
    return PAGE_NOT_GRANTED;
}

static u32 nested_directly(u32 source_id, u32 pasid, u32 effective, u64 address, u32 access)
{
    u64 word1 = pasid_entry.word1;
    u64 word2 = pasid_entry.word2;
    u64 tag = VALID | ((u64)effective << 16) | (word1 & PASID_ENTRY_DID_MASK);
    u64 leaf = descend(true, address, tag, word1, word2);
    direct_leaf = leaf;
    u64 needed = (access & ACCESS_TYPE) == ACCESS_READ ? FS_USER : FS_USER | FS_WRITABLE;
    if ((leaf & needed) != needed) return LEAF_NOT_GRANTED;
    u64 guest_address = leaf_output(leaf, address);
    u64 page = walk_second_stage(guest_address);
    if (page != 0 && (~leaf & accessed_flags(word2)) == 0 && ss_is_accessed()) {
        u64 meta = direct_meta(KIND_NESTED, effective, word1, word2);
        meta |= meta_of_leaf(leaf) | direct_meta_of_page(page);
        u64 physical = ss_output(page, guest_address);
        u32 level = leaf_level(leaf);
        if (ss_leaf_level(page) < level) level = ss_leaf_level(page);
        bool dirty = (leaf & FS_DIRTY) != 0 && ss_is_dirty();
        u64 flags = direct_flags(meta, KIND_NESTED, dirty, physical, level_shift(level));
        if (iotlb_grants(flags, access))
            return iotlb_insert(source_id, pasid, address, physical, level - 1, flags, meta, true);
    }
    direct_page = page;
    return PAGE_NOT_GRANTED;
}

static bool is_for_second_stage(u64 kind, u64 address)
{
    use_second_stage();
    return kind == KIND_NESTED || !is_too_wide(address);
}

static u32 from_tables(u32 source_id, u32 pasid, u64 address, u32 access)
{
    begin_request(source_id, pasid, address, access);
    count(COUNT_REQUESTS);
    count(COUNT_IOTLB_LOOKUPS);
    direct_missing = find_context() != 0 || find_pasid_entry() != 0 ? FAULT : 0;
    if (direct_missing != 0 || request.privileged || request.fault_processing_disabled)
        return NO_WALK;
    u32 effective = request.effective_pasid;
    u64 kind = pasid_type(pasid_entry.word0);
    if (kind == KIND_FIRST_STAGE)
        return first_stage_directly(source_id, pasid, effective, address, access,
                                    pasid_entry.word1, pasid_entry.word2);
    if (kind > KIND_NESTED || !is_for_second_stage(kind, address)) return NO_WALK;
    return kind == KIND_NESTED
               ? nested_directly(source_id, pasid, effective, address, access)
               : second_stage_directly(source_id, pasid, effective, address, access);
}

static inline u32 find_directly(u32 source_id, u32 pasid, u64 address, u32 access)
{
    u32 cached = cache_find(CONTEXT_CACHE, source_id, VALID, source_id, CONTEXT_ENTRY_SIZE);
    if (cached == 0) return from_tables(source_id, pasid, address, access);
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
    if (entry == 0) return from_tables(source_id, pasid, address, access);
    if ((load64(entry + 40) | load64(entry + 48)) != 0) return NOT_BEGUN;
    u64 kind = pasid_type(load64(entry + 16));
    if (kind == KIND_FIRST_STAGE) {
        count_direct();
        u32 found = first_stage_directly(source_id, pasid, effective, address, access,
                                         load64(entry + 24), load64(entry + 32));
        if (found == LEAF_NOT_GRANTED)
            begin_direct(entry, source_id, pasid, effective, address, access);
        return found;
    }
    if (kind > KIND_NESTED) return NOT_BEGUN;
    begin_direct(entry, source_id, pasid, effective, address, access);
    if (!is_for_second_stage(kind, address)) return NOT_BEGUN;
    count_direct();
    return kind == KIND_NESTED
               ? nested_directly(source_id, pasid, effective, address, access)
               : second_stage_directly(source_id, pasid, effective, address, access);
}

static u32 go_on(u32 found)
{
    if (found == NO_WALK) {
        u32 fault = direct_missing != 0 ? FAULT : through_pasid_entry();
        while (fault == WALK_AGAIN) fault = walk();
        return fault;
    }
    translation.meta = meta_of(request.effective_pasid, pasid_entry.word1, pasid_entry.word2);
    translation.dirty = true;
    u64 type = pasid_type(pasid_entry.word0);
    u32 fault;
    if (type == PASID_ENTRY_PGTT_FS) fault = finish_first_stage(direct_leaf);
    else if (type == PASID_ENTRY_PGTT_SS) fault = finish_second_stage(direct_page);
    else if (found == LEAF_NOT_GRANTED) fault = through_leaf(direct_leaf);
    else {
        translation.meta |= meta_of_leaf(direct_leaf);
        fault = finish_nested(direct_leaf, direct_page);
    }
    while (fault == WALK_AGAIN) fault = walk();
    return fault;
}

#endif
