/* Chapters 8 and 9: addresses that mean themselves, by pass-through and without translation. */
#include "faults.h"
#include "legacy-dma.h"
#include "interrupts.h"
#include "memory.h"
#include "queue.h"
#include "report.h"

#define BYTES 512u

/* The engine sees memory as the processor does: its ring too. */
static u32 copy_of_physical(struct legacy *legacy, u32 *wrong)
{
	u8 *source = pages_alloc(1), *destination = pages_alloc(1);
	u32 status;

	dma_queue_off(&legacy->queue, false);
	dma_queue_on(&legacy->queue, &legacy->engine, 0, DMA_NO_PASID, legacy->ring,
		     physical(legacy->ring));
	legacy_scramble(source, BYTES);
	status = legacy_copy(legacy, physical(source), physical(destination), BYTES);
	*wrong = BYTES - difference_offset(source, destination, BYTES);
	return status;
}

void legacy_pass_through(struct legacy *legacy)
{
	struct vtd_unit *unit = &legacy->unit;
	u16 domain = ENGINE_DOMAIN(legacy->levels);
	u32 status, wrong;

	if (!(unit->ecap & ECAP_PT)) {
		skip("pass-through", "ECAP.PT is clear");
		return;
	}
	legacy_set_pass_through(unit, legacy->engine.function, PASS_THROUGH_DOMAIN);
	require("pass-through-invalidation",
		vtd_flush_write_buffer(unit) &&
			legacy_invalidate_context(unit, legacy->by, legacy->engine.function,
						  domain) &&
			legacy_invalidate_domain(unit, legacy->by, domain),
		"an invalidation was not done");
	status = copy_of_physical(legacy, &wrong);
	check("pass-through", status == DMA_OK && !wrong, "status %u, %u bytes not copied", status,
	      wrong);
}

void legacy_tear_down(struct legacy *legacy)
{
	struct vtd_unit *unit = &legacy->unit;
	u32 status, wrong;

	require("translation-off", vtd_command(unit, GLOBAL_TE, false), "waited for GSTS.TES");
	status = copy_of_physical(legacy, &wrong);
	check("untranslated", status == DMA_OK && !wrong, "status %u, %u bytes not copied", status,
	      wrong);
	dma_queue_off(&legacy->queue, false);
	if (legacy->by == BY_QUEUE)
		check("queue-off", vtd_queue_off(unit), "waited for GSTS.QIES");
	vtd_event_off(unit, FECTL_REG);
	check("nothing-left-pending",
	      faults_clear(unit) && interrupt_count(VECTOR_SPURIOUS) == 0,
	      "FSTS 0x%x, %u spurious interrupts", vtd_read32(unit, FSTS_REG),
	      interrupt_count(VECTOR_SPURIOUS));
}
