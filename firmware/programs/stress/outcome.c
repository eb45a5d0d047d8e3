/* What a descriptor must have come to, by the shadow, and what it came to. */
#include "job.h"
#include "memory.h"

struct outcome {
	u32 status;
	u32 bytes;
	u64 result;
};

/* One page of the pattern as it stands at offset 0 of a transfer. */
static u8 *pattern_page(u64 pattern)
{
	static u64 page[(PAGE_SIZE + 8) / 8];
	u32 i;

	if (page[0] != pattern)
		for (i = 0; i < ARRAY_SIZE(page); i++)
			page[i] = pattern;
	return (u8 *)page;
}

static void fill_shadow(const struct job *job, u32 bytes)
{
	const u8 *pattern = pattern_page(job->pattern);
	u32 at, length;

	for (at = 0; at < bytes; at += length) {
		u8 *to = span_bytes(&job->destination, at, &length);

		if (length > bytes - at)
			length = bytes - at;
		if (length > PAGE_SIZE)
			length = PAGE_SIZE;
		memcpy(shadow_of(to), pattern + at % 8, length);
	}
}

static void copy_shadow(const struct job *job)
{
	u32 at, length;

	for (at = 0; at < job->length; at += length) {
		u32 room;
		u8 *from = span_bytes(&job->source, at, &length);
		u8 *to = span_bytes(&job->destination, at, &room);

		if (length > room)
			length = room;
		memcpy(shadow_of(to), shadow_of(from), length);
	}
}

/* Where the source first differs, within the first `end` bytes; `end` if it does not. */
static u32 first_mismatch(const struct job *job, u32 end)
{
	const u8 *pattern = pattern_page(job->pattern);
	u32 at, length;

	for (at = 0; at < end; at += length) {
		const u8 *other = pattern + at % 8;
		u32 room = PAGE_SIZE, same;
		u8 *from = span_bytes(&job->source, at, &length);

		if (job->operation == DMA_COMPARE)
			other = shadow_of(span_bytes(&job->destination, at, &room));
		if (length > room)
			length = room;
		if (length > end - at)
			length = end - at;
		same = difference_offset(shadow_of(from), other, length);
		if (same < length)
			return at + same;
	}
	return end;
}

static u64 add_to_shadow(const struct job *job)
{
	u32 length;
	u64 *word = (u64 *)(void *)shadow_of(span_bytes(&job->destination, 0, &length));
	u64 old = *word;

	*word = old + job->pattern;
	return old;
}

/* The address that a failure names: of the access, or of the page for page requests. */
static struct outcome failure_of(const struct job *job)
{
	const struct span *span = job_reads(job) ? &job->source : &job->destination;
	u64 address = span->address + job->failure;

	if (job->failure_status == DMA_PAGE_INVALID)
		address &= ~(u64)(PAGE_SIZE - 1);
	return (struct outcome){ job->failure_status, job->failure, address };
}

static struct outcome expect(const struct job *job)
{
	struct outcome outcome = { DMA_OK, job->length, 0 };
	u32 differs;

	switch (job->operation) {
	case DMA_FILL:
		fill_shadow(job, job->failure);
		break;
	case DMA_COPY:
		copy_shadow(job);
		break;
	case DMA_ATOMIC_ADD:
		outcome.result = add_to_shadow(job);
		break;
	default:
		differs = first_mismatch(job, job->failure);
		if (differs < job->failure)
			return (struct outcome){ DMA_MISMATCH, differs,
						 job->source.address + differs };
	}
	return job->failure < job->length ? failure_of(job) : outcome;
}

static void count(u32 status)
{
	struct stress_counts *counts = &stress.counts;

	counts->refused += status == DMA_PAGE_INVALID;
	counts->not_permitted += status == DMA_NO_PERMISSION;
	counts->mismatched += status == DMA_MISMATCH;
	counts->faulted += status == DMA_UNSUPPORTED_REQUEST;
}

static void digest(u32 value)
{
	stress.counts.digest = (stress.counts.digest ^ value) * 0x01000193u;
}

static void check_memory(const struct job *job, const char *name, const struct span *span)
{
	u64 address;

	if (!span_is_as_shadow(span, &address))
		stress_failed("data",
			      "%s of operation %u by way %u, PASID %u, 0x%llx and %u bytes: "
			      "the byte at 0x%llx",
			      name, job->operation, job->way, span->space->pasid, span->address,
			      job->length, address);
}

void job_check(const struct job *job)
{
	const struct dma_descriptor *descriptor = job->descriptor;
	struct outcome outcome = expect(job);
	u32 status = dma_status(descriptor);

	if (status != outcome.status || descriptor->bytes != outcome.bytes ||
	    descriptor->result != outcome.result)
		stress_failed("outcome",
			      "operation %u by way %u, PASID %u, source 0x%llx, destination "
			      "0x%llx, %u bytes: status %u after %u, result %llx, "
			      "expected %u after %u, %llx",
			      job->operation, job->way, stress.bound[job->queue]->pasid,
			      job->source.address, job->destination.address, job->length, status,
			      descriptor->bytes, descriptor->result, outcome.status,
			      outcome.bytes, outcome.result);
	count(status);
	digest(status);
	digest(outcome.bytes);
	if (job_writes(job))
		span_mark_written(&job->destination, outcome.bytes);
	if (job_reads(job))
		check_memory(job, "source", &job->source);
	if (job_has_destination(job))
		check_memory(job, "destination", &job->destination);
}
