#include "spans.h"
#include "memory.h"
#include "random.h"

#define SLOT_TRIES 8u

static u32 first_slot(const struct span *span)
{
	return span->offset / PAGE_SIZE;
}

static u32 slot_count(const struct span *span)
{
	u32 last = span->offset + span->length - 1;

	return last / PAGE_SIZE - first_slot(span) + 1;
}

/* The offset in the span at which a page of it begins. */
static u32 offset_of_page(const struct span *span, u32 page)
{
	return page ? page * PAGE_SIZE - span->offset % PAGE_SIZE : 0;
}

static bool lacks(const struct slot *slot, bool write)
{
	return slot->state != SLOT_MAPPED || (write && !slot->writable);
}

static bool is_declined(const struct slot *slot, bool write)
{
	if (slot->state != SLOT_MAPPED && slot->refused)
		return true;
	return write && !slot->writable && !slot->upgradable;
}

/*
 * The engine asks for a missing page together with those missing among the next ones, and one that
 * is declined takes its group with it.
 */
static bool group_is_declined(const struct span *span, u32 page, bool write)
{
	const struct slot *slots = &span->space->slots[first_slot(span)];
	u32 end = page + GROUP_PAGES;

	if (end > slot_count(span))
		end = slot_count(span);
	for (; page < end; page++)
		if (lacks(&slots[page], write) && is_declined(&slots[page], write))
			return true;
	return false;
}

u32 span_failure(const struct span *span, enum way way, bool write)
{
	const struct slot *slots;
	bool granted[SPAN_PAGES + 1] = { false };
	u32 page, i;

	if (span->frame != NO_FRAME)
		return span->length;
	slots = &span->space->slots[first_slot(span)];
	for (page = 0; page < slot_count(span); page++) {
		if (!lacks(&slots[page], write) || granted[page])
			continue;
		if (way != WAY_PAGED || group_is_declined(span, page, write))
			return offset_of_page(span, page);
		for (i = page; i < page + GROUP_PAGES && i < slot_count(span); i++)
			granted[i] = true;
	}
	return span->length;
}

static bool claim_allows(const struct claim *claim, bool alone, bool shared)
{
	return claim->batch != stress.counts.batches || (!claim->exclusive && !alone && shared);
}

/*
 * Readers share what is mapped, and share what is not if all of them can ask for it: a page that
 * one asks for must not appear to another that expects it to be absent.
 */
static bool claims_allow(const struct span *span, enum way way, bool alone)
{
	const struct slot *slot;
	u32 i;

	if (span->frame != NO_FRAME)
		return claim_allows(frame_claim(span->frame), alone, true);
	slot = &span->space->slots[first_slot(span)];
	for (i = 0; i < slot_count(span); i++, slot++) {
		bool shared = slot->state == SLOT_MAPPED ||
			      (way == WAY_PAGED && slot->claim.paged);

		if (!claim_allows(&slot->claim, alone, shared))
			return false;
		if (slot->state != SLOT_EMPTY &&
		    !claim_allows(frame_claim(slot->frame), alone, true))
			return false;
	}
	return true;
}

static void claim(struct claim *claim, u32 batch, enum way way, bool alone)
{
	if (claim->batch != batch)
		*claim = (struct claim){ .batch = batch, .paged = true };
	claim->users++;
	claim->exclusive |= alone;
	claim->paged &= way == WAY_PAGED;
}

void span_claim(const struct span *span, u32 batch, enum way way, bool alone)
{
	struct slot *slot;
	u32 i;

	if (span->frame != NO_FRAME) {
		claim(frame_claim(span->frame), batch, way, alone);
		return;
	}
	slot = &span->space->slots[first_slot(span)];
	places_remember(&stress.touched, span->space,
			first_slot(span) + random_below(slot_count(span)));
	for (i = 0; i < slot_count(span); i++, slot++) {
		claim(&slot->claim, batch, way, alone);
		if (slot->state != SLOT_EMPTY)
			claim(frame_claim(slot->frame), batch, way, alone);
	}
}

static bool pick_large(struct span *span, u32 length, bool write)
{
	u32 index = random_below(LARGE_SLOTS);
	const struct large_slot *slot = &span->space->large_slots[index];

	if (!span->space->large || slot->state == LARGE_EMPTY || (write && !slot->writable))
		return false;
	span->frame = slot->frame;
	span->length = length;
	span->offset = random_below(LEVEL_BYTES(LEVEL_2M) - length);
	span->address = span->space->large + index * LEVEL_BYTES(LEVEL_2M) + span->offset;
	return true;
}

static bool pick_window(struct span *span, u32 length)
{
	u16 frame = frame_in_use_at_random();

	if (!span->space->window || frame == NO_FRAME)
		return false;
	span->frame = frame;
	span->length = length < PAGE_SIZE ? length : PAGE_SIZE;
	span->offset = random_below(PAGE_SIZE - span->length + 1);
	span->address = span->space->window + physical(frame_bytes(frame)) + span->offset;
	return true;
}

/*
 * Readers like to meet, so that two queues miss the same page; and pages that have just changed are
 * looked at first, while a stale translation would still be there.
 */
static u32 random_offset(const struct space *space, u32 length, bool write)
{
	u32 limit = SLOTS * PAGE_SIZE - length + 1, offset = random_below(limit);
	struct place place;

	if (!write && random_once_in(3))
		offset = stress.meeting_point + random_below(PAGE_SIZE);
	else if (random_once_in(2) && places_recall(&stress.changed, space, &place))
		offset = place.index * PAGE_SIZE + random_below(PAGE_SIZE);
	return offset < limit ? offset : limit - 1;
}

static bool pick_slots(struct span *span, u32 length, enum way way, bool write, bool may_fail)
{
	u32 tries;

	span->frame = NO_FRAME;
	span->length = length;
	for (tries = 0; tries < SLOT_TRIES; tries++) {
		span->offset = random_offset(span->space, length, write);
		span->address = span->space->small + span->offset;
		if (claims_allow(span, way, write || may_fail) &&
		    (may_fail || span_failure(span, way, write) == length))
			return true;
	}
	return false;
}

bool span_pick(struct span *span, struct space *space, u32 length, enum way way, bool write,
	       bool may_fail)
{
	u32 area = random_below(16);

	*span = (struct span){ .space = space };
	if (area == 0 && pick_window(span, length))
		return claims_allow(span, way, write || may_fail);
	if (area < 3 && pick_large(span, length, write))
		return claims_allow(span, way, write || may_fail);
	return pick_slots(span, length, way, write, may_fail);
}

u8 *span_bytes(const struct span *span, u32 at, u32 *length)
{
	u32 offset = span->offset + at;

	*length = span->length - at;
	if (span->frame != NO_FRAME)
		return frame_bytes(span->frame) + offset;
	if (*length > PAGE_SIZE - offset % PAGE_SIZE)
		*length = PAGE_SIZE - offset % PAGE_SIZE;
	return frame_bytes(span->space->slots[offset / PAGE_SIZE].frame) + offset % PAGE_SIZE;
}

void span_mark_written(const struct span *span, u32 length)
{
	struct slot *slot;
	u32 i;

	if (span->frame != NO_FRAME)
		return;
	slot = &span->space->slots[first_slot(span)];
	for (i = 0; i < slot_count(span) && offset_of_page(span, i) < length; i++, slot++)
		/* Of a page that was swapped meanwhile nobody knows when it was written. */
		if (slot->state == SLOT_MAPPED && !slot->claim.swapped)
			slot->written = true;
}

bool span_is_as_shadow(const struct span *span, u64 *wrong_address)
{
	u32 at, length;

	for (at = 0; at < span->length; at += length) {
		u8 *bytes = span_bytes(span, at, &length);
		u8 *page = (u8 *)((uintptr_t)bytes & ~(uintptr_t)(PAGE_SIZE - 1));
		u32 around = (u32)(bytes - page) + length, first;

		around = (around + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
		if (span->frame == NO_FRAME &&
		    span->space->slots[(span->offset + at) / PAGE_SIZE].state == SLOT_EMPTY)
			continue;
		first = difference_offset(page, shadow_of(page), around);
		if (first < around) {
			*wrong_address = span->address + at + first - (u32)(bytes - page);
			return false;
		}
	}
	return true;
}
