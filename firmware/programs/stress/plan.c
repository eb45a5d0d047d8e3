#include "job.h"
#include "random.h"

static u32 random_length(enum dma_operation operation)
{
	if (operation == DMA_ATOMIC_ADD)
		return 8;
	if (random_once_in(2))
		return 1 + random_below(512);
	/* Comparing costs this CPU more than it costs the engine. */
	if (operation == DMA_VERIFY || operation == DMA_COMPARE)
		return 1 + random_below(2 * PAGE_SIZE);
	return 1 + random_below(SPAN_PAGES * PAGE_SIZE);
}

static enum dma_operation random_operation(void)
{
	static const enum dma_operation operations[] = { DMA_COPY, DMA_COPY,    DMA_COPY,
							 DMA_FILL, DMA_FILL,    DMA_VERIFY,
							 DMA_COMPARE, DMA_ATOMIC_ADD };

	return operations[random_below(ARRAY_SIZE(operations))];
}

static enum way random_way(void)
{
	u32 number = random_below(8);

	return number < 5 ? WAY_PAGED : number < 6 ? WAY_ATS : WAY_UNTRANSLATED;
}

/* An AtomicOp needs a multiple of 8. */
static bool align(struct span *span)
{
	span->address &= ~7ull;
	span->offset &= ~7u;
	return span->length == 8;
}

static u32 status_of_failure(enum way way)
{
	static const u32 statuses[] = {
		[WAY_UNTRANSLATED] = DMA_UNSUPPORTED_REQUEST,
		[WAY_ATS] = DMA_NO_PERMISSION,
		[WAY_PAGED] = DMA_PAGE_INVALID,
	};

	return statuses[way];
}

/* Whether the engine will meet a page that it cannot have, for operations with one buffer. */
static void foresee(struct job *job)
{
	const struct span *span = job->operation == DMA_VERIFY ? &job->source :
								  &job->destination;

	job->failure = span_failure(span, job->way, job_writes(job));
	job->failure_status = status_of_failure(job->way);
}

bool job_plan(struct job *job, u32 queue)
{
	struct space *space = stress.bound[queue];
	enum dma_operation operation = random_operation();
	u32 length = random_length(operation);
	enum way way = random_way();
	bool one_buffer = operation == DMA_FILL || operation == DMA_VERIFY;
	bool may_fail = one_buffer && random_once_in(2);

	*job = (struct job){ .queue = queue, .operation = operation, .way = way };
	job->pattern = random_u64();
	if (job_reads(job)) {
		if (!span_pick(&job->source, space, length, way, false, may_fail))
			return false;
		length = job->source.length;
		span_claim(&job->source, stress.counts.batches, way, may_fail);
	}
	if (job_has_destination(job)) {
		bool write = job_writes(job);

		if (!span_pick(&job->destination, space, length, way, write, may_fail) ||
		    (operation == DMA_ATOMIC_ADD && !align(&job->destination)))
			return false;
		/* The window is a page wide: the source does not need more then. */
		length = job->destination.length;
		job->source.length = length;
		span_claim(&job->destination, stress.counts.batches, way, write || may_fail);
	}
	job->length = length;
	job->failure = length;
	if (one_buffer)
		foresee(job);
	return true;
}

bool job_plan_check_of(struct job *check, const struct job *job)
{
	if ((job->operation != DMA_FILL && job->operation != DMA_COPY) ||
	    job->failure < job->length || job->length > 2 * PAGE_SIZE)
		return false;
	*check = *job;
	check->operation = job->operation == DMA_FILL ? DMA_VERIFY : DMA_COMPARE;
	if (check->operation == DMA_VERIFY)
		check->source = job->destination;
	return true;
}

static const u32 flags_of_way[] = {
	[WAY_UNTRANSLATED] = 0,
	[WAY_ATS] = DMA_USE_ATS,
	[WAY_PAGED] = DMA_USE_ATS | DMA_PAGE_REQUEST,
};

void job_start(struct job *job, bool interrupt)
{
	u32 control = job->operation | flags_of_way[job->way] | (interrupt ? DMA_INTERRUPT : 0);

	job->descriptor = dma_start(&stress.queues[job->queue],
				    (struct dma_descriptor){
					    .control = control,
					    .length = job->length,
					    .source = job->source.address,
					    .destination = job->destination.address,
					    .pattern = job->pattern,
				    });
	stress.counts.descriptors++;
	stress.counts.ring_descriptors[job->queue]++;
}
