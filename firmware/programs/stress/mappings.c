/* Changes of mappings, each with the invalidation that it needs. */
#include "stress.h"
#include "random.h"

#define MOVING_POLLS 8u

static struct space *any_space(void)
{
	/* What no queue uses changes less: nobody would notice. */
	return random_once_in(8) ? &stress.spaces[random_below(stress.space_count)] :
				   stress.bound[random_below(QUEUES)];
}

/* A page that DMA has touched lately, or any. */
static struct place any_place(void)
{
	struct place place;

	if (random_once_in(4) || !places_recall(&stress.touched, NULL, &place))
		place = (struct place){ any_space(), random_below(SLOTS) };
	return place;
}

static u32 smaller(u32 a, u32 b)
{
	return a < b ? a : b;
}

void stress_unmap_run(struct space *space, u32 first, u32 count)
{
	bool mapped = false;
	u32 i;

	for (i = first; i < first + count; i++) {
		if (space->slots[i].state != SLOT_MAPPED)
			continue;
		slot_unmap(space, i);
		places_remember(&stress.changed, space, i);
		mapped = true;
		stress.counts.unmapped++;
	}
	if (mapped)
		stress_invalidate(space, slot_address(space, first), count);
	/* Only now: until then a device may still reach them. */
	for (i = first; i < first + count; i++) {
		if (space->slots[i].state != SLOT_EMPTY)
			frame_release(space->slots[i].frame);
		slot_reset_empty(&space->slots[i]);
	}
}

void stress_free_frames(u32 wanted)
{
	while (frames_free() < wanted) {
		u32 first = random_below(SLOTS);

		stress_unmap_run(any_space(), first, smaller(16, SLOTS - first));
	}
}

static void unmap_some(void)
{
	struct place first = any_place();

	stress_unmap_run(first.space, first.index,
			 smaller(1 + random_below(8), SLOTS - first.index));
}

/* Less permission, or more. */
static void protect_some(void)
{
	struct place place = any_place();
	struct space *space = place.space;
	u32 first = place.index, count = smaller(1 + random_below(8), SLOTS - first), i;
	bool writable = random_once_in(2);

	for (i = first; i < first + count; i++) {
		struct slot *slot = &space->slots[i];

		if (slot->state != SLOT_MAPPED || slot->writable == writable)
			continue;
		slot_check_flags(space, i);
		slot->writable = writable;
		slot->written = false;
		slot_map(space, i);
		places_remember(&stress.changed, space, i);
		stress.counts.protected++;
	}
	stress_invalidate(space, slot_address(space, first), count);
}

/* Other memory with the same contents, in one step: readers never notice. */
static void move_one(void)
{
	struct place place = any_place();
	struct space *space = place.space;
	u32 index = place.index;
	struct slot *slot = &space->slots[index];
	u16 old = slot->frame;

	if (slot->state != SLOT_MAPPED)
		return;
	slot_check_flags(space, index);
	slot->frame = frame_alloc();
	frame_copy(slot->frame, old);
	slot->written = false;
	slot_map(space, index);
	places_remember(&stress.changed, space, index);
	stress_invalidate(space, slot_address(space, index), 1);
	frame_release(old);
	stress.counts.moved++;
}

/* The handler hears of a page that is neither here nor there, if an endpoint asks now. */
static void serve_too_early(void)
{
	u32 polls;

	for (polls = 0; polls < MOVING_POLLS; polls++) {
		if (!page_requests_empty(&stress.unit)) {
			page_requests_serve(&stress.unit);
			return;
		}
	}
}

bool stress_swap(struct space *space, u32 index)
{
	struct slot *slot = &space->slots[index];
	u16 old = slot->frame;

	if (slot->state != SLOT_MAPPED || frame_references(old) != 1)
		return false;
	slot_unmap(space, index);
	slot->state = SLOT_MOVING;
	stress_invalidate(space, slot_address(space, index), 1);
	serve_too_early();
	/* No DMA reaches the old page any more, and what was under way has ended. */
	slot->frame = frame_alloc();
	frame_copy(slot->frame, old);
	*frame_claim(slot->frame) = *frame_claim(old);
	slot->claim.swapped = true;
	frame_release(old);
	slot->state = SLOT_SWAPPED;
	slot->written = false;
	stress.counts.swapped++;
	return true;
}

static void swap_one(void)
{
	struct place place = any_place();

	if (stress_swap(place.space, place.index))
		places_remember(&stress.changed, place.space, place.index);
}

/* The same memory in a second address space, or twice in one. */
static void share_one(void)
{
	struct space *from = any_space(), *to = any_space();
	struct slot *source = &from->slots[random_below(SLOTS)];
	u32 index = random_below(SLOTS);
	struct slot *slot = &to->slots[index];

	if (source->state != SLOT_MAPPED || slot->state != SLOT_EMPTY)
		return;
	frame_share(source->frame);
	slot->frame = source->frame;
	slot->state = SLOT_MAPPED;
	slot_map(to, index);
	stress.counts.shared++;
}

void stress_change_mappings(void)
{
	u32 changes = 1 + random_below(4);

	while (changes--) {
		switch (random_below(8)) {
		case 0:
		case 1:
			unmap_some();
			break;
		case 2:
			protect_some();
			break;
		case 3:
			move_one();
			break;
		case 4:
			swap_one();
			break;
		case 5:
		case 6:
			share_one();
			break;
		default:
			stress_change_large();
		}
	}
}
