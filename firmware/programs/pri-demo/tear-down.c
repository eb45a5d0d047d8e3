/* Chapter 7: back to silence, in the order that loses nothing (VT-d 7.10, 6.6). */
#include "demo.h"
#include "faults.h"
#include "interrupts.h"
#include "queue.h"
#include "report.h"

#define WHOLE_PASID 52u /* device-TLB invalidation of every page */

static void stop_queues(struct demo *demo)
{
	u32 i, stopped = 0;

	for (i = 0; i < DEMO_SPACES; i++)
		stopped += dma_queue_off(&demo->spaces[i].queue, true);
	require("endpoint-queues-stopped", stopped == DEMO_SPACES,
		"%u of %u came to rest", stopped, DEMO_SPACES);
}

/* After this no page request of the two PASIDs is on its way, and no TLB knows their pages. */
static void drain(struct demo *demo)
{
	struct vtd_unit *unit = &demo->unit;
	u32 drain_flag = unit->ecap & ECAP_PDS ? WAIT_PAGE_REQUEST_DRAIN : 0;
	u32 i;
	bool fenced, drained;

	fenced = vtd_wait_for_queue(unit, WAIT_FENCE);
	for (i = 0; i < DEMO_SPACES; i++) {
		u32 pasid = demo->spaces[i].pasid;

		vtd_invalidate_pasid(unit, DEMO_DOMAIN, pasid);
		vtd_invalidate_device_tlb(unit, demo->engine.function, pasid, 0, WHOLE_PASID);
	}
	drained = vtd_wait_for_queue(unit, drain_flag);
	/* Whether or not their interrupt was taken yet: what the drain delivered is served now. */
	page_requests_serve(unit);
	require("page-request-drain", fenced && drained && page_requests_empty(unit),
		"waited for the wait descriptor with PD: %s", vtd_queue_trouble(unit));
	check("stop-markers", page_request_counts().stop_markers == DEMO_SPACES, "%u came",
	      page_request_counts().stop_markers);
}

static void turn_endpoint_off(struct demo *demo)
{
	require("endpoint-page-requests-off", dma_engine_page_requests_off(&demo->engine),
		"waited for Stopped in the PRI status");
	dma_engine_ats_pasid_off(&demo->engine);
}

/* Without context entry nothing comes through: the endpoint's next request shows it. */
static void clear_context(struct demo *demo)
{
	struct vtd_unit *unit = &demo->unit;
	struct dma_queue *queue = &demo->spaces[0].queue;
	u32 records = fault_count();
	bool forgotten, faulted;

	tables_clear_context(unit, demo->engine.function);
	vtd_invalidate_context(unit, demo->engine.function);
	vtd_invalidate_pasid_cache(unit, DEMO_DOMAIN);
	vtd_invalidate_domain(unit, DEMO_DOMAIN);
	forgotten = vtd_wait_for_queue(unit, 0);

	dma_queue_on(queue, &demo->engine, 0, demo->spaces[0].pasid, queue->ring, RING_ADDRESS);
	dma_start(queue, (struct dma_descriptor){ .control = DMA_NOP });
	faulted = wait_for_fault(records);
	check("context-cleared",
	      forgotten && faulted && fault_latest().reason == REASON_CONTEXT_NOT_PRESENT &&
		      !fault_latest().has_pasid,
	      "%u fault records, latest reason 0x%x", fault_count() - records,
	      fault_latest().reason);
	dma_queue_off(queue, false);
}

static void turn_unit_off(struct vtd_unit *unit)
{
	check("translation-off", vtd_command(unit, GLOBAL_TE, false), "waited for GSTS.TES");
	check("invalidation-queue-off", vtd_queue_off(unit) && vtd_read32(unit, IQH_REG) == 0,
	      "waited for GSTS.QIES; IQH reads 0x%x", vtd_read32(unit, IQH_REG));
	vtd_event_off(unit, PECTL_REG);
	vtd_event_off(unit, IECTL_REG);
	vtd_event_off(unit, FECTL_REG);
	check("nothing-left-pending",
	      faults_clear(unit) && vtd_read32(unit, PRS_REG) == 0 &&
		      interrupt_count(VECTOR_SPURIOUS) == 0,
	      "FSTS 0x%x, PRS 0x%x, %u spurious interrupts", vtd_read32(unit, FSTS_REG),
	      vtd_read32(unit, PRS_REG), interrupt_count(VECTOR_SPURIOUS));
}

void demo_tear_down(struct demo *demo)
{
	note("draining and turning off");
	stop_queues(demo);
	drain(demo);
	turn_endpoint_off(demo);
	clear_context(demo);
	turn_unit_off(&demo->unit);
}
