// #region discover
#include "acpi.h"
#include "console.h"
#include "dma-engine.h"
#include "faults.h"
#include "first-stage.h"
#include "interrupts.h"
#include "memory.h"
#include "page-requests.h"
#include "pci.h"
#include "report.h"
#include "tables.h"

#define PASID 5
#define DOMAIN 1
#define RING_ADDRESS 0x100000000ull
#define BUFFER_ADDRESS 0x200000000ull
#define BUFFER_PAGES 200u

static struct vtd_unit unit;
static struct dma_engine engine;
static struct dma_queue queue;

static void discover(void)
{
	struct acpi_remapping_unit drhd;
	struct acpi_ecam ecam;

	require("acpi", acpi_init() && acpi_find_ecam(&ecam), "no RSDP, or no MCFG");
	pci_init(&ecam);
	require("endpoint", dma_engine_find(&engine) == NULL, "no dma-engine");
	require("unit",
		acpi_find_remapping_unit(engine.function, &drhd) &&
			vtd_init(&unit, drhd.registers),
		"no unit covers the endpoint");
	require("page-requests", unit.ecap & ECAP_PRS, "ECAP.PRS is clear");
	require("local-apic", interrupts_init(acpi_local_apic()), "none answers");
}
// #endregion

// #region set-up
static u64 *first_stage;
static u8 *pages[BUFFER_PAGES];

/* Called for every request that comes in: maps a fresh page. */
static enum response_code map_page(const struct page_request *request, void *context)
{
	u64 index = (request->address - BUFFER_ADDRESS) / PAGE_SIZE;

	(void)context;
	if (index >= BUFFER_PAGES)
		return RESPONSE_INVALID;
	if (!pages[index]) {
		pages[index] = pages_alloc(1);
		first_stage_map(first_stage, request->address, physical(pages[index]), true);
	}
	return RESPONSE_SUCCESS;
}

static void set_up(void)
{
	static struct pasid_directory directory;
	struct dma_descriptor *ring = pages_alloc(1);

	require("invalidation-queue", vtd_queue_on(&unit), "GSTS.QIES stays clear");
	first_stage = first_stage_create();
	first_stage_map(first_stage, RING_ADDRESS, physical(ring), true);
	pasid_directory_init(&directory);
	pasid_set_first_stage(&directory, PASID, DOMAIN, first_stage);
	tables_init(&unit);
	tables_set_context(&unit, engine.function, &directory,
			   CONTEXT_ATS | CONTEXT_PASID | CONTEXT_PAGE_REQUESTS);
	require("root-table", vtd_set_root(&unit), "%s", vtd_queue_trouble(&unit));

	require("page-request-queue", page_requests_on(&unit, map_page, NULL), "PQA");
	interrupt_register(VECTOR_PAGE_REQUEST, page_requests_serve, &unit);
	interrupt_register(VECTOR_FAULT, faults_serve, &unit);
	vtd_event_on(&unit, PECTL_REG, VECTOR_PAGE_REQUEST);
	vtd_event_on(&unit, FECTL_REG, VECTOR_FAULT);
	require("translation", vtd_command(&unit, GLOBAL_TE, true), "GSTS.TES stays clear");

	require("endpoint-on", dma_engine_pasid_ats_pri_on(&engine, 16), "an enable is gone");
	require("endpoint-msi", dma_engine_init(&engine, VECTOR_ENDPOINT), "no MSI");
	dma_queue_on(&queue, &engine, 0, PASID, ring, RING_ADDRESS);
}
// #endregion

// #region main
#define MANNERS 0x020
#define MANNERS_FLOOD BIT(2)

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	const struct dma_descriptor *fill;
	u32 i;

	console_init();
	exceptions_init();
	memory_init(magic, multiboot);
	discover();
	set_up();

	mmio_write32(engine.registers + MANNERS, MANNERS_FLOOD);
	fill = dma_start(&queue, (struct dma_descriptor){
					 .control = DMA_FILL | DMA_USE_ATS | DMA_PAGE_REQUEST,
					 .length = BUFFER_PAGES * PAGE_SIZE,
					 .destination = BUFFER_ADDRESS,
					 .pattern = 0x1122334455667788ull,
				 });
	/* Interrupts are taken in waits alone: until then nobody empties the queue. */
	for (i = 0; i < 1000; i++)
		vtd_read32(&unit, PRS_REG);
	check("overflow", vtd_read32(&unit, PRS_REG) & PRS_PRO, "PRS 0x%x",
	      vtd_read32(&unit, PRS_REG));
	check("fill", dma_wait(fill) && dma_status(fill) == DMA_OK, "status %u",
	      dma_status(fill));
	check("last-page", pages[BUFFER_PAGES - 1] && pages[BUFFER_PAGES - 1][4095] == 0x11,
	      "it was never asked for, or has other data");
	check("no-faults", fault_count() == 0, "%u records", fault_count());
	finish();
}
// #endregion
