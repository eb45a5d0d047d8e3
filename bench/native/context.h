/* assembly/root-context.ts, scalable mode: from a requester to its context entry. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "cache.h"
#include "capability.h"
#include "guest-memory.h"
#include "request.h"

#define PRESENT 1ULL
#define ADDRESS (~0xfffULL)
#define CONTEXT_ENTRY_SIZE 32
/* In place of a domain-id. */
#define NO_DOMAIN 0x10000u

static struct {
    u64 word0;
    u64 word1;
} context;

static inline u32 rid_pasid(u64 word1)
{
    return has(ECAP_RPS) ? (u32)(word1 & SM_CONTEXT_RID_PASID_MASK) : 0;
}
static inline bool rid_priv(u64 word1)
{
    return has(ECAP_RPRIVS) && (word1 & SM_CONTEXT_RID_PRIV_IN_PLACE) != 0;
}

static inline u64 pasid_limit(u64 word0)
{
    return 1ULL << (((word0 >> SM_CONTEXT_PDTS_SHIFT) & SM_CONTEXT_PDTS_MASK) + 13);
}

static bool context_from_cache(void)
{
    count(COUNT_CONTEXT_LOOKUPS);
    u32 id = request.source_id;
    u32 entry = cache_find(CONTEXT_CACHE, id, VALID, id, CONTEXT_ENTRY_SIZE);
    if (entry == 0) return false;
    count(COUNT_CONTEXT_HITS);
    context.word0 = load64(entry + 16);
    context.word1 = load64(entry + 24);
    if ((context.word0 >> SM_CONTEXT_FPD_SHIFT) & 1) request.fault_processing_disabled = true;
    return true;
}

static u64 context_reserved0(void)
{
    u64 reserved = SM_CONTEXT_RESERVED_0 | SM_CONTEXT_HPTE_IN_PLACE | SM_CONTEXT_EPTR_IN_PLACE;
    if (!has(ECAP_DT)) reserved |= SM_CONTEXT_DTE_IN_PLACE;
    if (!has(ECAP_PASID)) reserved |= SM_CONTEXT_PASIDE_IN_PLACE;
    if (!has(ECAP_PRS)) reserved |= SM_CONTEXT_PRE_IN_PLACE;
    return reserved;
}

static u64 context_reserved1(void)
{
    u64 reserved = SM_CONTEXT_RESERVED_1;
    if (!has(ECAP_RPS)) reserved |= SM_CONTEXT_RID_PASID_IN_PLACE;
    if (!has(ECAP_RPRIVS)) reserved |= SM_CONTEXT_RID_PRIV_IN_PLACE;
    return reserved;
}

static u32 read_context(void)
{
    u32 device = request.source_id & 0xff;
    u64 root_table = load64(LATCH + LATCH_RTADDR) & RTADDR_RTA_FIELD & ~capability.above_host;
    u64 at = root_table + ((request.source_id >> 8) << 4);
    u64 lower = fetch(at, COUNT_ROOT_READS);
    if (has_failed(lower)) return FAULT;
    u64 upper = read_word(at + 8);
    if (has_failed(upper)) return FAULT;
    u64 root = device < 128 ? lower : upper;
    if ((root & PRESENT) == 0) return FAULT;
    if ((root & (SM_ROOT_RESERVED_0 | capability.above_host)) != 0) return FAULT;

    u64 address = (root & ADDRESS) + ((device & 0x7f) << 5);
    u64 word0 = fetch(address, COUNT_CONTEXT_READS);
    if (has_failed(word0)) return FAULT;
    u64 word1 = read_word(address + 8);
    if (has_failed(word1)) return FAULT;
    u64 word2 = read_word(address + 16);
    if (has_failed(word2)) return FAULT;
    u64 word3 = read_word(address + 24);
    if (has_failed(word3)) return FAULT;
    if ((word0 >> SM_CONTEXT_FPD_SHIFT) & 1) request.fault_processing_disabled = true;
    if ((word0 & PRESENT) == 0) return FAULT;
    if ((word0 & (context_reserved0() | capability.above_host)) != 0) return FAULT;
    if ((word1 & context_reserved1()) != 0 || word2 != 0 || word3 != 0) return FAULT;
    if ((word0 & SM_CONTEXT_PRE_IN_PLACE) && !(word0 & SM_CONTEXT_DTE_IN_PLACE)) return FAULT;
    context.word0 = word0;
    context.word1 = word1;
    if (rid_pasid(word1) >= pasid_limit(word0)) return FAULT;

    u32 id = request.source_id;
    u32 entry = cache_room(CONTEXT_CACHE, id, CONTEXT_ENTRY_SIZE);
    /* All entries of scalable mode are in one list. */
    if (!cache_is_valid(entry)) {
        enlist(CONTEXT_CACHE, entry, LIST_ALL, 0, CONTEXT_ENTRY_SIZE);
        enlist(CONTEXT_CACHE, entry, LIST_DOMAIN, NO_DOMAIN, CONTEXT_ENTRY_SIZE);
    }
    cache_set_keys(entry, id, VALID);
    store64(entry + 16, word0);
    store64(entry + 24, word1);
    return 0;
}

static inline u32 check_context(u32 pasid, u64 word0, u64 word1)
{
    if (pasid == NO_PASID) return 0;
    if ((word0 & SM_CONTEXT_PASIDE_IN_PLACE) == 0) return FAULT;
    if (pasid >= pasid_limit(word0) || pasid == rid_pasid(word1)) return FAULT;
    return (u64)pasid >> capability.pasid_bits != 0 ? FAULT : 0;
}

static u32 find_context(void)
{
    if (!context_from_cache() && read_context() != 0) return FAULT;
    return check_context(request.pasid, context.word0, context.word1);
}

#endif
