#include "faults.h"
#include "console.h"
#include "interrupts.h"
#include "queue.h"
#include "report.h"

static volatile u32 records_read;
static struct fault latest;

static uintptr_t record_address(const struct vtd_unit *unit, u32 index)
{
	return unit->registers + CAP_FRO(unit->cap) * 16 + index * FRCD_BYTES;
}

static struct fault decode(uintptr_t record, u32 reason)
{
	u32 source = mmio_read32(record + FRCD_SOURCE);

	return (struct fault){
		.address = mmio_read64(record + FRCD_ADDRESS) & ~(u64)(PAGE_SIZE - 1),
		.pasid = reason >> 8 & 0xfffff,
		.source = (u16)source,
		.reason = (u8)reason,
		.type = (reason & FRCD_REASON_T1 ? 2 : 0) | (source & FRCD_SOURCE_T2 ? 1 : 0),
		.has_pasid = source & FRCD_SOURCE_PP,
	};
}

static const char *const type_names[] = { "write", "page request", "read", "AtomicOp" };

static void describe(const struct fault *fault)
{
	if (!notes_are_on())
		return;
	print("# fault 0x%02x: %s by %02x:%02x.%u at 0x%llx", fault->reason,
	      type_names[fault->type], fault->source >> 8, fault->source >> 3 & 31,
	      fault->source & 7, fault->address);
	if (fault->has_pasid)
		print(", PASID %u", fault->pasid);
	print("\n");
}

static void read_records(const struct vtd_unit *unit, u32 first)
{
	u32 count = CAP_NFR(unit->cap) + 1;
	u32 i;

	for (i = 0; i < count; i++) {
		uintptr_t record = record_address(unit, (first + i) % count);
		u32 reason = mmio_read32(record + FRCD_REASON);

		if (!(reason & FRCD_REASON_F))
			break;
		latest = decode(record, reason);
		mmio_write32(record + FRCD_REASON, FRCD_REASON_F);
		describe(&latest);
		records_read++;
	}
}

void faults_serve(void *context)
{
	const struct vtd_unit *unit = context;
	u32 status = vtd_read32(unit, FSTS_REG);

	if (status & FSTS_PPF)
		read_records(unit, FSTS_FRI(status));
	/* After the records: recording goes on when the overflow is cleared (7.2.1). */
	if (status & FSTS_PFO)
		vtd_write32(unit, FSTS_REG, FSTS_PFO);
	if (status & (FSTS_IQE | FSTS_ITE | FSTS_ICE))
		give_up("invalidation-queue-error", "%s, IQERCD %016llx, IQH 0x%x",
			vtd_queue_trouble(unit), vtd_read64(unit, IQERCD_REG),
			vtd_read32(unit, IQH_REG));
}

u32 fault_count(void)
{
	return records_read;
}

struct fault fault_latest(void)
{
	return latest;
}

static bool more_than(const void *before)
{
	return records_read != *(const u32 *)before;
}

bool wait_for_fault(u32 before)
{
	return wait_until(more_than, &before);
}

bool faults_clear(const struct vtd_unit *unit)
{
	return !(vtd_read32(unit, FSTS_REG) & (FSTS_PPF | FSTS_PFO));
}
