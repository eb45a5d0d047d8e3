#include "legacy.h"
#include "memory.h"
#include "queue.h"

#define PRESENT BIT64(0)
#define ADDRESS_MASK (~(u64)(PAGE_SIZE - 1))
#define CONTEXT_QWORDS 2u
#define TYPE_PASS_THROUGH BIT64(3)
/* In the second qword. */
#define CONTEXT_WIDTH(levels) ((u64)(levels) - 2)
#define CONTEXT_DOMAIN(domain) ((u64)(domain) << 8)

#define FIRST_VERSION_WITHOUT_REGISTERS 6u
#define INVALIDATION_POLLS 100000u
#define GLOBAL 1u
#define OF_DOMAIN 2u
#define OF_DEVICE 3u
#define OF_PAGES 3u

void legacy_tables_init(struct vtd_unit *unit)
{
	unit->root_table = pages_alloc(1);
	unit->root_mode = 0;
}

static u64 *context_entry(struct vtd_unit *unit, u16 requester)
{
	u64 *root = &unit->root_table[2 * (requester >> 8)];

	if (!(*root & PRESENT))
		exchange64(root, physical(pages_alloc(1)) | PRESENT);
	return (u64 *)(uintptr_t)(*root & ADDRESS_MASK) + (requester & 0xff) * CONTEXT_QWORDS;
}

static void set_entry(struct vtd_unit *unit, u16 requester, u64 low, u64 high)
{
	u64 *entry = context_entry(unit, requester);

	/* Never a mixture of two entries: not present in between. */
	exchange64(&entry[0], 0);
	exchange64(&entry[1], high);
	exchange64(&entry[0], low);
}

void legacy_set_context(struct vtd_unit *unit, u16 requester, u16 domain,
			const struct page_table *table)
{
	set_entry(unit, requester, page_table_root(table) | PRESENT,
		  CONTEXT_WIDTH(table->levels) | CONTEXT_DOMAIN(domain));
}

void legacy_set_pass_through(struct vtd_unit *unit, u16 requester, u16 domain)
{
	u32 levels = 5;

	/* The width must be the largest one there is (9.3). */
	while (levels > 3 && !(CAP_SAGAW(unit->cap) & BIT(levels - 2)))
		levels--;
	set_entry(unit, requester, TYPE_PASS_THROUGH | PRESENT,
		  CONTEXT_WIDTH(levels) | CONTEXT_DOMAIN(domain));
}

void legacy_clear_context(struct vtd_unit *unit, u16 requester)
{
	set_entry(unit, requester, 0, 0);
}

bool legacy_registers_are_serviced(const struct vtd_unit *unit)
{
	return VER_MAJOR(vtd_read32(unit, VER_REG)) < FIRST_VERSION_WITHOUT_REGISTERS;
}

/* Writes a register and waits until it clears its busy bit. */
static u64 run(struct vtd_unit *unit, u32 offset, u64 busy, u64 value)
{
	u32 polls;

	vtd_write64(unit, offset, value | busy);
	for (polls = 0; polls < INVALIDATION_POLLS; polls++) {
		value = vtd_read64(unit, offset);
		if (!(value & busy))
			return value;
		cpu_relax();
	}
	return 0;
}

/* What was done is the granularity asked for, or a coarser one, which has a smaller number. */
static bool is_enough(u32 done, u32 asked)
{
	return done && done <= asked;
}

static bool context_command(struct vtd_unit *unit, u32 granularity, u64 what)
{
	u64 value = run(unit, CCMD_REG, CCMD_ICC, CCMD_REQUEST(granularity) | what);

	return is_enough(CCMD_DONE(value), granularity);
}

static bool iotlb_command(struct vtd_unit *unit, u32 granularity, u16 domain)
{
	u32 offset = ECAP_IRO(unit->ecap) * 16 + IOTLB_OFFSET;
	u64 what = IOTLB_REQUEST(granularity) | IOTLB_DRAINS | (u64)domain << 32;

	return is_enough(IOTLB_DONE(run(unit, offset, IOTLB_IVT, what)), granularity);
}

bool legacy_invalidate_everything(struct vtd_unit *unit, enum invalidation_interface by)
{
	if (by == BY_QUEUE)
		return vtd_invalidate_everything(unit);
	return context_command(unit, GLOBAL, 0) && iotlb_command(unit, GLOBAL, 0);
}

bool legacy_invalidate_context(struct vtd_unit *unit, enum invalidation_interface by, u16 requester,
			       u16 domain)
{
	if (by == BY_REGISTERS)
		return context_command(unit, OF_DEVICE, (u64)requester << 16 | domain);
	vtd_invalidate_legacy_context(unit, requester, domain);
	return vtd_wait_for_queue(unit, 0);
}

bool legacy_invalidate_domain(struct vtd_unit *unit, enum invalidation_interface by, u16 domain)
{
	if (by == BY_REGISTERS)
		return iotlb_command(unit, OF_DOMAIN, domain);
	vtd_invalidate_domain(unit, domain);
	return vtd_wait_for_queue(unit, 0);
}

bool legacy_invalidate_pages(struct vtd_unit *unit, enum invalidation_interface by, u16 domain,
			     u64 address, u32 order)
{
	if (!(unit->cap & CAP_PSI) || order > CAP_MAMV(unit->cap))
		return legacy_invalidate_domain(unit, by, domain);
	if (by == BY_REGISTERS) {
		vtd_write64(unit, ECAP_IRO(unit->ecap) * 16 + IVA_OFFSET,
			    (address & ADDRESS_MASK) | order);
		return iotlb_command(unit, OF_PAGES, domain);
	}
	vtd_invalidate_domain_pages(unit, domain, address, order);
	return vtd_wait_for_queue(unit, 0);
}

bool legacy_set_root(struct vtd_unit *unit, enum invalidation_interface by)
{
	vtd_write64(unit, RTADDR_REG, physical(unit->root_table));
	if (!vtd_command(unit, GLOBAL_SRTP, true))
		return false;
	return (unit->cap & CAP_ESRTPS) || legacy_invalidate_everything(unit, by);
}
