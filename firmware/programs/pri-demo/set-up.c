/* Chapter 2: tables, queues and events of the unit, then the endpoint. */
#include "demo.h"
#include "faults.h"
#include "interrupts.h"
#include "memory.h"
#include "pci.h"
#include "report.h"

static const u32 pasids[DEMO_SPACES] = { 5, 9 };
static const u64 fills[DEMO_SPACES] = { 0x5555000055550000ull, 0x9999000099990000ull };

#define PAGE_REQUEST_CREDITS 16u

static void map_buffer(struct demo_space *space, u64 address, u8 **pages, bool writable)
{
	u32 i;

	for (i = 0; i < DEMO_PAGES; i++) {
		/*
		 * A page in between stays unused: neighbours for the endpoint are none in memory.
		 */
		pages[i] = pages_alloc(2);
		first_stage_map(space->table, address + i * PAGE_SIZE, physical(pages[i]),
				writable);
	}
}

static void build_space(struct demo *demo, u32 index)
{
	struct demo_space *space = &demo->spaces[index];

	space->pasid = pasids[index];
	space->fill = fills[index];
	space->table = first_stage_create();
	map_buffer(space, SOURCE_ADDRESS, space->source, true);
	map_buffer(space, DESTINATION_ADDRESS, space->destination, true);
	space->read_only = pages_alloc(1);
	first_stage_map(space->table, READ_ONLY_ADDRESS, physical(space->read_only), false);
	space->queue.ring = pages_alloc(1);
	first_stage_map(space->table, RING_ADDRESS, physical(space->queue.ring), true);
	pasid_set_first_stage(&demo->directory, space->pasid, DEMO_DOMAIN, space->table);
}

static void build_tables(struct demo *demo)
{
	u32 i;

	tables_init(&demo->unit);
	pasid_directory_init(&demo->directory);
	for (i = 0; i < DEMO_SPACES; i++)
		build_space(demo, i);
	tables_set_context(&demo->unit, demo->engine.function, &demo->directory,
			   CONTEXT_ATS | CONTEXT_PASID | CONTEXT_PAGE_REQUESTS);
}

/* The invalidation completion event: the next one needs IWC clear (11.4.9.4). */
static void serve_invalidation(void *context)
{
	vtd_write32(context, ICS_REG, ICS_IWC);
}

static void turn_events_on(struct vtd_unit *unit)
{
	bool faults, invalidations, requests;

	interrupt_register(VECTOR_FAULT, faults_serve, unit);
	interrupt_register(VECTOR_INVALIDATION, serve_invalidation, unit);
	interrupt_register(VECTOR_PAGE_REQUEST, page_requests_serve, unit);
	faults = vtd_event_on(unit, FECTL_REG, VECTOR_FAULT);
	invalidations = vtd_event_on(unit, IECTL_REG, VECTOR_INVALIDATION);
	requests = vtd_event_on(unit, PECTL_REG, VECTOR_PAGE_REQUEST);
	require("event-interrupts", faults && invalidations && requests,
		"still masked:%s%s%s", faults ? "" : " FECTL", invalidations ? "" : " IECTL",
		requests ? "" : " PECTL");
}

static void turn_endpoint_on(struct demo *demo)
{
	u32 i;

	require("endpoint-pasid-ats-pri",
		dma_engine_pasid_ats_pri_on(&demo->engine, PAGE_REQUEST_CREDITS),
		"an enable bit in its configuration space did not stay set");
	require("endpoint-msi", dma_engine_init(&demo->engine, VECTOR_ENDPOINT),
		"no MSI capability");
	dma_engine_set_group_size(&demo->engine, GROUP_PAGES);
	for (i = 0; i < DEMO_SPACES; i++) {
		struct demo_space *space = &demo->spaces[i];

		dma_queue_on(&space->queue, &demo->engine, i, space->pasid, space->queue.ring,
			     RING_ADDRESS);
	}
}

void demo_set_up(struct demo *demo)
{
	struct vtd_unit *unit = &demo->unit;

	note("setting up: scalable mode, PASIDs %u and %u", pasids[0], pasids[1]);
	require("invalidation-queue", vtd_queue_on(unit) && vtd_wait_for_queue(unit, 0),
		"waited for GSTS.QIES and a first wait descriptor: %s", vtd_queue_trouble(unit));
	build_tables(demo);
	require("root-table", vtd_set_root(unit), "waited for GSTS.RTPS: %s",
		vtd_queue_trouble(unit));
	require("page-request-queue", page_requests_on(unit, demo_page_in, demo),
		"PQA reads %016llx, PQT 0x%x", vtd_read64(unit, PQA_REG),
		vtd_read32(unit, PQT_REG));
	turn_events_on(unit);
	require("translation-on", vtd_command(unit, GLOBAL_TE, true), "waited for GSTS.TES");
	turn_endpoint_on(demo);
}
