/* Descriptors of all queues at once, pages that move away under them, and the reckoning. */
#include "faults.h"
#include "interrupts.h"
#include "job.h"
#include "random.h"

#define JOBS_OF_QUEUE 3u
#define MAX_JOBS (QUEUES * JOBS_OF_QUEUE * 2)

static struct job jobs[MAX_JOBS];
static u32 job_count, jobs_done;

static void plan_queue(u32 queue)
{
	u32 wanted = random_below(JOBS_OF_QUEUE + 1), tries;

	for (tries = 0; wanted && tries < 2 * JOBS_OF_QUEUE; tries++) {
		if (!job_plan(&jobs[job_count], queue))
			continue;
		wanted--;
		job_count++;
		if (random_once_in(2) && job_plan_check_of(&jobs[job_count], &jobs[job_count - 1]))
			job_count++;
	}
}

static bool is_last_of_queue(u32 index)
{
	u32 i;

	for (i = index + 1; i < job_count; i++)
		if (jobs[i].queue == jobs[index].queue)
			return false;
	return true;
}

/* The queues in turn, each in its own order, so that they all run at once. */
static void start_jobs(void)
{
	u32 next[QUEUES] = { 0 }, started = 0, queue;

	while (started < job_count) {
		for (queue = 0; queue < QUEUES; queue++) {
			u32 *at = &next[queue];

			while (*at < job_count && jobs[*at].queue != queue)
				++*at;
			if (*at == job_count)
				continue;
			/* One interrupt at the end of a queue's work wakes whoever waits. */
			job_start(&jobs[*at], is_last_of_queue(*at) || random_once_in(4));
			++*at;
			started++;
		}
	}
}

/* A page that the endpoint can ask for again may go away under it. */
static void swap_in_flight(void)
{
	const struct job *job = &jobs[random_below(job_count)];
	bool source = job_reads(job) && (!job_has_destination(job) || random_once_in(2));
	const struct span *span = source ? &job->source : &job->destination;
	u32 index = span->offset / PAGE_SIZE;
	struct slot *slot = &span->space->slots[index];

	/* Of two that ask, or of one that would be refused, what comes of it is not foreseen. */
	if (span->frame != NO_FRAME || job->way != WAY_PAGED || job->failure < job->length ||
	    slot->refused || slot->state != SLOT_MAPPED || slot->claim.users != 1 ||
	    frame_claim(slot->frame)->users > 1 || (!source && job_writes(job) && !slot->writable))
		return;
	if (stress_swap(span->space, index))
		stress.counts.swapped_in_flight++;
}

/* Looks at one descriptor most of the time: what is waited for is a matter of few instructions. */
static bool all_done(const void *context)
{
	(void)context;
	while (jobs_done < job_count && dma_has_ended(jobs[jobs_done].descriptor))
		jobs_done++;
	return jobs_done == job_count;
}

/* Whether a fault is that of a descriptor which was to meet one. */
static bool is_foreseen(const struct fault *fault)
{
	u32 i;

	for (i = 0; i < job_count; i++) {
		const struct job *job = &jobs[i];
		const struct span *span = job_reads(job) ? &job->source : &job->destination;
		u64 page = (span->address + job->failure) & ~(u64)(PAGE_SIZE - 1);

		if (job->way == WAY_UNTRANSLATED && job->failure < job->length &&
		    fault->address == page && fault->has_pasid &&
		    fault->pasid == span->space->pasid &&
		    fault->source == stress.engine.function &&
		    fault->type == (job_writes(job) ? FAULT_WRITE : FAULT_READ))
			return true;
	}
	return false;
}

static bool is_expected_reason(u8 reason)
{
	return reason == REASON_FIRST_STAGE_NOT_PRESENT ||
	       reason == REASON_SECOND_STAGE_NOT_PRESENT || reason == REASON_NO_WRITE_PERMISSION;
}

/*
 * Every fault leaves a record, except while an older one of the same endpoint has not been read.
 */
static void check_faults(u32 faulted, u32 records)
{
	struct fault fault;

	if (faulted && !wait_for_fault(records))
		stress_failed("fault-record", "%u descriptors met faults, none is recorded",
			      faulted);
	stress.counts.fault_records += fault_count() - records;
	if (fault_count() - records > faulted)
		stress_failed("fault-record", "%u descriptors met faults, %u are recorded", faulted,
			      fault_count() - records);
	fault = fault_latest();
	if (faulted && (!is_foreseen(&fault) || !is_expected_reason(fault.reason)))
		stress_failed("fault-record", "reason 0x%02x, PASID %u at 0x%llx", fault.reason,
			      fault.pasid, fault.address);
}

void stress_batch(void)
{
	u32 records = fault_count(), faulted = stress.counts.faulted, i;

	stress.counts.batches++;
	stress.meeting_point = random_below(SLOTS * PAGE_SIZE);
	job_count = jobs_done = 0;
	for (i = 0; i < QUEUES; i++)
		plan_queue(i);
	if (!job_count)
		return;
	start_jobs();
	for (i = random_below(4); i; i--)
		swap_in_flight();
	if (!wait_until(all_done, NULL) || !dma_engine_settle(&stress.engine))
		stress_failed("completion", "%u descriptors, not all of them ended", job_count);
	for (i = 0; i < job_count; i++)
		job_check(&jobs[i]);
	check_faults(stress.counts.faulted - faulted, records);
}
