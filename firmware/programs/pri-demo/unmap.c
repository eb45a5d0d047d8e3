/* Chapter 6: taking a page away. Until both TLBs have forgotten it, it is not gone. */
#include "demo.h"
#include "faults.h"
#include "interrupts.h"
#include "queue.h"
#include "report.h"

static struct dma_descriptor read_of_source(u32 flags)
{
	return (struct dma_descriptor){
		.control = DMA_COPY | DMA_INTERRUPT | flags,
		.length = 64,
		.source = SOURCE_ADDRESS,
		.destination = DESTINATION_ADDRESS,
	};
}

static void invalidate(struct demo *demo, const struct demo_space *space, u64 address)
{
	vtd_invalidate_pages(&demo->unit, DEMO_DOMAIN, space->pasid, address, 0);
	/*
	 * After the unit's own: else the endpoint could fetch the old translation again (6.5.2.12).
	 */
	vtd_invalidate_device_tlb(&demo->unit, demo->engine.function, space->pasid, address, 0);
	require("invalidation-of-both-tlbs", vtd_wait_for_queue(&demo->unit, 0),
		"waited for the status write behind IOTLB and device-TLB invalidation: %s",
		vtd_queue_trouble(&demo->unit));
}

static void check_asks_again(struct demo_space *space)
{
	u32 requests = page_request_counts().requests;
	u32 status = dma_run(&space->queue, read_of_source(DMA_USE_ATS | DMA_PAGE_REQUEST));

	check("unmapped-page-is-asked-for-again",
	      status == DMA_PAGE_INVALID && page_request_counts().requests == requests + 1,
	      "status %u after %u page requests", status,
	      page_request_counts().requests - requests);
}

static void check_faults(struct demo *demo, struct demo_space *space)
{
	u32 records = fault_count();
	u32 status = dma_run(&space->queue, read_of_source(0));

	if (status != DMA_UNSUPPORTED_REQUEST || !wait_for_fault(records))
		check("unmapped-page-faults", false,
		      "status %u, %u fault records", status, fault_count() - records);
	else
		demo_check_fault(demo, "unmapped-page-faults", REASON_FIRST_STAGE_NOT_PRESENT,
				 FAULT_READ, space->pasid, SOURCE_ADDRESS);
}

static void check_invalidation_interrupt(struct demo *demo)
{
	u32 before = interrupt_count(VECTOR_INVALIDATION);
	bool done = vtd_wait_for_queue(&demo->unit, WAIT_INTERRUPT);

	check("invalidation-interrupt",
	      done && wait_for_interrupt(VECTOR_INVALIDATION, before) &&
		      !(vtd_read32(&demo->unit, ICS_REG) & ICS_IWC),
	      "waited for vector 0x%x from the unit; ICS 0x%x", VECTOR_INVALIDATION,
	      vtd_read32(&demo->unit, ICS_REG));
}

void demo_unmap(struct demo *demo)
{
	struct demo_space *space = &demo->spaces[0];
	u32 before, stale;

	note("unmapping a page that both TLBs know");
	before = dma_run(&space->queue, read_of_source(DMA_USE_ATS));
	require("page-was-reachable",
		before == DMA_OK && first_stage_unmap(space->table, SOURCE_ADDRESS),
		"status %u", before);
	stale = dma_run(&space->queue, read_of_source(DMA_USE_ATS));
	note("before the invalidation the endpoint %s", stale == DMA_OK ?
		"still reads it, from its device TLB" : "does not reach it any more");
	invalidate(demo, space, SOURCE_ADDRESS);
	check_asks_again(space);
	check_faults(demo, space);
	check_invalidation_interrupt(demo);
}
