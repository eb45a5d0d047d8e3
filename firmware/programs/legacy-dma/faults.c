/* Chapter 6: what is not mapped, or not for writing: record, message, overflow. */
#include "faults.h"
#include "legacy-dma.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

/* Far from everything that is mapped, for each kind of address. */
#define BEHIND(address) ((address) + 0x200000)
#define EDU_UNMAPPED 0x1230000u
#define IDE_UNMAPPED 0xc0003000u

static void check_engine(struct legacy *legacy)
{
	const struct engine_area *area = engine_area(legacy);
	u32 records = fault_count(), interrupts = interrupt_count(VECTOR_FAULT);
	u32 status = legacy_copy(legacy, BEHIND(area->source) + 0x80, area->destination, 64);

	check("fault-ends-the-request", status == DMA_UNSUPPORTED_REQUEST, "status %u", status);
	legacy_check_fault("fault-record-read", records, REASON_LEGACY_NO_READ, FAULT_READ,
			   legacy->engine.function, BEHIND(area->source));
	check("fault-interrupt", interrupt_count(VECTOR_FAULT) != interrupts,
	      "vector 0x%x was not taken", VECTOR_FAULT);
	check("fault-cleared", faults_clear(&legacy->unit), "FSTS reads 0x%x",
	      vtd_read32(&legacy->unit, FSTS_REG));

	records = fault_count();
	legacy_copy(legacy, area->destination, area->source, 64);
	legacy_check_fault("fault-record-write", records, REASON_LEGACY_NO_WRITE, FAULT_WRITE,
			   legacy->engine.function, area->source);
}

static void check_edu(struct legacy *legacy)
{
	u32 records = fault_count();

	if (legacy->no_edu) {
		skip("fault-of-edu", "%s", legacy->no_edu);
		return;
	}
	edu_read_memory(&legacy->edu, EDU_UNMAPPED, 0, 8);
	legacy_check_fault("fault-of-edu", records, REASON_LEGACY_NO_READ, FAULT_READ,
			   legacy->edu.function, EDU_UNMAPPED);
}

static void check_ide(struct legacy *legacy)
{
	struct ide_region *list;
	u32 records = fault_count();

	if (legacy->no_ide) {
		skip("fault-of-ide", "%s", legacy->no_ide);
		skip("ide-error", "%s", legacy->no_ide);
		return;
	}
	list = pages_alloc(1);
	*list = (struct ide_region){ IDE_UNMAPPED, IDE_SECTOR, IDE_LAST_REGION };
	/* At another address: what the unit has cached of the first list stays right. */
	legacy_map(legacy, &legacy->ide_table, IDE_DOMAIN, IDE_LIST_ADDRESS + PAGE_SIZE, list,
		   false);
	ide_transfer(&legacy->ide, IDE_TO_MEMORY, 0, 1, IDE_LIST_ADDRESS + PAGE_SIZE);
	legacy_check_fault("fault-of-ide", records, REASON_LEGACY_NO_WRITE, FAULT_WRITE,
			   legacy->ide.function, IDE_UNMAPPED);
	check("ide-error", ide_had_error(&legacy->ide),
	      "Error of the bus master status stays clear");
}

/* One record, two requesters, and nobody who reads: the second fault is lost, and FSTS says so. */
static void check_overflow(struct legacy *legacy)
{
	struct vtd_unit *unit = &legacy->unit;
	u64 unmapped = BEHIND(engine_area(legacy)->source);
	u32 records = fault_count(), status;
	bool kept;

	if (CAP_NFR(unit->cap) || legacy->no_edu) {
		skip("fault-overflow", "%s", legacy->no_edu ? legacy->no_edu :
			"there are more fault records than requesters here");
		return;
	}
	vtd_event_off(unit, FECTL_REG);
	legacy_copy(legacy, unmapped, engine_area(legacy)->destination, 8);
	edu_read_memory(&legacy->edu, EDU_UNMAPPED, 0, 8);
	status = vtd_read32(unit, FSTS_REG);
	check("fault-overflow", (status & (FSTS_PPF | FSTS_PFO)) == (FSTS_PPF | FSTS_PFO) &&
		      fault_count() == records, "FSTS 0x%x, %u records read", status,
	      fault_count() - records);
	/* The message that was held back comes now. */
	vtd_event_on(unit, FECTL_REG, VECTOR_FAULT);
	kept = legacy_check_fault("first-fault-is-kept", records, REASON_LEGACY_NO_READ, FAULT_READ,
				  legacy->engine.function, unmapped);
	check("overflow-cleared", kept && faults_clear(unit) && fault_count() == records + 1,
	      "FSTS 0x%x, %u records", vtd_read32(unit, FSTS_REG), fault_count() - records);
	records = fault_count();
	edu_read_memory(&legacy->edu, EDU_UNMAPPED, 0, 8);
	legacy_check_fault("recorded-again", records, REASON_LEGACY_NO_READ, FAULT_READ,
			   legacy->edu.function, EDU_UNMAPPED);
}

void legacy_faults(struct legacy *legacy)
{
	note("what is not mapped");
	check_engine(legacy);
	check_edu(legacy);
	check_ide(legacy);
	check_overflow(legacy);
}
