/*
 * The page request queue and who answers it (VT-d 7.4 to 7.7). The unit writes requests and
 * interrupts; the handler asks a policy about each one, and answers a group when its last request
 * has come.
 */
#ifndef VTD_PAGE_REQUESTS_H
#define VTD_PAGE_REQUESTS_H

#include "queue.h"
#include "unit.h"

struct page_request {
	u64 address;
	u32 pasid;
	u16 requester;
	u16 group;
	bool has_pasid;
	bool read;
	bool write;
	bool last;
	bool privileged;
};

/* Makes the page present, or refuses. A group gets the worst answer of its requests. */
typedef enum response_code (*page_request_policy)(const struct page_request *request,
						  void *context);

/* What came in, for checks. */
struct page_request_counts {
	u32 requests;
	u32 groups_granted;
	u32 groups_refused;
	u32 groups_failed;
	u32 smallest_group;
	u32 largest_group;
	u32 groups_cut_off; /* begun, and not ended before the queue overflowed */
	u32 stop_markers;
	u32 overflows;
};

/* Allocates the queue and sets its registers. Enable before devices may send. */
bool page_requests_on(struct vtd_unit *unit, page_request_policy policy, void *context);

/* Interrupt handler of the page request event; the context is the unit. */
void page_requests_serve(void *unit);

/* True when the unit has nothing written that was not served. */
bool page_requests_empty(const struct vtd_unit *unit);

struct page_request_counts page_request_counts(void);

/* Groups that have begun, and whose last request has not come. */
u32 page_request_groups_open(void);

#endif
