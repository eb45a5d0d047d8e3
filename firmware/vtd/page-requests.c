#include "page-requests.h"
#include "memory.h"
#include "report.h"

#define REQUEST_BYTES 32u
#define QUEUE_MASK (PAGE_SIZE - 1)
#define MAX_OPEN_GROUPS 16u

/* 7.4.1.1: fields of the first and of the second qword. */
#define REQUEST_TYPE(low) ((low) & 0xff)
#define REQUEST_TYPE_PAGE 1
#define REQUEST_HAS_PASID BIT64(8)
#define REQUEST_PRIVILEGED BIT64(53)
#define REQUEST_READ BIT64(0)
#define REQUEST_WRITE BIT64(1)
#define REQUEST_LAST BIT64(2)

struct open_group {
	bool used;
	bool has_pasid;
	u16 requester;
	u16 index;
	u32 pasid;
	u32 pages;
	enum response_code worst;
};

static page_request_policy decide;
static void *decide_context;
static struct page_request_counts counts;
static struct open_group open_groups[MAX_OPEN_GROUPS];

bool page_requests_on(struct vtd_unit *unit, page_request_policy policy, void *context)
{
	decide = policy;
	decide_context = context;
	unit->page_requests = pages_alloc(1);
	vtd_write64(unit, PQH_REG, 0);
	vtd_write64(unit, PQT_REG, 0);
	vtd_write64(unit, PQA_REG, physical(unit->page_requests));
	return vtd_read64(unit, PQA_REG) == physical(unit->page_requests) &&
	       vtd_read32(unit, PQT_REG) == 0;
}

struct page_request_counts page_request_counts(void)
{
	return counts;
}

u32 page_request_groups_open(void)
{
	u32 i, open = 0;

	for (i = 0; i < MAX_OPEN_GROUPS; i++)
		open += open_groups[i].used;
	return open;
}

bool page_requests_empty(const struct vtd_unit *unit)
{
	return vtd_read32(unit, PQT_REG) == vtd_read32(unit, PQH_REG);
}

static struct page_request decode(const u64 *raw)
{
	return (struct page_request){
		.address = raw[1] & ~(u64)(PAGE_SIZE - 1),
		.pasid = (u32)(raw[0] >> 32) & 0xfffff,
		.requester = (u16)(raw[0] >> 16),
		.group = (u16)(raw[1] >> 3 & 0x1ff),
		.has_pasid = raw[0] & REQUEST_HAS_PASID,
		.read = raw[1] & REQUEST_READ,
		.write = raw[1] & REQUEST_WRITE,
		.last = raw[1] & REQUEST_LAST,
		.privileged = raw[0] & REQUEST_PRIVILEGED,
	};
}

/* Groups of several devices and PASIDs may arrive interleaved. */
static struct open_group *group_of(const struct page_request *request)
{
	struct open_group *group, *free_group = NULL;

	for (group = open_groups; group < open_groups + MAX_OPEN_GROUPS; group++) {
		if (!group->used)
			free_group = group;
		else if (group->requester == request->requester &&
			 group->index == request->group && group->has_pasid == request->has_pasid &&
			 group->pasid == request->pasid)
			return group;
	}
	if (!free_group)
		give_up("page-request-groups", "more than %u groups without a last page",
			MAX_OPEN_GROUPS);
	*free_group = (struct open_group){ .used = true,
					   .has_pasid = request->has_pasid,
					   .requester = request->requester,
					   .index = request->group,
					   .pasid = request->pasid,
					   .worst = RESPONSE_SUCCESS };
	return free_group;
}

static void close_group(struct vtd_unit *unit, struct open_group *group)
{
	vtd_respond(unit, group->requester, group->has_pasid, group->pasid, group->index,
		    group->worst);
	note("group %u of PASID %u: %u page%s %s", group->index, group->pasid, group->pages,
	     group->pages == 1 ? "" : "s",
	     group->worst == RESPONSE_SUCCESS ? "mapped, answered Success" :
	     group->worst == RESPONSE_INVALID ? "refused, answered Invalid Request" :
						"refused, answered Response Failure");
	if (group->worst == RESPONSE_SUCCESS)
		counts.groups_granted++;
	else if (group->worst == RESPONSE_INVALID)
		counts.groups_refused++;
	else
		counts.groups_failed++;
	if (group->pages > counts.largest_group)
		counts.largest_group = group->pages;
	if (!counts.smallest_group || group->pages < counts.smallest_group)
		counts.smallest_group = group->pages;
	group->used = false;
}

static void serve_one(struct vtd_unit *unit, const u64 *raw)
{
	struct page_request request = decode(raw);
	struct open_group *group;
	enum response_code code;

	if (REQUEST_TYPE(raw[0]) != REQUEST_TYPE_PAGE)
		give_up("page-request-type", "descriptor %016llx %016llx", raw[0], raw[1]);
	/* A stop marker: the device will send no more for this PASID. It wants no answer (7.11). */
	if (!request.read && !request.write && request.last) {
		counts.stop_markers++;
		return;
	}
	counts.requests++;
	group = group_of(&request);
	group->pages++;
	code = decide(&request, decide_context);
	if (code > group->worst)
		group->worst = code;
	if (request.last)
		close_group(unit, group);
}

static void serve_queue(struct vtd_unit *unit)
{
	u32 head = vtd_read32(unit, PQH_REG);

	/* Before the queue is read: what comes later sets it again, and interrupts again. */
	vtd_write32(unit, PRS_REG, PRS_PPR);
	while (head != vtd_read32(unit, PQT_REG)) {
		serve_one(unit, unit->page_requests[head / REQUEST_BYTES]);
		head = (head + REQUEST_BYTES) & QUEUE_MASK;
		vtd_write32(unit, PQH_REG, head);
	}
}

/*
 * The unit has dropped requests. Where that was the last one of a group it has answered the group
 * itself (Table 31), and its index may come again for other pages.
 */
static void forget_open_groups(void)
{
	struct open_group *group;

	for (group = open_groups; group < open_groups + MAX_OPEN_GROUPS; group++) {
		if (group->used)
			counts.groups_cut_off++;
		group->used = false;
	}
}

void page_requests_serve(void *context)
{
	struct vtd_unit *unit = context;

	serve_queue(unit);
	while (vtd_read32(unit, PRS_REG) & PRS_PRO) {
		/* While PRO is set nothing is added; cleared with an empty queue (7.5). */
		serve_queue(unit);
		forget_open_groups();
		counts.overflows++;
		vtd_write32(unit, PRS_REG, PRS_PRO);
	}
}
