#include "stress.h"
#include "memory.h"
#include "queue.h"
#include "random.h"
#include "report.h"

void slot_map(const struct space *space, u32 index)
{
	const struct slot *slot = &space->slots[index];

	page_table_map(&space->table, slot_address(space, index),
		       physical(frame_bytes(slot->frame)), LEVEL_4K, slot->writable);
}

/* Accessed and dirty flags of the first stage must not be lost (VT-d 3.6.2). */
static void check_flags(const struct space *space, u32 index, u64 entry)
{
	const struct slot *slot = &space->slots[index];

	if (slot->state != SLOT_MAPPED || space->table.format != FIRST_STAGE || !slot->written)
		return;
	if ((~entry & (FS_ACCESSED | FS_DIRTY)))
		stress_failed("dirty-flag", "PASID %u page %u was written, its entry is %016llx",
			      space->pasid, index, entry);
}

void slot_check_flags(const struct space *space, u32 index)
{
	volatile u64 *entry =
		page_table_entry(&space->table, slot_address(space, index), LEVEL_4K);

	check_flags(space, index, entry ? *entry : 0);
}

void slot_unmap(const struct space *space, u32 index)
{
	check_flags(space, index,
		    page_table_unmap(&space->table, slot_address(space, index), LEVEL_4K));
}

/* What the next first touch will find is decided now. */
void slot_reset_empty(struct slot *slot)
{
	slot->state = SLOT_EMPTY;
	slot->frame = NO_FRAME;
	slot->refused = random_once_in(12);
	slot->writable = !random_once_in(4);
	slot->upgradable = !random_once_in(4);
	slot->written = false;
}

static struct space *space_of(const struct page_request *request)
{
	u32 i;

	for (i = 0; request->has_pasid && i < stress.space_count; i++)
		if (stress.spaces[i].pasid == request->pasid)
			return &stress.spaces[i];
	return NULL;
}

/* A request for a page that is there: for writing, or another queue was first. */
static enum response_code page_is_there(const struct space *space, u32 index, bool write)
{
	struct slot *slot = (struct slot *)&space->slots[index];

	if (!write || slot->writable) {
		stress.counts.already_there++;
		return RESPONSE_SUCCESS;
	}
	if (!slot->upgradable) {
		stress.counts.declined++;
		return RESPONSE_INVALID;
	}
	slot->writable = true;
	slot_map(space, index);
	/* Ahead of the response in the queue: the unit may have cached the old permission again. */
	stress_invalidate_unit(space, slot_address(space, index), 1);
	stress.counts.upgraded++;
	return RESPONSE_SUCCESS;
}

enum response_code stress_page_in(const struct page_request *request, void *context)
{
	struct space *space = space_of(request);
	u64 offset = space ? request->address - space->small : 0;
	u32 index = LOW32(offset) / PAGE_SIZE;
	struct slot *slot;

	(void)context;
	if (!space || offset >= SLOTS * PAGE_SIZE)
		stress_failed("page-request", "nobody was to ask for 0x%llx of PASID %u",
			      request->address, request->pasid);
	if (stress.fail_next) {
		stress.fail_next = false;
		return RESPONSE_FAILURE;
	}
	slot = &space->slots[index];
	switch (slot->state) {
	case SLOT_MAPPED:
		return page_is_there(space, index, request->write);
	case SLOT_MOVING:
		/* Success without a page: the endpoint will ask again. */
		stress.counts.too_early++;
		return RESPONSE_SUCCESS;
	case SLOT_EMPTY:
	case SLOT_SWAPPED:
		break;
	}
	if (slot->refused || (request->write && !slot->writable && !slot->upgradable)) {
		stress.counts.declined++;
		return RESPONSE_INVALID;
	}
	if (slot->state == SLOT_EMPTY)
		slot->frame = frame_alloc();
	slot->writable |= request->write;
	slot->state = SLOT_MAPPED;
	slot->written = false;
	slot_map(space, index);
	stress.counts.granted++;
	return RESPONSE_SUCCESS;
}

/* The smallest aligned power of two of pages that holds the range. */
static u32 order_of(u64 address, u32 pages)
{
	u32 first = (u32)(address >> 12), last = first + pages - 1, order = 0;

	while (first >> order != last >> order)
		order++;
	return order;
}

void stress_invalidate_unit(const struct space *space, u64 address, u32 pages)
{
	struct vtd_unit *unit = &stress.unit;
	u32 order = order_of(address, pages);
	u32 way = random_below(16);

	if (way == 0) {
		vtd_invalidate_translations(unit);
	} else if (way < 4) {
		vtd_invalidate_domain(unit, space->domain);
	} else if (space->table.format == FIRST_STAGE) {
		if (way < 8)
			vtd_invalidate_pasid(unit, space->domain, space->pasid);
		else
			vtd_invalidate_pages(unit, space->domain, space->pasid, address, order);
	} else if ((unit->cap & CAP_PSI) && order <= CAP_MAMV(unit->cap)) {
		vtd_invalidate_domain_pages(unit, space->domain, address, order);
	} else {
		vtd_invalidate_domain(unit, space->domain);
	}
}

void stress_invalidate(const struct space *space, u64 address, u32 pages)
{
	struct vtd_unit *unit = &stress.unit;
	u32 order = random_once_in(8) ? 52 : order_of(address, pages);

	stress_invalidate_unit(space, address, pages);
	vtd_invalidate_device_tlb(unit, stress.engine.function, space->pasid, address, order);
	if (!vtd_wait_for_queue(unit, random_once_in(8) ? WAIT_FENCE : 0))
		stress_failed("invalidation", "the wait descriptor was not reached: %s",
			      vtd_queue_trouble(unit));
}
