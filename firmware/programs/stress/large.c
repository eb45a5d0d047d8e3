/* Pages of 2 MiB: mapped, moved, split into pages of 4 KiB, merged again. */
#include "stress.h"
#include "memory.h"
#include "random.h"

#define LARGE_BYTES LEVEL_BYTES(LEVEL_2M)
#define LARGE_PAGES (LARGE_BYTES / PAGE_SIZE)

static u64 address_of(const struct space *space, u32 index)
{
	return space->large + index * LARGE_BYTES;
}

static void map_whole(struct space *space, u32 index)
{
	struct large_slot *slot = &space->large_slots[index];

	page_table_map(&space->table, address_of(space, index),
		       physical(frame_bytes(slot->frame)), LEVEL_2M, slot->writable);
	slot->state = LARGE_WHOLE;
}

static void merge(struct space *space, u32 index)
{
	struct large_slot *slot = &space->large_slots[index];
	u64 *unused = page_table_merge(&space->table, address_of(space, index),
				       physical(frame_bytes(slot->frame)), slot->writable);

	slot->state = LARGE_WHOLE;
	stress_invalidate(space, address_of(space, index), LARGE_PAGES);
	page_table_recycle(unused);
	stress.counts.merges++;
}

void large_unmap(struct space *space, u32 index)
{
	struct large_slot *slot = &space->large_slots[index];

	if (slot->state == LARGE_SPLIT)
		merge(space, index);
	if (slot->state == LARGE_EMPTY)
		return;
	page_table_unmap(&space->table, address_of(space, index), LEVEL_2M);
	stress_invalidate(space, address_of(space, index), LARGE_PAGES);
	frame_release(slot->frame);
	slot->state = LARGE_EMPTY;
}

static void split(struct space *space, u32 index)
{
	page_table_split(&space->table, address_of(space, index));
	space->large_slots[index].state = LARGE_SPLIT;
	stress_invalidate(space, address_of(space, index), LARGE_PAGES);
	stress.counts.splits++;
}

static void move(struct space *space, u32 index)
{
	struct large_slot *slot = &space->large_slots[index];
	u16 old = slot->frame, frame = large_frame_alloc();

	if (frame == NO_FRAME)
		return;
	frame_copy(frame, old);
	slot->frame = frame;
	map_whole(space, index);
	stress_invalidate(space, address_of(space, index), LARGE_PAGES);
	frame_release(old);
}

static void change_whole(struct space *space, u32 index)
{
	switch (random_below(8)) {
	case 0:
		large_unmap(space, index);
		break;
	case 1:
		move(space, index);
		break;
	case 2:
	case 3:
		space->large_slots[index].writable ^= true;
		map_whole(space, index);
		stress_invalidate(space, address_of(space, index), LARGE_PAGES);
		break;
	default:
		split(space, index);
	}
}

void stress_change_large(void)
{
	struct space *space = &stress.spaces[random_below(stress.space_count)];
	u32 index = random_below(LARGE_SLOTS);
	struct large_slot *slot = &space->large_slots[index];

	if (!space->large)
		return;
	stress.counts.large_changes++;
	switch (slot->state) {
	case LARGE_EMPTY:
		slot->frame = large_frame_alloc();
		slot->writable = true;
		if (slot->frame != NO_FRAME)
			map_whole(space, index);
		break;
	case LARGE_WHOLE:
		change_whole(space, index);
		break;
	case LARGE_SPLIT:
		merge(space, index);
		break;
	}
}
