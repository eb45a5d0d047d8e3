/*
 * stress: random mappings and random DMA in several address spaces at once, page requests and all,
 * with a shadow of every byte that a device can reach. The first thing that is not as the shadow
 * says ends the program with a check that names the step; then the seed repeats it.
 *
 *	set-up.c	the unit, the address spaces, the endpoint
 *	frames.c	memory that devices reach, and its shadow
 *	slots.c		pages of an address space, and the answers to page requests
 *	places.c	pages that it pays to come back to
 *	spans.c		a stretch of an address space, as a descriptor names it
 *	plan.c		a descriptor
 *	outcome.c	what must come of it
 *	batch.c		descriptors of all queues at once, and what is checked afterwards
 *	mappings.c	unmap, protect, move, share
 *	large.c		pages of 2 MiB
 *	episodes.c	what happens now and then
 *	audit.c		at the end nothing may be missing
 */
#ifndef STRESS_H
#define STRESS_H

#include "dma-engine.h"
#include "page-requests.h"
#include "page-table.h"
#include "tables.h"
#include "unit.h"

#define SPACES_MAX 6u
#define QUEUES 4u
#define SLOTS 256u
#define LARGE_SLOTS 2u
#define FRAMES 512u
#define LARGE_FRAMES 3u
#define GROUP_PAGES 4u
#define CREDITS 32u
#define NO_FRAME 0xffffu

/* The same in every address space: one page for each queue's ring. */
#define RING_ADDRESS(queue) (0x100000000ull + (queue) * PAGE_SIZE)

enum slot_state {
	SLOT_EMPTY, /* no memory: the first touch gives it some */
	SLOT_SWAPPED, /* memory, but not mapped: a page request maps it */
	SLOT_MOVING, /* being swapped while DMA runs: a page request comes too early */
	SLOT_MAPPED,
};

/* Who uses a slot or a frame in the batch that runs. */
struct claim {
	u32 batch; /* of an older batch: nobody */
	u32 users;
	bool exclusive;
	bool paged; /* every user can ask for the page */
	bool swapped; /* while they used it */
};

struct slot {
	enum slot_state state;
	u16 frame;
	bool refused; /* page requests are answered Invalid Request */
	bool writable;
	bool upgradable; /* a page request for writing makes it writable */
	bool written; /* by the device through this mapping: it must be marked dirty */
	struct claim claim;
};

enum large_state { LARGE_EMPTY, LARGE_WHOLE, LARGE_SPLIT };

struct large_slot {
	enum large_state state;
	u16 frame;
	bool writable;
};

struct space {
	const char *kind;
	u32 pasid;
	u16 domain;
	u16 other_domain; /* to change to and fro */
	struct page_table table; /* the one that changes: first stage, or the only one */
	struct page_table outer; /* of a nested space: everything, and it stays */
	bool nested;
	u64 small; /* SLOTS pages from here */
	u64 large; /* LARGE_SLOTS times 2 MiB */
	u64 window; /* physical memory from 0 up by one page of 1 GiB; 0: none */
	struct slot slots[SLOTS];
	struct large_slot large_slots[LARGE_SLOTS];
};

/* The latest few pages of which something is known. */
#define PLACES 16u
struct place {
	struct space *space;
	u32 index;
};
struct places {
	struct place list[PLACES];
	u32 remembered;
};

/* What was done, for the summary. */
struct stress_counts {
	u32 steps, batches;
	u32 descriptors, ring_descriptors[QUEUES];
	u32 refused, faulted, fault_records, not_permitted, mismatched;
	u32 granted, upgraded, already_there, too_early, declined;
	u32 unmapped, protected, moved, swapped, swapped_in_flight, shared;
	u32 large_changes, splits, merges;
	u32 stale_checks, stale_seen;
	u32 floods, rebinds, domain_changes, failures;
	u32 digest; /* of what every descriptor came to */
};

struct stress {
	u32 seed;
	struct vtd_unit unit;
	struct dma_engine engine;
	struct pasid_directory directory;
	struct space spaces[SPACES_MAX];
	u32 space_count;
	struct dma_queue queues[QUEUES];
	struct dma_descriptor *rings[QUEUES];
	struct space *bound[QUEUES]; /* the address space of each queue */
	struct places touched; /* by DMA: their translations are cached */
	struct places changed; /* by software since */
	u32 meeting_point; /* in the small area, for readers of a batch */
	u32 stop_markers; /* sent so far */
	bool fail_next; /* the next page request gets a Response Failure */
	struct stress_counts counts;
};

extern struct stress stress;

/* A check that failed in the middle: the step, and the end. */
_Noreturn void stress_failed(const char *name, const char *detail, ...)
	__attribute__((format(printf, 2, 3)));

/* set-up.c */
void stress_set_up(void);
void stress_bind_queue(u32 queue, struct space *space);
void stress_enter_pasid(const struct space *space);

/* frames.c */
void frames_init(void);
u16 frame_alloc(void); /* with new contents; ends the program when there is none */
u16 large_frame_alloc(void); /* or NO_FRAME; keeps its old contents */
void frame_share(u16 frame);
u32 frame_references(u16 frame);
void frame_release(u16 frame); /* only after the invalidation */
u32 frames_free(void);
u32 large_frames_free(void);
u8 *frame_bytes(u16 frame);
u8 *shadow_of(const u8 *bytes);
struct claim *frame_claim(u16 frame);
u16 frame_in_use_at_random(void); /* a small one, or NO_FRAME */
void frame_copy(u16 to, u16 from); /* bytes and shadow */
u32 frames_wrong_bytes(void); /* of all memory that devices reach */

/* slots.c */
static inline u64 slot_address(const struct space *space, u32 index)
{
	return space->small + index * PAGE_SIZE;
}
void slot_map(const struct space *space, u32 index);
void slot_unmap(const struct space *space, u32 index); /* state and frame stay */
void slot_check_flags(const struct space *space, u32 index);
void slot_reset_empty(struct slot *slot);
enum response_code stress_page_in(const struct page_request *request, void *context);

/*
 * Page-, PASID- or domain-wide at random, in both TLBs; the first only submits that for the unit.
 */
void stress_invalidate_unit(const struct space *space, u64 address, u32 pages);
void stress_invalidate(const struct space *space, u64 address, u32 pages);

/* places.c */
void places_remember(struct places *places, struct space *space, u32 index);
/* One of them, of this space or (NULL) of any. False if there is none. */
bool places_recall(const struct places *places, const struct space *space, struct place *place);

/* batch.c */
void stress_batch(void);

/* mappings.c */
void stress_change_mappings(void);
void stress_unmap_run(struct space *space, u32 first, u32 count);
void stress_free_frames(u32 wanted);
bool stress_swap(struct space *space, u32 index);

/* large.c */
void stress_change_large(void);
void large_unmap(struct space *space, u32 index);

/* episodes.c */
void stress_episode(void);

/* audit.c */
void stress_forgive_overflow(void);
void stress_check_quiet(void); /* between batches: every request has been answered */
void stress_audit(void);

#endif
