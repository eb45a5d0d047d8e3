/* Chapter 5: requests that no answer could save: fault records and their interrupt. */
#include "demo.h"
#include "faults.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

#define SPARE_QUEUE 2

void demo_check_fault(const struct demo *demo, const char *name, u32 reason, u32 type, u32 pasid,
		      u64 address)
{
	struct fault fault = fault_latest();

	check(name,
	      fault.reason == reason && fault.type == type && fault.has_pasid &&
		      fault.pasid == pasid && fault.source == demo->engine.function &&
		      fault.address == address,
	      "reason 0x%02x type %u from 0x%04x PASID %u at 0x%llx, expected reason 0x%02x",
	      fault.reason, fault.type, fault.source, fault.pasid, fault.address, reason);
}

static void check_write_to_read_only(struct demo *demo)
{
	struct demo_space *space = &demo->spaces[0];
	u32 records = fault_count(), interrupts = interrupt_count(VECTOR_FAULT);
	u32 status = dma_run(&space->queue, (struct dma_descriptor){
						    .control = DMA_FILL | DMA_INTERRUPT,
						    .length = 64,
						    .destination = READ_ONLY_ADDRESS,
						    .pattern = ~0ull,
					    });

	check("write-to-read-only-page", status == DMA_UNSUPPORTED_REQUEST && !space->read_only[0],
	      "status %u, first byte 0x%x", status, space->read_only[0]);
	require("fault-interrupt",
		wait_for_fault(records) && interrupt_count(VECTOR_FAULT) != interrupts,
		"waited for vector 0x%x from the unit and a fault record", VECTOR_FAULT);
	demo_check_fault(demo, "fault-record", REASON_NO_WRITE_PERMISSION, FAULT_WRITE,
			 space->pasid, READ_ONLY_ADDRESS);
	check("fault-cleared", faults_clear(&demo->unit), "FSTS reads 0x%x",
	      vtd_read32(&demo->unit, FSTS_REG));
}

/* Another queue, with a PASID that nobody set up: it cannot even read its first descriptor. */
static void check_absent_pasid(struct demo *demo)
{
	struct dma_queue queue;
	struct dma_descriptor *ring = pages_alloc(1);
	u32 records = fault_count();

	dma_queue_on(&queue, &demo->engine, SPARE_QUEUE, ABSENT_PASID, ring, RING_ADDRESS);
	dma_start(&queue, (struct dma_descriptor){ .control = DMA_NOP });
	if (!wait_for_fault(records))
		check("absent-pasid", false, "waited for a fault record");
	else
		demo_check_fault(demo, "absent-pasid", REASON_PASID_NOT_PRESENT, FAULT_READ,
				 ABSENT_PASID, RING_ADDRESS);
	dma_queue_off(&queue, false);
}

void demo_faults(struct demo *demo)
{
	note("DMA that no page request could save");
	check_write_to_read_only(demo);
	check_absent_pasid(demo);
}
