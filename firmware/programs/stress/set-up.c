#include "stress.h"
#include "acpi.h"
#include "faults.h"
#include "interrupts.h"
#include "memory.h"
#include "pci.h"
#include "queue.h"
#include "random.h"
#include "report.h"

#define NEEDED_ECAP \
	(ECAP_QI | ECAP_SMTS | ECAP_SMPWCS | ECAP_PASID | ECAP_DT | ECAP_PRS | ECAP_C)
#define NEEDED_PASID_BITS 13u
/* Where nested spaces see physical memory; and how much of it they see. */
#define GUEST_PHYSICAL 0x800000000ull
#define OUTER_BYTES 0x4000000u

/*
 * The small area of every space reaches over the end of a table of each level below the top. Spaces
 * see the same addresses where they can: only the PASID or the domain tells them apart.
 */
static const struct plan {
	const char *kind;
	u64 needs; /* of ECAP */
	u32 sagaw; /* the bit that the second stage needs */
	u32 first_levels, second_levels;
	u32 pasid;
	u16 domain, other_domain;
	u64 small, large, window;
} plans[SPACES_MAX] = {
	{ "first stage", ECAP_FSTS, 0, 4, 0, 5, 1, 2, 0x00007fffbff80000ull,
	  0x0000123440000000ull, 0x0000200000000000ull },
	{ "first stage", ECAP_FSTS, 0, 4, 0, 9, 1, 2, 0x00007fffbff80000ull,
	  0x0000123440000000ull, 0x0000200000000000ull },
	{ "first stage", ECAP_FSTS, 0, 5, 0, 70, 2, 1, 0x00ab7fffbff80000ull,
	  0x00cd123440000000ull, 0x00ef200000000000ull },
	{ "second stage", ECAP_SSTS, BIT(2), 0, 4, 11, 0x31, 0x32, 0x00007fffbff80000ull,
	  0x0000123440000000ull, 0x0000200000000000ull },
	{ "second stage", ECAP_SSTS, BIT(1), 0, 3, 4100, 0x41, 0x42, 0x0000005fbff80000ull,
	  0x0000002340000000ull, 0x0000003000000000ull },
	{ "nested", ECAP_FSTS | ECAP_SSTS | ECAP_NEST, BIT(2), 4, 4, 200, 0x51, 0x52,
	  0x00007fffbff80000ull, 0x0000123440000000ull, 0x0000200000000000ull },
};

static void discover(void)
{
	struct acpi_remapping_unit description;
	struct acpi_ecam ecam;
	const char *missing;

	require("find-tables", acpi_init() && acpi_find_ecam(&ecam), "no RSDP, or no MCFG");
	pci_init(&ecam);
	missing = dma_engine_find(&stress.engine);
	require("find-endpoint", !missing, "%s", missing);
	require("find-unit",
		acpi_find_remapping_unit(stress.engine.function, &description) &&
			vtd_init(&stress.unit, description.registers),
		"no DRHD covers the endpoint, or nothing answers there");
	missing = vtd_missing_capability(&stress.unit, NEEDED_ECAP);
	require("unit-capabilities",
		!missing && ECAP_PSS(stress.unit.ecap) + 1 >= NEEDED_PASID_BITS &&
			(stress.unit.ecap & (ECAP_FSTS | ECAP_SSTS)),
		"ECAP.%s is needed", missing ? missing : "FSTS or SSTS, and PSS of 12 or more,");
	/* The changes here make no invalidation for what was not there before. */
	require("no-caching-mode", !(stress.unit.cap & CAP_CM), "CAP.CM is set");
	require("local-apic", interrupts_init(acpi_local_apic()), "none answers");
}

static bool is_possible(const struct plan *plan)
{
	const struct vtd_unit *unit = &stress.unit;

	if ((unit->ecap & plan->needs) != plan->needs)
		return false;
	if (plan->first_levels == 5 && !(unit->cap & CAP_FS5LP))
		return false;
	if (plan->second_levels && plan->first_levels && !(unit->cap & CAP_SSLPS_2M))
		return false;
	return (CAP_SAGAW(unit->cap) & plan->sagaw) == plan->sagaw;
}

/* A nested space sees all memory at other addresses, through pages of 2 MiB. */
static void map_outer(struct space *space, u32 levels)
{
	u32 at;

	page_table_init(&space->outer, SECOND_STAGE, levels);
	for (at = 0; at < OUTER_BYTES; at += LEVEL_BYTES(LEVEL_2M))
		page_table_map(&space->outer, GUEST_PHYSICAL + at, at, LEVEL_2M, true);
	space->table.offset = GUEST_PHYSICAL;
}

static void choose_areas(struct space *space, const struct plan *plan)
{
	u64 cap = stress.unit.cap;
	bool first = plan->first_levels;

	space->small = plan->small;
	space->large = first || (cap & CAP_SSLPS_2M) ? plan->large : 0;
	space->window = (cap & (first ? CAP_FS1GP : CAP_SSLPS_1G)) ? plan->window : 0;
}

static void build_space(const struct plan *plan)
{
	struct space *space = &stress.spaces[stress.space_count++];
	u32 i;

	*space = (struct space){ .kind = plan->kind,
				 .pasid = plan->pasid,
				 .domain = plan->domain,
				 .other_domain = plan->other_domain,
				 .nested = plan->first_levels && plan->second_levels };
	choose_areas(space, plan);
	if (plan->first_levels)
		page_table_init(&space->table, FIRST_STAGE, plan->first_levels);
	else
		page_table_init(&space->table, SECOND_STAGE, plan->second_levels);
	if (space->nested)
		map_outer(space, plan->second_levels);
	for (i = 0; i < SLOTS; i++)
		slot_reset_empty(&space->slots[i]);
	for (i = 0; i < QUEUES; i++)
		page_table_map(&space->table, RING_ADDRESS(i), physical(stress.rings[i]), LEVEL_4K,
			       true);
	if (space->window)
		page_table_map(&space->table, space->window, 0, LEVEL_1G, true);
	stress_enter_pasid(space);
	note("PASID %u: %s, %u levels%s%s", space->pasid, space->kind, space->table.levels,
	     space->large ? ", pages of 2 MiB" : "", space->window ? " and 1 GiB" : "");
}

void stress_enter_pasid(const struct space *space)
{
	const struct page_table *table = &space->table;
	bool first = table->format == FIRST_STAGE;

	pasid_set(&stress.directory, space->pasid,
		  &(struct pasid_translation){
			  .domain = space->domain,
			  .first_stage = first ? table : NULL,
			  .second_stage = !first ? table : space->nested ? &space->outer : NULL,
			  .second_stage_flags = stress.unit.ecap & ECAP_SSADS,
		  });
}

void stress_bind_queue(u32 queue, struct space *space)
{
	stress.bound[queue] = space;
	dma_queue_on(&stress.queues[queue], &stress.engine, queue, space->pasid,
		     stress.rings[queue], RING_ADDRESS(queue));
}

static void build_tables(void)
{
	u32 i;

	for (i = 0; i < QUEUES; i++)
		stress.rings[i] = pages_alloc(1);
	tables_init(&stress.unit);
	pasid_directory_init(&stress.directory);
	for (i = 0; i < ARRAY_SIZE(plans); i++)
		if (is_possible(&plans[i]))
			build_space(&plans[i]);
	tables_set_context(&stress.unit, stress.engine.function, &stress.directory,
			   CONTEXT_ATS | CONTEXT_PASID | CONTEXT_PAGE_REQUESTS);
}

static void turn_endpoint_on(void)
{
	u32 i;

	require("endpoint", dma_engine_pasid_ats_pri_on(&stress.engine, CREDITS) &&
				    dma_engine_init(&stress.engine, VECTOR_ENDPOINT),
		"PASID, ATS, PRI or MSI cannot be enabled");
	dma_engine_set_group_size(&stress.engine, GROUP_PAGES);
	/* Two queues to a space, until they are bound anew. */
	for (i = 0; i < QUEUES; i++)
		stress_bind_queue(i, &stress.spaces[i / 2 % stress.space_count]);
}

void stress_set_up(void)
{
	struct vtd_unit *unit = &stress.unit;

	discover();
	frames_init();
	require("invalidation-queue", vtd_queue_on(unit) && vtd_wait_for_queue(unit, 0), "%s",
		vtd_queue_trouble(unit));
	build_tables();
	require("root-table", vtd_set_root(unit), "%s", vtd_queue_trouble(unit));
	require("page-request-queue", page_requests_on(unit, stress_page_in, NULL),
		"PQA reads %016llx", vtd_read64(unit, PQA_REG));
	interrupt_register(VECTOR_FAULT, faults_serve, unit);
	interrupt_register(VECTOR_PAGE_REQUEST, page_requests_serve, unit);
	require("events",
		vtd_event_on(unit, FECTL_REG, VECTOR_FAULT) &&
			vtd_event_on(unit, PECTL_REG, VECTOR_PAGE_REQUEST),
		"FECTL or PECTL stays masked");
	require("translation-on", vtd_command(unit, GLOBAL_TE, true), "waited for GSTS.TES");
	turn_endpoint_on();
}
