/*
 * The invalidation queue (VT-d 6.5.2), with 256-bit descriptors where the unit knows scalable mode,
 * else 128-bit ones, which have room for what legacy mode needs. Descriptors are only appended by
 * vtd_invalidate_*() and vtd_respond(); vtd_wait_for_queue() waits until all of them are done.
 * Safe to call from interrupt handlers, except for the waits.
 */
#ifndef VTD_QUEUE_H
#define VTD_QUEUE_H

#include "unit.h"

/* What a page group response tells the device (7.7). */
enum response_code {
	RESPONSE_SUCCESS = 0,
	RESPONSE_INVALID = 1,
	RESPONSE_FAILURE = 15,
};

/* Flags of a wait descriptor (6.5.2.9); the status write is always asked for. */
#define WAIT_INTERRUPT BIT(4)
#define WAIT_FENCE BIT(6)
#define WAIT_PAGE_REQUEST_DRAIN BIT(7) /* only with ECAP.PDS */

/* Allocates the queue and enables it. */
bool vtd_queue_on(struct vtd_unit *unit);
/* Only when nothing is waiting in the queue. */
bool vtd_queue_off(struct vtd_unit *unit);

/* All of the following name a device by its requester id and a PASID entry's domain id. */
void vtd_invalidate_context(struct vtd_unit *unit, u16 requester);
/* In legacy mode the old entry's domain id is needed too. */
void vtd_invalidate_legacy_context(struct vtd_unit *unit, u16 requester, u16 domain);
void vtd_invalidate_pasid_cache(struct vtd_unit *unit, u16 domain);
void vtd_invalidate_domain(struct vtd_unit *unit, u16 domain);
void vtd_invalidate_translations(struct vtd_unit *unit);
/* 2^order pages from `address`, with the paging-structure entries above them. */
void vtd_invalidate_pages(struct vtd_unit *unit, u16 domain, u32 pasid, u64 address, u32 order);
void vtd_invalidate_pasid(struct vtd_unit *unit, u16 domain, u32 pasid);
/* 2^order pages of the second stage (not of a nested PASID): only with CAP.PSI, up to CAP.MAMV. */
void vtd_invalidate_domain_pages(struct vtd_unit *unit, u16 domain, u64 address, u32 order);
/* In the device's own TLB; `order` 52 is everything of the PASID. */
void vtd_invalidate_device_tlb(struct vtd_unit *unit, u16 requester, u32 pasid, u64 address,
			       u32 order);
void vtd_respond(struct vtd_unit *unit, u16 requester, bool has_pasid, u32 pasid, u32 group,
		 enum response_code code);

/* Context, PASID and translation caches, everything; and waits. */
bool vtd_invalidate_everything(struct vtd_unit *unit);

/* False when the unit did not get there: vtd_queue_trouble() says why. */
bool vtd_wait_for_queue(struct vtd_unit *unit, u32 flags);

/* What FSTS says about the queue, for reports. */
const char *vtd_queue_trouble(const struct vtd_unit *unit);

#endif
