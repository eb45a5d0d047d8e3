/* Chapter 4: DMA over pages that are not there until the endpoint asks for them; and a refusal. */
#include "demo.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

static struct demo_space *space_of(struct demo *demo, const struct page_request *request)
{
	u32 i;

	for (i = 0; request->has_pasid && i < DEMO_SPACES; i++)
		if (demo->spaces[i].pasid == request->pasid)
			return &demo->spaces[i];
	return NULL;
}

/* Number of the page in an area of PAGED_PAGES pages; PAGED_PAGES if it is outside. */
static u32 page_in_area(u64 address, u64 area)
{
	u64 offset = address - area;

	return offset < PAGED_PAGES * PAGE_SIZE ? LOW32(offset) / PAGE_SIZE : PAGED_PAGES;
}

enum response_code demo_page_in(const struct page_request *request, void *context)
{
	struct demo *demo = context;
	struct demo_space *space = space_of(demo, request);
	u32 source = page_in_area(request->address, PAGED_SOURCE_ADDRESS);
	u32 destination = page_in_area(request->address, PAGED_DESTINATION_ADDRESS);
	u8 *page;
	u32 i;

	if (!space || (source == PAGED_PAGES && destination == PAGED_PAGES))
		return RESPONSE_INVALID;
	page = pages_alloc(1);
	if (source < PAGED_PAGES) {
		/* As if it came from a disk: this data exists nowhere before the endpoint asks. */
		for (i = 0; i < PAGE_SIZE; i++)
			page[i] = demo_byte(space->pasid, source * PAGE_SIZE + i);
		space->paged_source[source] = page;
	} else {
		space->paged_destination[destination] = page;
	}
	first_stage_map(space->table, request->address, physical(page), request->write);
	return RESPONSE_SUCCESS;
}

static u32 wrong_pages(const struct demo_space *space)
{
	u32 i, wrong = 0;

	for (i = 0; i < PAGED_PAGES; i++) {
		const u8 *source = space->paged_source[i];
		const u8 *destination = space->paged_destination[i];

		if (!source || !destination || memcmp(source, destination, PAGE_SIZE))
			wrong++;
	}
	return wrong;
}

static const struct dma_descriptor *start_copy(struct demo_space *space, u64 source,
					       u64 destination, u32 pages)
{
	return dma_start(&space->queue, (struct dma_descriptor){
						.control = DMA_COPY | DMA_INTERRUPT | DMA_USE_ATS |
							   DMA_PAGE_REQUEST,
						.length = pages * PAGE_SIZE,
						.source = source,
						.destination = destination,
					});
}

static void check_paged_copy(struct demo *demo, struct demo_space *space)
{
	u32 interrupts = interrupt_count(VECTOR_PAGE_REQUEST);
	const struct dma_descriptor *descriptor = start_copy(
		space, PAGED_SOURCE_ADDRESS, PAGED_DESTINATION_ADDRESS, PAGED_PAGES);
	bool ended = dma_wait(descriptor);
	struct page_request_counts counts = page_request_counts();

	check("page-request-interrupt", interrupt_count(VECTOR_PAGE_REQUEST) != interrupts,
	      "waited for vector 0x%x from the unit", VECTOR_PAGE_REQUEST);
	check("page-request-groups",
	      counts.requests == 2 * PAGED_PAGES && counts.smallest_group == GROUP_PAGES &&
		      counts.largest_group == GROUP_PAGES &&
		      counts.groups_granted == 2 * PAGED_PAGES / GROUP_PAGES,
	      "%u requests in %u groups of %u to %u pages", counts.requests,
	      counts.groups_granted, counts.smallest_group, counts.largest_group);
	check("every-request-arrived",
	      dma_engine_page_requests(&demo->engine) == counts.requests && !counts.overflows,
	      "endpoint sent %u, queue delivered %u, %u overflows",
	      dma_engine_page_requests(&demo->engine), counts.requests, counts.overflows);
	require("paged-copy",
		ended && dma_status(descriptor) == DMA_OK && wrong_pages(space) == 0,
		"%s with status %u, %u of %u pages differ", ended ? "ended" : "did not end",
		dma_status(descriptor), wrong_pages(space), PAGED_PAGES);
}

static void check_refusal(struct demo_space *space)
{
	u32 refused = page_request_counts().groups_refused;
	const struct dma_descriptor *descriptor =
		start_copy(space, FORBIDDEN_ADDRESS, DESTINATION_ADDRESS, 1);
	bool ended = dma_wait(descriptor);

	require("refused-request",
		ended && dma_status(descriptor) == DMA_PAGE_INVALID &&
			descriptor->result == FORBIDDEN_ADDRESS &&
			page_request_counts().groups_refused == refused + 1,
		"%s with status %u, result 0x%llx, %u groups refused",
		ended ? "ended" : "did not end", dma_status(descriptor), descriptor->result,
		page_request_counts().groups_refused - refused);
}

void demo_page_requests(struct demo *demo)
{
	note("DMA over pages that are not mapped: the endpoint asks, in groups of %u", GROUP_PAGES);
	check_paged_copy(demo, &demo->spaces[0]);
	note("DMA where nothing will be mapped");
	check_refusal(&demo->spaces[1]);
}
