/* assembly/untranslated.ts: a batch of untranslated requests in scalable mode. */
#ifndef UNTRANSLATED_H
#define UNTRANSLATED_H

#include "direct-translation.h"
#include "read-ahead.h"

#define MODE_SCALABLE 2u
#define ONE_BYTE (1u << ACCESS_SIZE_SHIFT)

static inline bool is_ordinary(u32 mode, u64 address, u32 access)
{
    if ((access & (ACCESS_PRIVILEGED | ACCESS_EXECUTE)) != 0 || access < ONE_BYTE) return false;
    return !in_interrupt_range(address) && mode == MODE_SCALABLE;
}

static u32 look_further(u32 entry, u32 source_id, u32 pasid, u64 address, u32 access)
{
    if (entry == 0) {
        u32 found = find_directly(source_id, pasid, address, access);
        if (found > NO_WALK) {
            translation.physical = iotlb_physical(iotlb_data(found), address);
            return OK;
        }
        if (found != NOT_BEGUN) return go_on(found) == 0 ? OK : FAULT;
    }
    count(COUNT_REQUESTS);
    count_lookup(entry != 0);
    begin_request(source_id, pasid, address, access);
    return find_translation(entry) == 0 ? OK : FAULT;
}

/* Answers how many requests were not translated; the yardstick translates ordinary ones alone. */
static u32 translate_batch(u32 records, u32 length)
{
    u32 mode = load32(LATCH + LATCH_MODE);
    u32 hits = 0;
    u32 failures = 0;
    ahead.end = 0;
    for (u32 done = 0; done < length; done++, records += REQUEST_SIZE) {
        u32 source_id = load32(records + REQUEST_SOURCE_ID);
        u32 pasid = load32(records + REQUEST_PASID);
        u64 address = load64(records + REQUEST_ADDRESS);
        u32 access = load32(records + REQUEST_ACCESS);
        u32 status = FAULT;
        if (is_ordinary(mode, address, access)) {
            u32 entry = iotlb_find(source_id, pasid, address);
            u64 data = entry == 0 ? 0 : iotlb_data(entry);
            if (iotlb_grants(data, access)) {
                hits++;
                store32(records + REQUEST_STATUS, OK);
                store64(records + REQUEST_PHYSICAL, iotlb_physical(data, address));
                continue;
            }
            note_miss(records, done, length);
            status = look_further(entry, source_id, pasid, address, access);
        }
        failures += status != OK;
        store32(records + REQUEST_STATUS, status);
        store64(records + REQUEST_PHYSICAL, status == OK ? translation.physical : 0);
    }
    count_many(COUNT_REQUESTS, hits);
    count_hits(hits);
    return failures;
}

#endif
