/* Chapter 3: the dma-engine, through tables of every depth, and through large pages. */
#include "legacy-dma.h"
#include "memory.h"
#include "report.h"

#define PAGES 3u
#define OFFSET 0x123u
#define COPY_BYTES (2 * PAGE_SIZE + 77)
#define LARGE_PAGES (LEVEL_BYTES(LEVEL_2M) / PAGE_SIZE)

static const char *const copy_names[] = { [3] = "copy-3-levels",
					  [4] = "copy-4-levels",
					  [5] = "copy-5-levels" };

/* Pages that are no neighbours in memory, although the device sees them so. */
static void map_scattered(struct legacy *legacy, u64 address, u8 **pages, bool writable)
{
	u32 i;

	for (i = PAGES; i-- > 0;) {
		pages[i] = pages_alloc(2);
		legacy_map(legacy, &legacy->tables[legacy->levels], ENGINE_DOMAIN(legacy->levels),
			   address + i * PAGE_SIZE, pages[i], writable);
	}
}

static u8 byte_at(u8 *const *pages, u32 offset)
{
	return pages[offset / PAGE_SIZE][offset % PAGE_SIZE];
}

static u32 wrong_bytes(u8 *const *source, u8 *const *destination)
{
	u32 i, wrong = 0;

	for (i = 0; i < PAGES * PAGE_SIZE; i++) {
		bool copied = i >= OFFSET && i < OFFSET + COPY_BYTES;

		wrong += byte_at(destination, i) != (copied ? byte_at(source, i) : 0);
	}
	return wrong;
}

static void copy_under(struct legacy *legacy, u32 levels)
{
	u8 *source[PAGES], *destination[PAGES];
	u32 i, status, wrong;

	if (!legacy->offered[levels]) {
		skip(copy_names[levels], "SAGAW 0x%x has no tables of %u levels",
		     CAP_SAGAW(legacy->unit.cap), levels);
		return;
	}
	if (!legacy_assign_engine(legacy, levels)) {
		check(copy_names[levels], false, "the change of the context entry was not heard");
		return;
	}
	map_scattered(legacy, engine_area(legacy)->source, source, false);
	map_scattered(legacy, engine_area(legacy)->destination, destination, true);
	for (i = 0; i < PAGES; i++)
		legacy_scramble(source[i], PAGE_SIZE);
	status = legacy_copy(legacy, engine_area(legacy)->source + OFFSET,
			     engine_area(legacy)->destination + OFFSET, COPY_BYTES);
	wrong = wrong_bytes(source, destination);
	check(copy_names[levels], status == DMA_OK && !wrong, "status %u, %u bytes are wrong",
	      status, wrong);
}

/* Within one page of 2 MiB: from its first half to its second, over pages of 4 KiB. */
static void copy_in_large_page(struct legacy *legacy)
{
	u64 address = engine_area(legacy)->large;
	u32 half = LEVEL_BYTES(LEVEL_2M) / 2, status;
	u8 *page;

	if (!(legacy->unit.cap & CAP_SSLPS_2M)) {
		skip("copy-2m-page", "CAP.SSLPS has no pages of 2 MiB");
		return;
	}
	page = pages_alloc_aligned(LARGE_PAGES, LARGE_PAGES);
	legacy_scramble(page, half);
	page_table_map(&legacy->tables[legacy->levels], address, physical(page), LEVEL_2M, true);
	if (!vtd_flush_write_buffer(&legacy->unit) ||
	    !legacy_invalidate_domain(&legacy->unit, legacy->by, ENGINE_DOMAIN(legacy->levels))) {
		check("copy-2m-page", false, "a flush or an invalidation does not end");
		return;
	}
	status = legacy_copy(legacy, address + 0x7f123, address + half + 0x7f123, 3 * PAGE_SIZE);
	check("copy-2m-page",
	      status == DMA_OK &&
		      !memcmp(page + 0x7f123, page + half + 0x7f123, 3 * PAGE_SIZE) &&
		      !page[half + 0x7f122] && !page[half + 0x7f123 + 3 * PAGE_SIZE],
	      "status %u, or other bytes", status);
}

void legacy_engine(struct legacy *legacy)
{
	u32 usual = legacy->levels, levels;

	note("dma-engine: scattered pages");
	for (levels = MOST_LEVELS; levels >= LEAST_LEVELS; levels--)
		copy_under(legacy, levels);
	if (legacy->levels != usual)
		require("context-back", legacy_assign_engine(legacy, usual),
			"the change of the context entry was not heard");
	copy_in_large_page(legacy);
}
