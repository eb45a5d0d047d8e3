/* Chapter 2: root, context and page tables; translation on; and what the other chapters share. */
#include "legacy-dma.h"
#include "faults.h"
#include "interrupts.h"
#include "memory.h"
#include "queue.h"
#include "random.h"
#include "report.h"

const struct engine_area engine_areas[MOST_LEVELS + 1] = {
	[3] = { 0x0000004567fff000ull, 0x000000789abff000ull, 0x0000001240000000ull },
	[4] = { 0x00004567bffff000ull, 0x0000789abffff000ull, 0x0000123440000000ull },
	[5] = { 0x00b567bffffff000ull, 0x00f89abffffff000ull, 0x00a2344440000000ull },
};

void legacy_scramble(void *bytes, u32 length)
{
	u32 *words = bytes, i;

	for (i = 0; i < length / 4; i++)
		words[i] = random_u32();
}

/* The widest table below 5 levels: what every device but the engine gets. */
static u32 usual_levels(const struct legacy *legacy)
{
	return legacy->offered[4] ? 4 : 3;
}

static void build_tables(struct legacy *legacy)
{
	u32 levels;

	legacy_tables_init(&legacy->unit);
	legacy->ring = pages_alloc(1);
	for (levels = LEAST_LEVELS; levels <= MOST_LEVELS; levels++) {
		if (!legacy->offered[levels])
			continue;
		page_table_init(&legacy->tables[levels], SECOND_STAGE, levels);
		page_table_map(&legacy->tables[levels], RING_ADDRESS, physical(legacy->ring),
			       LEVEL_4K, true);
	}
	legacy->levels = usual_levels(legacy);
	legacy_set_context(&legacy->unit, legacy->engine.function, ENGINE_DOMAIN(legacy->levels),
			   &legacy->tables[legacy->levels]);
	page_table_init(&legacy->edu_table, SECOND_STAGE, usual_levels(legacy));
	page_table_init(&legacy->ide_table, SECOND_STAGE, usual_levels(legacy));
	if (!legacy->no_edu)
		legacy_set_context(&legacy->unit, legacy->edu.function, EDU_DOMAIN,
				   &legacy->edu_table);
	if (!legacy->no_ide)
		legacy_set_context(&legacy->unit, legacy->ide.function, IDE_DOMAIN,
				   &legacy->ide_table);
}

void legacy_set_up(struct legacy *legacy)
{
	struct vtd_unit *unit = &legacy->unit;

	legacy->by = legacy_registers_are_serviced(unit) ? BY_REGISTERS : BY_QUEUE;
	note("invalidation by %s first", legacy->by == BY_REGISTERS ? "registers" : "the queue");
	if (legacy->by == BY_QUEUE)
		require("invalidation-queue", vtd_queue_on(unit) && vtd_wait_for_queue(unit, 0),
			"%s", vtd_queue_trouble(unit));
	build_tables(legacy);
	require("root-table",
		vtd_flush_write_buffer(unit) && legacy_set_root(unit, legacy->by),
		"waited for GSTS.RTPS, or for an invalidation");
	interrupt_register(VECTOR_FAULT, faults_serve, unit);
	require("fault-event", vtd_event_on(unit, FECTL_REG, VECTOR_FAULT), "FECTL stays masked");
	require("translation-on", vtd_command(unit, GLOBAL_TE, true), "waited for GSTS.TES");
	require("dma-engine-msi", dma_engine_init(&legacy->engine, VECTOR_ENDPOINT),
		"no MSI capability");
	dma_queue_on(&legacy->queue, &legacy->engine, 0, DMA_NO_PASID, legacy->ring, RING_ADDRESS);
}

bool legacy_assign_engine(struct legacy *legacy, u32 levels)
{
	u16 old = ENGINE_DOMAIN(legacy->levels);

	legacy_set_context(&legacy->unit, legacy->engine.function, ENGINE_DOMAIN(levels),
			   &legacy->tables[levels]);
	legacy->levels = levels;
	return vtd_flush_write_buffer(&legacy->unit) &&
	       legacy_invalidate_context(&legacy->unit, legacy->by, legacy->engine.function, old) &&
	       legacy_invalidate_domain(&legacy->unit, legacy->by, old);
}

void legacy_map(struct legacy *legacy, const struct page_table *table, u16 domain, u64 address,
		const void *page, bool writable)
{
	page_table_map(table, address, physical(page), LEVEL_4K, writable);
	if (!vtd_flush_write_buffer(&legacy->unit))
		give_up("write-buffer-flush", "waited for GSTS.WBFS");
	if ((legacy->unit.cap & CAP_CM) &&
	    !legacy_invalidate_pages(&legacy->unit, legacy->by, domain, address, 0))
		give_up("invalidation", "the unit did not invalidate a page of domain 0x%x",
			domain);
}

u32 legacy_copy(struct legacy *legacy, u64 source, u64 destination, u32 bytes)
{
	return dma_run(&legacy->queue, (struct dma_descriptor){ .control = DMA_COPY | DMA_INTERRUPT,
								.length = bytes,
								.source = source,
								.destination = destination });
}

bool legacy_check_fault(const char *name, u32 records, u8 reason, u32 type, u16 source, u64 address)
{
	struct fault fault;

	if (!wait_for_fault(records))
		return check(name, false, "waited for vector 0x%x and a fault record",
			     VECTOR_FAULT);
	fault = fault_latest();
	return check(name,
		     fault.reason == reason && fault.type == type && !fault.has_pasid &&
			     fault.source == source && fault.address == address,
		     "reason 0x%02x type %u from 0x%04x at 0x%llx, expected reason 0x%02x type %u "
		     "from 0x%04x at 0x%llx",
		     fault.reason, fault.type, fault.source, fault.address, reason, type, source,
		     address);
}
