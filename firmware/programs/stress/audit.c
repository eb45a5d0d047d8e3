/* Nothing may be lost: requests, responses, memory, faults. */
#include "stress.h"
#include "faults.h"
#include "interrupts.h"
#include "memory.h"
#include "queue.h"
#include "report.h"

/*
 * What the unit dropped or answered itself while its queue was full: the guest never saw these, so
 * they are forgiven once, and then the accounts must agree again.
 */
static u32 forgiven_requests, forgiven_responses;

static u32 responses_given(void)
{
	struct page_request_counts counts = page_request_counts();

	return counts.groups_granted + counts.groups_refused + counts.groups_failed;
}

static u32 responses_received(const struct dma_engine_account *account)
{
	return account->responses_success + account->responses_invalid + account->responses_failure;
}

void stress_forgive_overflow(void)
{
	struct dma_engine_account account = dma_engine_account(&stress.engine);

	forgiven_requests = account.page_requests - page_request_counts().requests;
	forgiven_responses = responses_received(&account) - responses_given();
}

static bool is_quiet(const struct dma_engine_account *account)
{
	struct page_request_counts counts = page_request_counts();

	return account->page_requests == counts.requests + forgiven_requests &&
	       responses_received(account) == responses_given() + forgiven_responses &&
	       account->stop_markers == stress.stop_markers &&
	       counts.stop_markers == stress.stop_markers && !account->responses_unexpected &&
	       !account->credits_used && !account->groups_outstanding &&
	       !account->invalidations_pending && !page_request_groups_open() &&
	       page_requests_empty(&stress.unit);
}

static void describe(const struct dma_engine_account *account)
{
	note("sent %u, delivered %u and %u lost to overflows; answered %u and %u by the unit, "
	     "received %u, unexpected %u; stop markers %u of %u; "
	     "%u credits, %u groups, %u invalidations outstanding, %u groups half served",
	     account->page_requests, page_request_counts().requests, forgiven_requests,
	     responses_given(), forgiven_responses, responses_received(account),
	     account->responses_unexpected, page_request_counts().stop_markers,
	     stress.stop_markers, account->credits_used, account->groups_outstanding,
	     account->invalidations_pending, page_request_groups_open());
}

void stress_check_quiet(void)
{
	struct dma_engine_account account;

	/* Stop markers: no descriptor waits for their interrupt. */
	page_requests_serve(&stress.unit);
	account = dma_engine_account(&stress.engine);
	if (is_quiet(&account))
		return;
	notes_on(true);
	describe(&account);
	stress_failed("accounts", "nothing runs, and these numbers do not agree");
}

static void stop_queues(void)
{
	struct vtd_unit *unit = &stress.unit;
	u32 i, stopped = 0;

	for (i = 0; i < QUEUES; i++)
		stopped += dma_queue_off(&stress.queues[i], true);
	stress.stop_markers += QUEUES;
	require("queues-stopped", stopped == QUEUES, "%u of %u came to rest", stopped, QUEUES);
	for (i = 0; i < stress.space_count; i++)
		vtd_invalidate_device_tlb(unit, stress.engine.function, stress.spaces[i].pasid, 0,
					  52);
	require("drained",
		vtd_wait_for_queue(unit, unit->ecap & ECAP_PDS ? WAIT_PAGE_REQUEST_DRAIN : 0),
		"%s", vtd_queue_trouble(unit));
	page_requests_serve(unit);
}

static void check_accounts(void)
{
	struct dma_engine_account account = dma_engine_account(&stress.engine);

	check("requests-are-responses", is_quiet(&account), "see the note below");
	describe(&account);
	check("page-request-queue-empty",
	      page_requests_empty(&stress.unit) && vtd_read32(&stress.unit, PRS_REG) == 0,
	      "PQH 0x%x, PQT 0x%x, PRS 0x%x", vtd_read32(&stress.unit, PQH_REG),
	      vtd_read32(&stress.unit, PQT_REG), vtd_read32(&stress.unit, PRS_REG));
}

static void give_back_memory(void)
{
	u32 s, i, reachable = 0;

	for (s = 0; s < stress.space_count; s++) {
		struct space *space = &stress.spaces[s];

		for (i = 0; i < LARGE_SLOTS; i++)
			large_unmap(space, i);
		stress_unmap_run(space, 0, SLOTS);
		reachable += page_table_count(&space->table);
		if (space->nested)
			reachable += page_table_count(&space->outer);
	}
	check("no-frame-leaked", frames_free() == FRAMES && large_frames_free() == LARGE_FRAMES,
	      "%u of %u frames and %u of %u large ones are free", frames_free(), FRAMES,
	      large_frames_free(), LARGE_FRAMES);
	check("no-table-leaked", reachable == page_tables_in_use(),
	      "%u page tables are in use, %u can be reached", page_tables_in_use(), reachable);
}

static void turn_off(void)
{
	struct vtd_unit *unit = &stress.unit;

	check("endpoint-off", dma_engine_page_requests_off(&stress.engine),
	      "waited for Stopped in the PRI status");
	dma_engine_ats_pasid_off(&stress.engine);
	check("translation-off", vtd_command(unit, GLOBAL_TE, false) && vtd_queue_off(unit),
	      "GSTS 0x%x", vtd_read32(unit, GSTS_REG));
	check("no-fault-pending", faults_clear(unit), "FSTS 0x%x", vtd_read32(unit, FSTS_REG));
}

static void note_summary(void)
{
	const struct stress_counts *counts = &stress.counts;
	struct page_request_counts pages = page_request_counts();

	note("seed %u: %u steps, %u descriptors, digest %08x", stress.seed, counts->steps,
	     counts->descriptors, counts->digest);
	note("page requests: %u in %u groups granted, %u refused, %u failed; "
	     "pages: %u mapped, %u made writable, %u there already, %u too early, %u declined",
	     pages.requests, pages.groups_granted, pages.groups_refused, pages.groups_failed,
	     counts->granted, counts->upgraded, counts->already_there, counts->too_early,
	     counts->declined);
	note("descriptors refused %u, faulted %u in %u records, without permission %u, "
	     "different data %u",
	     counts->refused, counts->faulted, counts->fault_records, counts->not_permitted,
	     counts->mismatched);
	note("mappings: %u unmapped, %u protected, %u moved, %u shared, %u swapped (%u under DMA), "
	     "%u changes of large pages (%u splits, %u merges)",
	     counts->unmapped, counts->protected, counts->moved, counts->shared, counts->swapped,
	     counts->swapped_in_flight, counts->large_changes, counts->splits, counts->merges);
	note("episodes: %u reads before the invalidation (%u of the old page), "
	     "%u overflows of the page request queue (%u groups cut off), %u queues rebound, "
	     "%u domains changed, %u response failures",
	     counts->stale_checks, counts->stale_seen, pages.overflows, pages.groups_cut_off,
	     counts->rebinds, counts->domain_changes, counts->failures);
	note("rounds: invalidation queue %u, page request queue %u, rings %u %u %u %u",
	     stress.unit.descriptors_submitted / 128, (pages.requests + pages.stop_markers) / 128,
	     counts->ring_descriptors[0] / 64, counts->ring_descriptors[1] / 64,
	     counts->ring_descriptors[2] / 64, counts->ring_descriptors[3] / 64);
}

void stress_audit(void)
{
	u32 wrong;

	note("%u steps are done: what is left?", stress.counts.steps);
	stop_queues();
	check_accounts();
	give_back_memory();
	wrong = frames_wrong_bytes();
	check("every-byte-as-the-shadow", !wrong, "%u bytes differ", wrong);
	turn_off();
	note_summary();
}
