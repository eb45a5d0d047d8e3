/* assembly/request.ts: the request, and what was learned about it on the way. */
#ifndef REQUEST_H
#define REQUEST_H

#include "memory.h"

#define NO_PASID 0xffffffffu

#define ACCESS_TYPE 3u
#define ACCESS_READ 0u
#define ACCESS_WRITE 1u
#define ACCESS_PRIVILEGED (1u << 2)
#define ACCESS_EXECUTE (1u << 3)
#define ACCESS_SIZE_SHIFT 16

#define OK 0u
/* The yardstick finds the faults that the core finds, and does not tell them apart. */
#define FAULT 2u

static struct {
    u32 source_id;
    u32 pasid;
    u64 address;
    u32 access;
    bool privileged;
    u32 effective_pasid;
    bool fault_processing_disabled;
} request;

static inline void begin_request(u32 source_id, u32 pasid, u64 address, u32 access)
{
    request.source_id = source_id;
    request.pasid = pasid;
    request.address = address;
    request.access = pasid == NO_PASID ? access & ~(ACCESS_PRIVILEGED | ACCESS_EXECUTE) : access;
    request.privileged = (request.access & ACCESS_PRIVILEGED) != 0;
    request.effective_pasid = pasid;
    request.fault_processing_disabled = false;
}

static inline bool has_pasid(void) { return request.pasid != NO_PASID; }
static inline bool writes(void) { return (request.access & ACCESS_TYPE) != ACCESS_READ; }
static inline bool reads(void) { return (request.access & ACCESS_TYPE) != ACCESS_WRITE; }

#endif
