/* assembly/pasid-table.ts: from a context entry to a PASID table entry with a first stage. */
#ifndef PASID_TABLE_H
#define PASID_TABLE_H

#include "context.h"

#define PASID_ENTRY_BYTES 64

static struct {
    u64 word0;
    u64 word1;
    u64 word2;
} pasid_entry;

static inline u64 pasid_key(void)
{
    return ((u64)request.effective_pasid << 16) | request.source_id;
}

static inline u32 pasid_hash(void)
{
    return request.effective_pasid + request.source_id * 7;
}

static inline u32 pasid_cached(u32 source_id, u32 pasid)
{
    u64 key = ((u64)pasid << 16) | source_id;
    return cache_find(PASID_CACHE, key, VALID, pasid + source_id * 7, PASID_ENTRY_BYTES);
}

static void use_pasid_entry(u32 entry)
{
    pasid_entry.word0 = load64(entry + 16);
    pasid_entry.word1 = load64(entry + 24);
    pasid_entry.word2 = load64(entry + 32);
    if (load64(entry + 40) != 0) request.fault_processing_disabled = true;
}

static bool pasid_from_cache(void)
{
    count(COUNT_PASID_LOOKUPS);
    u32 entry = pasid_cached(request.source_id, request.effective_pasid);
    if (entry == 0) return false;
    count(COUNT_PASID_HITS);
    use_pasid_entry(entry);
    return true;
}

static bool pasid_entry_has_reserved_bits(u64 word0, u64 word1, u64 word2)
{
    u64 reserved0 = PASID_ENTRY_RESERVED_0 | capability.above_host;
    u64 reserved1 = PASID_ENTRY_RESERVED_1 | capability.above_domain | PASID_ENTRY_CD_IN_PLACE |
                    PASID_ENTRY_EMTE_IN_PLACE | PASID_ENTRY_PAT_IN_PLACE;
    u64 reserved2 = PASID_ENTRY_RESERVED_2 | capability.above_host;
    if (!has(ECAP_SSTS))
        reserved0 |= PASID_ENTRY_AW_IN_PLACE | PASID_ENTRY_SSADE_IN_PLACE |
                     PASID_ENTRY_SSPTPTR_IN_PLACE;
    if (!has(ECAP_SSADS)) reserved0 |= PASID_ENTRY_SSADE_IN_PLACE;
    if (!has(ECAP_SMPWCS)) reserved1 |= PASID_ENTRY_PWSNP_IN_PLACE;
    if (!has(ECAP_SC)) reserved1 |= PASID_ENTRY_PGSNP_IN_PLACE;
    if (!has(ECAP_SRS)) reserved2 |= PASID_ENTRY_SRE_IN_PLACE;
    if (!has(ECAP_FSTS))
        reserved2 |= PASID_ENTRY_FSPM_IN_PLACE | PASID_ENTRY_WPE_IN_PLACE |
                     PASID_ENTRY_FSPTPTR_IN_PLACE;
    if (!has(ECAP_EAFS)) reserved2 |= PASID_ENTRY_EAFE_IN_PLACE;
    return (word0 & reserved0) != 0 || (word1 & reserved1) != 0 || (word2 & reserved2) != 0;
}

static inline u64 first_stage_mode(u64 word2)
{
    return (word2 >> PASID_ENTRY_FSPM_SHIFT) & PASID_ENTRY_FSPM_MASK;
}

static inline u64 pasid_type(u64 word0)
{
    return (word0 >> PASID_ENTRY_PGTT_SHIFT) & PASID_ENTRY_PGTT_MASK;
}

/* Pass-through is not the yardstick's. */
static u32 check_programming(u64 word0, u64 word2)
{
    u64 type = pasid_type(word0);
    bool nested = type == PASID_ENTRY_PGTT_NESTED;
    u64 width = (word0 >> PASID_ENTRY_AW_SHIFT) & PASID_ENTRY_AW_MASK;
    if (nested || type == PASID_ENTRY_PGTT_SS) {
        u64 supported = (capability.cap >> CAP_SAGAW_SHIFT) & CAP_SAGAW_MASK;
        if (width < 1 || width > 3 || (supported & (1ULL << width)) == 0) return FAULT;
        if (!has(nested ? ECAP_NEST : ECAP_SSTS)) return FAULT;
    }
    if (nested || type == PASID_ENTRY_PGTT_FS) {
        if (!nested && !has(ECAP_FSTS)) return FAULT;
        u64 mode = first_stage_mode(word2);
        bool five_level = mode == PASID_ENTRY_FSPM_LEVEL_5 && (capability.cap & CAP_FS5LP);
        if (mode != PASID_ENTRY_FSPM_LEVEL_4 && !five_level) return FAULT;
    }
    u64 adjusted = 30 + 9 * width;
    u64 input = capability.guest_address_width < adjusted ? capability.guest_address_width : adjusted;
    if (nested && (word2 & ADDRESS) >> input != 0) return FAULT;
    return type == PASID_ENTRY_PGTT_PT ? FAULT : 0;
}

static void enlist_pasid_entry(u32 entry, u32 domain, u32 pasid)
{
    u32 hash = pasid ^ ((domain * 0x9e3779b1u) >> 16);
    bool valid = cache_is_valid(entry);
    if (valid) unlink_entry(PASID_CACHE, entry, LIST_PASID);
    else enlist(PASID_CACHE, entry, LIST_ALL, 0, PASID_ENTRY_BYTES);
    enlist(PASID_CACHE, entry, LIST_PASID, hash, PASID_ENTRY_BYTES);
    if (valid && (load64(entry + 24) & PASID_ENTRY_DID_MASK) == domain) return;
    if (valid) unlink_entry(PASID_CACHE, entry, LIST_DOMAIN);
    enlist(PASID_CACHE, entry, LIST_DOMAIN, domain, PASID_ENTRY_BYTES);
}

static u32 read_pasid_entry(void)
{
    u32 pasid = request.effective_pasid;
    u64 directory =
        fetch((context.word0 & ADDRESS) + ((u64)(pasid >> 6) << 3), COUNT_PASID_DIRECTORY_READS);
    if (has_failed(directory)) return FAULT;
    u64 directory_fpd = (directory >> PASID_DIR_FPD_SHIFT) & 1;
    if (directory_fpd) request.fault_processing_disabled = true;
    if ((directory & PRESENT) == 0) return FAULT;
    if ((directory & (PASID_DIR_RESERVED_0 | capability.above_host)) != 0) return FAULT;

    u64 address = (directory & ADDRESS) + ((u64)(pasid & 0x3f) << 6);
    u64 word0 = fetch(address, COUNT_PASID_ENTRY_READS);
    if (has_failed(word0)) return FAULT;
    u64 word1 = read_word(address + 8);
    if (has_failed(word1)) return FAULT;
    u64 word2 = read_word(address + 16);
    if (has_failed(word2)) return FAULT;
    u64 others = 0;
    for (u64 offset = 24; offset < PASID_ENTRY_BYTES; offset += 8) {
        u64 word = read_word(address + offset);
        if (has_failed(word)) return FAULT;
        others |= word;
    }
    u64 fpd = (word0 >> PASID_ENTRY_FPD_SHIFT) & 1;
    if (fpd) request.fault_processing_disabled = true;
    if ((word0 & PRESENT) == 0) return FAULT;
    if (others != 0 || pasid_entry_has_reserved_bits(word0, word1, word2)) return FAULT;
    if (check_programming(word0, word2) != 0) return FAULT;

    pasid_entry.word0 = word0;
    pasid_entry.word1 = word1;
    pasid_entry.word2 = word2;
    u32 entry = cache_room(PASID_CACHE, pasid_hash(), PASID_ENTRY_BYTES);
    u32 domain = word1 & PASID_ENTRY_DID_MASK;
    enlist_pasid_entry(entry, domain, pasid);
    cache_set_keys(entry, pasid_key(), VALID);
    store64(entry + 16, word0);
    store64(entry + 24, word1);
    store64(entry + 32, word2);
    store64(entry + 40, fpd | directory_fpd);
    return 0;
}

static u32 find_pasid_entry(void)
{
    if (!has_pasid()) {
        request.effective_pasid = rid_pasid(context.word1);
        request.privileged = rid_priv(context.word1);
    }
    if (!pasid_from_cache() && read_pasid_entry() != 0) return FAULT;
    if (request.access & ACCESS_EXECUTE) return FAULT;
    return request.privileged && !(pasid_entry.word2 & PASID_ENTRY_SRE_IN_PLACE) ? FAULT : 0;
}

#endif
