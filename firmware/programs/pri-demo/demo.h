/*
 * pri-demo: one endpoint, two PASIDs, and everything that happens between them and a remapping
 * unit: mapped and demand-paged DMA, a refusal, faults, invalidation, and the way back to silence.
 * One file per chapter of the story, in the order of main.c.
 */
#ifndef DEMO_H
#define DEMO_H

#include "dma-engine.h"
#include "first-stage.h"
#include "page-requests.h"
#include "tables.h"
#include "unit.h"

#define DEMO_SPACES 2
#define DEMO_PAGES 2 /* of a mapped buffer */
#define DEMO_DOMAIN 1 /* first-stage entries of one device may share a domain id */
#define ABSENT_PASID 7

/*
 * Where the endpoint sees things, the same in both PASIDs. All above 4 GiB, and in different
 * top-level entries: a walk that drops address bits goes astray.
 */
#define RING_ADDRESS 0x0000000100000000ull
#define SOURCE_ADDRESS 0x0000123456780000ull
#define DESTINATION_ADDRESS 0x0000200000000000ull
#define READ_ONLY_ADDRESS 0x0000300000000000ull
#define PAGED_SOURCE_ADDRESS 0x0000400000000000ull
#define PAGED_DESTINATION_ADDRESS 0x0000500000000000ull
#define PAGED_PAGES 8u
#define GROUP_PAGES 4u
#define FORBIDDEN_ADDRESS 0x0000600000000000ull

struct demo_space {
	u32 pasid;
	u64 fill; /* pattern of the first source page */
	u64 *table;
	u8 *source[DEMO_PAGES];
	u8 *destination[DEMO_PAGES];
	u8 *read_only;
	u8 *paged_source[PAGED_PAGES];
	u8 *paged_destination[PAGED_PAGES];
	struct dma_queue queue;
};

struct demo {
	struct vtd_unit unit;
	struct dma_engine engine;
	struct pasid_directory directory;
	struct demo_space spaces[DEMO_SPACES];
};

/* The chapters. Each reports its checks, and ends the program where going on makes no sense. */
void demo_discover(struct demo *demo);
void demo_set_up(struct demo *demo);
void demo_mapped_transfers(struct demo *demo);
void demo_page_requests(struct demo *demo);
void demo_faults(struct demo *demo);
void demo_unmap(struct demo *demo);
void demo_tear_down(struct demo *demo);

/*
 * Policy of the page request handler: pages in the two PAGED areas exist, all others are refused.
 */
enum response_code demo_page_in(const struct page_request *request, void *demo);

/*
 * The byte that belongs at `offset` of a buffer of this PASID: differs between PASIDs and between
 * pages.
 */
static inline u8 demo_byte(u32 pasid, u32 offset)
{
	return (u8)(pasid * 29 + offset * 7 + (offset >> 12) * 13 + 1);
}

/* Reports whether the latest fault is the one expected. */
void demo_check_fault(const struct demo *demo, const char *name, u32 reason, u32 type, u32 pasid,
		      u64 address);

#endif
