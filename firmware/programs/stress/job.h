/* One descriptor, and what must come of it. */
#ifndef STRESS_JOB_H
#define STRESS_JOB_H

#include "spans.h"

struct job {
	u32 queue;
	enum dma_operation operation;
	enum way way;
	struct span source, destination; /* those that the operation has */
	u64 pattern;
	u32 length;
	const struct dma_descriptor *descriptor;

	/* Where it will fail for want of a page, `length` if nowhere, and the status then. */
	u32 failure;
	u32 failure_status;
};

static inline bool job_reads(const struct job *job)
{
	return job->operation == DMA_COPY || job->operation == DMA_VERIFY ||
	       job->operation == DMA_COMPARE;
}

static inline bool job_has_destination(const struct job *job)
{
	return job->operation != DMA_VERIFY;
}

static inline bool job_writes(const struct job *job)
{
	return job->operation == DMA_COPY || job->operation == DMA_FILL ||
	       job->operation == DMA_ATOMIC_ADD;
}

/* A random one for a queue, with its claims taken. False if none was found that fits. */
bool job_plan(struct job *job, u32 queue);

/* Looks whether what `job` wrote is there: by the same queue, right behind it. */
bool job_plan_check_of(struct job *check, const struct job *job);

void job_start(struct job *job, bool interrupt);

/*
 * After its end: brings the shadow up to date, and compares status, count, result and every byte of
 * the pages that it touched.
 */
void job_check(const struct job *job);

#endif
