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

/* Tables up to the PASID entry. */
static u32 authorise(void)
{
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

static inline u64 queue_mask(void)
{
    u64 bytes = 4096ULL << (register64(REG_PQA) & PQA_PQS_MASK);
    return (bytes - 1) & ~(u64)(DESCRIPTOR_SIZE - 1);
}
static inline u64 queue_tail(void) { return register64(REG_PQT) & queue_mask(); }
static inline u64 next_tail(void) { return (queue_tail() + DESCRIPTOR_SIZE) & queue_mask(); }

static inline bool write_word(u64 address, u64 value)
{
    u32 at = locate(address, POISON_WRITES);
    if (at == 0) return false;
    store64(at, value);
    return true;
}

static bool write_descriptor(u32 flags)
{
    u64 word0 = PAGE_REQUEST_TYPE_PAGE_REQUEST | ((u64)request.source_id << PAGE_REQUEST_RID_SHIFT);
    if (has_pasid()) {
        word0 |= 1ULL << PAGE_REQUEST_PP_SHIFT;
        word0 |= (u64)request.pasid << PAGE_REQUEST_PASID_SHIFT;
        if (flags & FLAG_EXECUTE) word0 |= 1ULL << PAGE_REQUEST_EXR_SHIFT;
        if (flags & FLAG_PRIVILEGED) word0 |= 1ULL << PAGE_REQUEST_PMR_SHIFT;
    }
    u64 word1 = request.address & ~0xfffULL;
    if (flags & FLAG_READ) word1 |= 1ULL << PAGE_REQUEST_RDR_SHIFT;
    if (flags & FLAG_WRITE) word1 |= 1ULL << PAGE_REQUEST_WRR_SHIFT;
    if (flags & FLAG_LAST) word1 |= 1ULL << PAGE_REQUEST_LPIG_SHIFT;
    word1 |= (u64)(flags >> FLAG_GROUP_SHIFT) << PAGE_REQUEST_PRGI_SHIFT;
    u64 base = register64(REG_PQA) & PQA_PQA_FIELD & ~capability.above_host;
    u64 at = base + queue_tail();
    return write_word(at, word0) && write_word(at + 8, word1) && write_word(at + 16, 0) &&
           write_word(at + 24, 0);
}

/* Sets PPR; answers false where a message would go out, which the yardstick has none of. */
static bool raise_page_request(void)
{
    u32 status = register32(REG_PRS);
    store32(REGISTERS + REG_PRS, status | PRS_PPR);
    if ((status & (PRS_PPR | PRS_PRO)) != 0) return true;
    u32 control = register32(REG_PECTL);
    store32(REGISTERS + REG_PECTL, control | PECTL_IP);
    return (control & PECTL_IM) != 0;
}

static u32 request_page(u32 source_id, u32 pasid, u64 address, u32 flags)
{
    count(COUNT_PAGE_REQUESTS);
    u32 access = ACCESS_READ;
    if (flags & FLAG_EXECUTE) access |= ACCESS_EXECUTE;
    if (flags & FLAG_PRIVILEGED) access |= ACCESS_PRIVILEGED;
    begin_request(source_id, pasid, address, access);
    if ((flags & (FLAG_READ | FLAG_WRITE | FLAG_LAST)) == FLAG_LAST) count(COUNT_STOP_MARKERS);
    if (!has(ECAP_PRS) || load32(LATCH + LATCH_MODE) != MODE_SCALABLE) return FAULT;
    if (authorise() != 0) return FAULT;
    if (register32(REG_PRS) & PRS_PRO) return FAULT;
    u64 head = register64(REG_PQH) & queue_mask();
    if (next_tail() == head || !write_descriptor(flags)) return FAULT;
    if (pasid_type(pasid_entry.word0) != PASID_ENTRY_PGTT_FS) return FAULT;
    u32 domain = (u32)(pasid_entry.word1 & PASID_ENTRY_DID_MASK);
    invalidate_pasid_pages(domain, request.effective_pasid, address, 0);
    store64(REGISTERS + REG_PQT, next_tail());
    count(COUNT_PAGE_REQUESTS_QUEUED);
    if (!raise_page_request()) return FAULT;
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
