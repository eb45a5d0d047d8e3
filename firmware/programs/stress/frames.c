#include "stress.h"
#include "memory.h"
#include "random.h"

#define LARGE_BYTES LEVEL_BYTES(LEVEL_2M)
#define ARENA_BYTES (LARGE_FRAMES * LARGE_BYTES + FRAMES * PAGE_SIZE)
#define TEMPLATE_BYTES (2 * PAGE_SIZE)
#define FREE_BYTE 0xdd

/* Large frames first, for their alignment; the shadow follows in the same order. */
static u8 *arena;
static u8 *template_page;
static struct claim claims[FRAMES + LARGE_FRAMES];
static u32 references[FRAMES + LARGE_FRAMES];
static u16 free_frames[FRAMES];
static u32 free_count;
static u32 large_free_count;

void frames_init(void)
{
	u32 i;

	arena = pages_alloc_aligned(2 * ARENA_BYTES / PAGE_SIZE, LARGE_BYTES / PAGE_SIZE);
	template_page = pages_alloc(TEMPLATE_BYTES / PAGE_SIZE);
	for (i = 0; i < TEMPLATE_BYTES / 4; i++)
		((u32 *)(void *)template_page)[i] = random_u32();
	memset(arena, FREE_BYTE, 2 * ARENA_BYTES);
	for (i = 0; i < FRAMES; i++)
		free_frames[free_count++] = (u16)(FRAMES - 1 - i);
	large_free_count = LARGE_FRAMES;
}

u8 *frame_bytes(u16 frame)
{
	if (frame >= FRAMES)
		return arena + (frame - FRAMES) * LARGE_BYTES;
	return arena + LARGE_FRAMES * LARGE_BYTES + frame * PAGE_SIZE;
}

u8 *shadow_of(const u8 *bytes)
{
	return (u8 *)(uintptr_t)bytes + ARENA_BYTES;
}

struct claim *frame_claim(u16 frame)
{
	return &claims[frame];
}

u16 frame_alloc(void)
{
	u16 frame;

	if (!free_count)
		stress_failed("frames", "none of %u is free", FRAMES);
	/* The one freed last: what still points to it is found out soonest. */
	frame = free_frames[--free_count];
	references[frame] = 1;
	claims[frame] = (struct claim){ 0 };
	/* No two bytes of it alike by rule, and not like another page. */
	memcpy(frame_bytes(frame), template_page + random_below(PAGE_SIZE), PAGE_SIZE);
	memcpy(shadow_of(frame_bytes(frame)), frame_bytes(frame), PAGE_SIZE);
	return frame;
}

u16 large_frame_alloc(void)
{
	u16 frame;

	for (frame = FRAMES; frame < FRAMES + LARGE_FRAMES; frame++)
		if (!references[frame]) {
			references[frame] = 1;
			large_free_count--;
			return frame;
		}
	return NO_FRAME;
}

void frame_share(u16 frame)
{
	references[frame]++;
}

u32 frame_references(u16 frame)
{
	return references[frame];
}

void frame_release(u16 frame)
{
	if (--references[frame])
		return;
	if (frame >= FRAMES) {
		large_free_count++;
		return;
	}
	memset(frame_bytes(frame), FREE_BYTE, PAGE_SIZE);
	memset(shadow_of(frame_bytes(frame)), FREE_BYTE, PAGE_SIZE);
	free_frames[free_count++] = frame;
}

u32 frames_free(void)
{
	return free_count;
}

u32 large_frames_free(void)
{
	return large_free_count;
}

u16 frame_in_use_at_random(void)
{
	u32 tries;

	for (tries = 0; tries < 8; tries++) {
		u16 frame = (u16)random_below(FRAMES);

		if (references[frame])
			return frame;
	}
	return NO_FRAME;
}

void frame_copy(u16 to, u16 from)
{
	u32 bytes = to >= FRAMES ? LARGE_BYTES : PAGE_SIZE;

	memcpy(frame_bytes(to), frame_bytes(from), bytes);
	memcpy(shadow_of(frame_bytes(to)), shadow_of(frame_bytes(from)), bytes);
}

u32 frames_wrong_bytes(void)
{
	u32 wrong = 0, at = 0;

	while ((at += difference_offset(arena + at, shadow_of(arena) + at, ARENA_BYTES - at)) <
	       ARENA_BYTES) {
		wrong++;
		at++;
	}
	return wrong;
}
