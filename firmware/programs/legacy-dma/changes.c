/* Chapter 7: what was mapped goes away, or goes elsewhere; by registers and by the queue. */
#include "faults.h"
#include "legacy-dma.h"
#include "interrupts.h"
#include "memory.h"
#include "queue.h"
#include "report.h"

#define BYTES 256u
/* Two more pages of the engine's areas, apart from those of the other chapters. */
#define AWAY(address) ((address) + 0x40000)

enum change_check { UNMAP, DOMAIN_UNMAP, CONTEXT_CHANGE, CONTEXT_CLEAR, CHANGE_CHECKS };

static const char *const names[2][CHANGE_CHECKS] = {
	[BY_REGISTERS] = { "registers-unmap", "registers-unmap-by-domain",
			   "registers-other-context", "registers-no-context" },
	[BY_QUEUE] = { "queue-unmap", "queue-unmap-by-domain", "queue-other-context",
		       "queue-no-context" },
};

/* Unmaps a page that the unit knows, invalidates, and expects the next read of it to fault. */
static void check_unmap(struct legacy *legacy, const char *name, bool whole_domain)
{
	const struct page_table *table = &legacy->tables[legacy->levels];
	u16 domain = ENGINE_DOMAIN(legacy->levels);
	u64 source = AWAY(engine_area(legacy)->source);
	u64 destination = engine_area(legacy)->destination;
	u32 before, stale, after, records;
	bool done;

	legacy_map(legacy, table, domain, source, pages_alloc(1), false);
	before = legacy_copy(legacy, source, destination, BYTES);
	page_table_unmap(table, source, LEVEL_4K);
	vtd_flush_write_buffer(&legacy->unit);
	records = fault_count();
	stale = legacy_copy(legacy, source, destination, BYTES);
	note("before the invalidation the page is %s", stale == DMA_OK ? "still there" : "gone");
	if (stale != DMA_OK)
		wait_for_fault(records);
	done = whole_domain ? legacy_invalidate_domain(&legacy->unit, legacy->by, domain) :
			      legacy_invalidate_pages(&legacy->unit, legacy->by, domain, source, 0);
	records = fault_count();
	after = legacy_copy(legacy, source, destination, BYTES);
	if (before != DMA_OK || !done || after != DMA_UNSUPPORTED_REQUEST)
		check(name, false, "status %u while mapped, %u when it is gone; invalidation %s",
		      before, after, done ? "done" : "not done");
	else
		legacy_check_fault(name, records, REASON_LEGACY_NO_READ, FAULT_READ,
				   legacy->engine.function, source);
}

/* The same addresses, and another table behind the context entry: other bytes. */
static void check_other_context(struct legacy *legacy, const char *name)
{
	struct vtd_unit *unit = &legacy->unit;
	const struct page_table *table = &legacy->tables[legacy->levels];
	u16 domain = ENGINE_DOMAIN(legacy->levels), other_domain = 0x30;
	u64 source = AWAY(engine_area(legacy)->source);
	u64 destination = AWAY(engine_area(legacy)->destination);
	u8 *first = pages_alloc(1), *second = pages_alloc(1), *target = pages_alloc(1);
	struct page_table other;
	bool there, heard, changed, back;

	legacy_scramble(first, BYTES);
	legacy_scramble(second, BYTES);
	page_table_init(&other, SECOND_STAGE, legacy->levels);
	page_table_map(&other, RING_ADDRESS, physical(legacy->ring), LEVEL_4K, true);
	page_table_map(&other, source, physical(second), LEVEL_4K, false);
	page_table_map(&other, destination, physical(target), LEVEL_4K, true);
	legacy_map(legacy, table, domain, source, first, false);
	legacy_map(legacy, table, domain, destination, target, true);
	there = legacy_copy(legacy, source, destination, BYTES) == DMA_OK &&
		!memcmp(target, first, BYTES);

	legacy_set_context(unit, legacy->engine.function, other_domain, &other);
	heard = vtd_flush_write_buffer(unit) &&
		legacy_invalidate_context(unit, legacy->by, legacy->engine.function, domain) &&
		legacy_invalidate_domain(unit, legacy->by, domain);
	changed = legacy_copy(legacy, source, destination, BYTES) == DMA_OK &&
		  !memcmp(target, second, BYTES);

	legacy_set_context(unit, legacy->engine.function, domain, table);
	back = vtd_flush_write_buffer(unit) &&
	       legacy_invalidate_context(unit, legacy->by, legacy->engine.function, other_domain) &&
	       legacy_invalidate_domain(unit, legacy->by, other_domain) &&
	       legacy_copy(legacy, source, destination, BYTES) == DMA_OK &&
	       !memcmp(target, first, BYTES);
	page_table_unmap(table, source, LEVEL_4K);
	page_table_unmap(table, destination, LEVEL_4K);
	legacy_invalidate_domain(unit, legacy->by, domain);
	check(name, there && heard && changed && back,
	      "before %u, invalidated %u, after %u, back %u", there, heard, changed, back);
}

/* Without context entry the engine cannot even read its ring. */
static void check_no_context(struct legacy *legacy, const char *name)
{
	struct vtd_unit *unit = &legacy->unit;
	u16 domain = ENGINE_DOMAIN(legacy->levels);
	u32 records = fault_count();
	bool heard;

	legacy_clear_context(unit, legacy->engine.function);
	heard = vtd_flush_write_buffer(unit) &&
		legacy_invalidate_context(unit, legacy->by, legacy->engine.function, domain) &&
		legacy_invalidate_domain(unit, legacy->by, domain);
	dma_start(&legacy->queue, (struct dma_descriptor){ .control = DMA_NOP });
	if (heard)
		legacy_check_fault(name, records, REASON_LEGACY_CONTEXT_NOT_PRESENT, FAULT_READ,
				   legacy->engine.function,
				   RING_ADDRESS);
	else
		check(name, false, "the invalidation was not done");
	dma_queue_off(&legacy->queue, false);
	legacy_set_context(unit, legacy->engine.function, domain, &legacy->tables[legacy->levels]);
	vtd_flush_write_buffer(unit);
	if (unit->cap & CAP_CM)
		/* What was not there was cached with domain 0. */
		legacy_invalidate_context(unit, legacy->by, legacy->engine.function, 0);
	dma_queue_on(&legacy->queue, &legacy->engine, 0, DMA_NO_PASID, legacy->ring, RING_ADDRESS);
}

static const char *obstacle(const struct legacy *legacy, enum invalidation_interface by)
{
	if (by == BY_REGISTERS)
		return legacy_registers_are_serviced(&legacy->unit) ?
			       NULL :
			       "this version of the unit does not service the registers";
	return legacy->unit.ecap & ECAP_QI ? NULL : "the unit has no invalidation queue";
}

void legacy_changes(struct legacy *legacy, enum invalidation_interface by)
{
	const char *reason = obstacle(legacy, by);
	u32 i;

	if (reason) {
		for (i = 0; i < CHANGE_CHECKS; i++)
			skip(names[by][i], "%s", reason);
		return;
	}
	note("changes, and invalidations by %s", by == BY_REGISTERS ? "registers" : "the queue");
	if (by == BY_QUEUE && legacy->by != BY_QUEUE)
		require("queue-on", vtd_queue_on(&legacy->unit), "waited for GSTS.QIES");
	legacy->by = by;
	check_unmap(legacy, names[by][UNMAP], false);
	check_unmap(legacy, names[by][DOMAIN_UNMAP], true);
	check_other_context(legacy, names[by][CONTEXT_CHANGE]);
	check_no_context(legacy, names[by][CONTEXT_CLEAR]);
}
