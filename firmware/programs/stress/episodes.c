/* What happens now and then, and takes the machine to itself while it does. */
#include "job.h"
#include "interrupts.h"
#include "memory.h"
#include "queue.h"
#include "random.h"
#include "report.h"

#define FLOOD_PAGES 200u
#define FLOOD_POLLS 2000u
#define WHOLE_PASID 52u

/* A slot of the space that nothing else shares, or NULL. */
static struct slot *private_slot(struct space *space, bool writable, u32 *index)
{
	u32 tries;

	for (tries = 0; tries < 64; tries++) {
		struct slot *slot = &space->slots[*index = random_below(SLOTS)];

		if (slot->state == SLOT_MAPPED && slot->writable == writable &&
		    frame_references(slot->frame) == 1)
			return slot;
	}
	return NULL;
}

static void run(struct job *job)
{
	job_start(job, true);
	if (!dma_wait(job->descriptor) || !dma_engine_settle(&stress.engine))
		stress_failed("completion", "operation %u of queue %u does not end",
			      job->operation, job->queue);
}

static struct span slot_span(struct space *space, u32 index, u32 length)
{
	return (struct span){ .space = space,
			      .address = slot_address(space, index),
			      .length = length,
			      .frame = NO_FRAME,
			      .offset = index * PAGE_SIZE };
}

/*
 * Between a change and its invalidation a device may read the old page or the new one (6.1), and
 * nothing else; afterwards only the new one.
 */
static void read_without_invalidation(void)
{
	u32 queue = random_below(QUEUES), from, to;
	struct space *space = stress.bound[queue];
	struct slot *slot = private_slot(space, false, &from);
	struct slot *copy = private_slot(space, true, &to);
	struct job job = { .queue = queue, .operation = DMA_COPY, .length = PAGE_SIZE };
	const u8 *seen;
	u16 old;

	if (!slot || !copy)
		return;
	job.failure = PAGE_SIZE;
	job.way = random_once_in(2) ? WAY_ATS : WAY_UNTRANSLATED;
	job.source = slot_span(space, from, PAGE_SIZE);
	job.destination = slot_span(space, to, PAGE_SIZE);
	run(&job);
	job_check(&job);

	old = slot->frame;
	slot->frame = frame_alloc();
	slot_map(space, from);
	run(&job);
	seen = frame_bytes(copy->frame);
	if (!memcmp(seen, frame_bytes(old), PAGE_SIZE)) {
		memcpy(shadow_of(seen), seen, PAGE_SIZE);
		stress.counts.stale_seen++;
	} else {
		job_check(&job);
	}
	stress_invalidate(space, slot_address(space, from), 1);
	frame_release(old);
	run(&job);
	job_check(&job);
	stress.counts.stale_checks++;
}

/* Before the flood every page of it is missing, and none will be refused. */
static void prepare_flood(struct space *space)
{
	u32 i;

	stress_unmap_run(space, 0, FLOOD_PAGES);
	stress_free_frames(FLOOD_PAGES + 8);
	for (i = 0; i < FLOOD_PAGES; i++) {
		space->slots[i].refused = false;
		space->slots[i].writable = true;
	}
}

/* More page requests than the queue holds, and a handler that is late (7.5, Table 31). */
static void overflow_page_requests(void)
{
	u32 queue = random_below(QUEUES), overflows = page_request_counts().overflows, polls;
	struct space *space = stress.bound[queue];
	struct job job = { .queue = queue, .operation = DMA_FILL, .way = WAY_PAGED };

	stress_check_quiet();
	prepare_flood(space);
	job.length = job.failure = FLOOD_PAGES * PAGE_SIZE;
	job.pattern = random_u64();
	job.destination = slot_span(space, 0, job.length);
	dma_engine_set_manners(&stress.engine, DMA_MANNERS_FLOOD);
	job_start(&job, true);
	/* Interrupts are taken in waits alone: until then nobody empties the queue. */
	for (polls = 0; polls < FLOOD_POLLS; polls++)
		if (vtd_read32(&stress.unit, PRS_REG) & PRS_PRO)
			break;
	if (!dma_wait(job.descriptor) || !dma_engine_settle(&stress.engine))
		stress_failed("flood", "PASID %u: the descriptor does not end", space->pasid);
	dma_engine_set_manners(&stress.engine, 0);
	if (page_request_counts().overflows == overflows)
		stress_failed("flood", "PASID %u: %u pages, and the queue did not overflow",
			      space->pasid, FLOOD_PAGES);
	job_check(&job);
	stress_forgive_overflow();
	stress.counts.floods++;
}

/* A queue of the endpoint goes to another address space. */
static void rebind_queue(void)
{
	u32 queue = random_below(QUEUES);

	if (!dma_queue_off(&stress.queues[queue], true))
		stress_failed("rebind", "queue %u does not come to rest", queue);
	stress.stop_markers++;
	stress_bind_queue(queue, &stress.spaces[random_below(stress.space_count)]);
	stress.counts.rebinds++;
}

/* The same tables under another domain id: the PASID entry goes, and comes back (6.5.3.3). */
static void change_domain(void)
{
	struct space *space = &stress.spaces[random_below(stress.space_count)];
	struct vtd_unit *unit = &stress.unit;
	u16 old = space->domain;

	pasid_clear(&stress.directory, space->pasid);
	vtd_invalidate_pasid_cache(unit, old);
	if (space->table.format == FIRST_STAGE && !space->nested)
		vtd_invalidate_pasid(unit, old, space->pasid);
	else
		vtd_invalidate_domain(unit, old);
	vtd_invalidate_device_tlb(unit, stress.engine.function, space->pasid, 0, WHOLE_PASID);
	if (!vtd_wait_for_queue(unit, 0))
		stress_failed("domain", "the wait descriptor was not reached: %s",
			      vtd_queue_trouble(unit));
	space->domain = space->other_domain;
	space->other_domain = old;
	stress_enter_pasid(space);
	stress.counts.domain_changes++;
}

/* Response Failure: the endpoint gives up asking, until software turns it on again (7.6.1). */
static void fail_a_group(void)
{
	u32 queue = random_below(QUEUES), index = random_below(SLOTS);
	struct space *space = stress.bound[queue];
	struct job job = { .queue = queue, .operation = DMA_FILL, .way = WAY_PAGED };

	stress_unmap_run(space, index, 1);
	job.length = PAGE_SIZE;
	job.failure_status = DMA_PAGE_FAILURE;
	job.destination = slot_span(space, index, PAGE_SIZE);
	stress.fail_next = true;
	run(&job);
	job_check(&job);
	if (!dma_engine_recover_page_requests(&stress.engine, CREDITS))
		stress_failed("response-failure", "the endpoint does not ask again");
	stress.counts.failures++;
}

void stress_episode(void)
{
	switch (random_below(8)) {
	case 0:
	case 1:
	case 2:
		read_without_invalidation();
		break;
	case 3:
		overflow_page_requests();
		break;
	case 4:
	case 5:
		rebind_queue();
		break;
	case 6:
		change_domain();
		break;
	default:
		fail_a_group();
	}
}
