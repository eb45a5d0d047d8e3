/*
 * assembly/page-request-queue.ts: page requests in scalable mode, through a first stage. Those that
 * the core would refuse, answer or drop are failures here, and an event that is not masked as well.
 */
#ifndef PAGE_REQUEST_H
#define PAGE_REQUEST_H

#include "invalidation.h"
#include "untranslated.h"

#define FLAG_READ 1u
#define FLAG_WRITE 2u
#define FLAG_LAST 4u
#define FLAG_EXECUTE 8u
#define FLAG_PRIVILEGED 16u
#define FLAG_GROUP_SHIFT 16
#define DESCRIPTOR_SIZE 32u
#define ACCEPTED 4u

static inline u32 register32(u32 offset) { return load32(REGISTERS + offset); }
static inline u64 register64(u32 offset) { return load64(REGISTERS + offset); }

/* The cached PASID entry of a page request that the caches alone let pass, or 0. */
static inline u32 authorised_by_caches(u32 source_id, u32 pasid)
{
    u32 context_entry = cache_find(CONTEXT_CACHE, source_id, VALID, source_id, CONTEXT_ENTRY_SIZE);
    if (context_entry == 0) return 0;
    u64 word0 = load64(context_entry + 16);
    u64 word1 = load64(context_entry + 24);
    if ((word0 >> SM_CONTEXT_FPD_SHIFT) & 1) return 0;
    if ((word0 & SM_CONTEXT_PRE_IN_PLACE) == 0) return 0;
    if (pasid != NO_PASID) {
        if ((word0 & SM_CONTEXT_PASIDE_IN_PLACE) == 0) return 0;
        if (pasid >= pasid_limit(word0) || pasid == rid_pasid(word1)) return 0;
    }
    u32 entry = pasid_cached(source_id, pasid == NO_PASID ? rid_pasid(word1) : pasid);
    if (entry == 0 || load64(entry + 40) != 0) return 0;
    count(COUNT_CONTEXT_LOOKUPS);
    count(COUNT_CONTEXT_HITS);
    count(COUNT_PASID_LOOKUPS);
    count(COUNT_PASID_HITS);
    return entry;
}

/* Tables up to the PASID entry. */
static u32 authorise(u32 source_id, u32 pasid, u64 address, u32 flags)
{
    u32 access = ACCESS_READ;
    if (flags & FLAG_EXECUTE) access |= ACCESS_EXECUTE;
    if (flags & FLAG_PRIVILEGED) access |= ACCESS_PRIVILEGED;
    begin_request(source_id, pasid, address, access);
    if (!context_from_cache() && read_context() != 0) return FAULT;
    if ((context.word0 & SM_CONTEXT_PRE_IN_PLACE) == 0) return FAULT;
    if (has_pasid()) {
        if ((context.word0 & SM_CONTEXT_PASIDE_IN_PLACE) == 0) return FAULT;
        if (request.pasid >= pasid_limit(context.word0)) return FAULT;
        if (request.pasid == rid_pasid(context.word1)) return FAULT;
    } else {
        request.effective_pasid = rid_pasid(context.word1);
        request.privileged = rid_priv(context.word1);
    }
    return pasid_from_cache() || read_pasid_entry() == 0 ? 0 : FAULT;
}

/* The bits of PQH and PQT that count, by PQA. */
static inline u64 queue_offsets(u64 queue)
{
    u64 bytes = 4096ULL << (queue & PQA_PQS_MASK);
    return (bytes - 1) & ~(u64)(DESCRIPTOR_SIZE - 1);
}

static inline bool write_word(u64 address, u64 value)
{
    u32 at = locate(address, POISON_WRITES);
    if (at == 0) return false;
    store64(at, value);
    return true;
}

/* Where so many bytes lie that may be written; 0 if they are not all in the first region. */
static inline u32 room_for(u64 address, u64 bytes)
{
    if (load32(memory_map + MAP_POISON_COUNT) != 0) return 0;
    u64 offset = address - load64(memory_map + MAP_REGIONS);
    u64 length = load64(memory_map + MAP_REGIONS + REGION_LENGTH);
    if (offset >= length || length - offset < bytes) return 0;
    return memory_map + load32(memory_map + MAP_REGIONS + REGION_OFFSET) + (u32)offset;
}

static inline bool write_four(u64 address, u64 word0, u64 word1, u64 word2, u64 word3)
{
    u32 at = room_for(address, 32);
    if (at != 0) {
        store64(at, word0);
        store64(at + 8, word1);
        store64(at + 16, word2);
        store64(at + 24, word3);
        return true;
    }
    return write_word(address, word0) && write_word(address + 8, word1) &&
           write_word(address + 16, word2) && write_word(address + 24, word3);
}

static inline bool write_descriptor(u64 queue, u64 tail, u32 source_id, u32 pasid, u64 address,
                                    u32 flags)
{
    u64 word0 = PAGE_REQUEST_TYPE_PAGE_REQUEST | ((u64)source_id << PAGE_REQUEST_RID_SHIFT);
    if (pasid != NO_PASID) {
        word0 |= 1ULL << PAGE_REQUEST_PP_SHIFT;
        word0 |= (u64)pasid << PAGE_REQUEST_PASID_SHIFT;
        if (flags & FLAG_EXECUTE) word0 |= 1ULL << PAGE_REQUEST_EXR_SHIFT;
        if (flags & FLAG_PRIVILEGED) word0 |= 1ULL << PAGE_REQUEST_PMR_SHIFT;
    }
    u64 word1 = address & ~0xfffULL;
    if (flags & FLAG_READ) word1 |= 1ULL << PAGE_REQUEST_RDR_SHIFT;
    if (flags & FLAG_WRITE) word1 |= 1ULL << PAGE_REQUEST_WRR_SHIFT;
    if (flags & FLAG_LAST) word1 |= 1ULL << PAGE_REQUEST_LPIG_SHIFT;
    word1 |= (u64)(flags >> FLAG_GROUP_SHIFT) << PAGE_REQUEST_PRGI_SHIFT;
    u64 base = queue & PQA_PQA_FIELD & ~capability.above_host;
    return write_four(base + tail, word0, word1, 0, 0);
}

/* Sets PPR; answers false where a message would go out, which the yardstick has none of. */
static bool raise_page_request(void)
{
    store32(REGISTERS + REG_PRS, register32(REG_PRS) | PRS_PPR);
    u32 control = register32(REG_PECTL);
    store32(REGISTERS + REG_PECTL, control | PECTL_IP);
    return (control & PECTL_IM) != 0;
}

static u32 request_page(u32 source_id, u32 pasid, u64 address, u32 flags)
{
    count(COUNT_PAGE_REQUESTS);
    if ((flags & (FLAG_READ | FLAG_WRITE | FLAG_LAST)) == FLAG_LAST) count(COUNT_STOP_MARKERS);
    if (!has(ECAP_PRS) || load32(LATCH + LATCH_MODE) != MODE_SCALABLE) return FAULT;
    u32 entry = authorised_by_caches(source_id, pasid);
    if (entry == 0 && authorise(source_id, pasid, address, flags) != 0) return FAULT;
    u32 status = register32(REG_PRS);
    if (status & PRS_PRO) return FAULT;
    u64 queue = register64(REG_PQA);
    u64 offsets = queue_offsets(queue);
    u64 tail = register64(REG_PQT) & offsets;
    u64 next = (tail + DESCRIPTOR_SIZE) & offsets;
    if (next == (register64(REG_PQH) & offsets)) return FAULT;
    if (!write_descriptor(queue, tail, source_id, pasid, address, flags)) return FAULT;
    u64 word0 = entry != 0 ? load64(entry + 16) : pasid_entry.word0;
    u64 word1 = entry != 0 ? load64(entry + 24) : pasid_entry.word1;
    u32 effective_pasid = entry != 0 ? (u32)(load64(entry) >> 16) : request.effective_pasid;
    if (pasid_type(word0) != PASID_ENTRY_PGTT_FS) return FAULT;
    if ((u64)((int64_t)(address << 16) >> 16) != address) return FAULT;
    invalidate_pasid_page((u32)(word1 & PASID_ENTRY_DID_MASK), effective_pasid, address);
    store64(REGISTERS + REG_PQT, next);
    count(COUNT_PAGE_REQUESTS_QUEUED);
    if ((status & PRS_PPR) == 0 && !raise_page_request()) return FAULT;
    memset(memory + RESULT, 0, RESULT_SIZE);
    store32(RESULT + RESULT_STATUS, ACCEPTED);
    return ACCEPTED;
}

/* Answers how many requests were not accepted. The flags are in the records' access word. */
static u32 request_pages(u32 records, u32 length)
{
    u32 failures = 0;
    for (u32 done = 0; done < length; done++, records += REQUEST_SIZE) {
        u32 status = request_page(load32(records + REQUEST_SOURCE_ID),
                                  load32(records + REQUEST_PASID), load64(records + REQUEST_ADDRESS),
                                  load32(records + REQUEST_ACCESS));
        failures += status != ACCEPTED;
    }
    return failures;
}

/* Where the queue begins in the unit's memory, and its bytes. */
static inline u32 queue_place(void)
{
    return locate(register64(REG_PQA) & PQA_PQA_FIELD & ~capability.above_host, POISON_READS);
}
static inline u32 queue_bytes(void) { return 4096u << (register64(REG_PQA) & PQA_PQS_MASK); }

/* What software does when it has serviced all requests. */
static inline void service_requests(void)
{
    store64(REGISTERS + REG_PQH, register64(REG_PQT));
}

#endif
