/*
 * legacy-dma: legacy mode from the side of devices that know nothing of PASIDs and cannot wait: the
 * dma-engine without its device TLB, edu, and the bus master of an IDE controller. What is not
 * there is skipped. One file per chapter, in the order of main.c.
 */
#ifndef LEGACY_DMA_H
#define LEGACY_DMA_H

#include "dma-engine.h"
#include "edu.h"
#include "ide.h"
#include "legacy.h"
#include "page-table.h"
#include "unit.h"

#define LEAST_LEVELS 3u
#define MOST_LEVELS 5u

/* Domain ids; the engine's differ by the levels of its table. */
#define ENGINE_DOMAIN(levels) ((u16)(levels))
#define EDU_DOMAIN 0x20
#define IDE_DOMAIN 0x21
#define PASS_THROUGH_DOMAIN 0x22

/* Where devices see things. All within the 28 bits of edu, or the 32 of IDE and its list. */
#define RING_ADDRESS 0x8000000ull
#define EDU_ADDRESS 0x7654000u
#define IDE_LIST_ADDRESS 0x9ab00000u
#define IDE_ADDRESS 0xa5678000u

/* The engine's buffers, under tables of 3, 4 and 5 levels: the highest address bits are in use. */
struct engine_area {
	u64 source, destination, large;
};

struct legacy {
	struct vtd_unit unit;
	enum invalidation_interface by; /* how this program invalidates at the moment */

	const char *no_engine, *no_edu, *no_ide; /* what is missing, or NULL */
	struct dma_engine engine;
	struct edu edu;
	struct ide ide;

	u32 offered[MOST_LEVELS + 1]; /* by the number of levels: SAGAW has it */
	struct page_table tables[MOST_LEVELS + 1]; /* of the engine */
	u32 levels; /* of the table that the engine's context entry has */
	struct page_table edu_table, ide_table;
	struct dma_queue queue;
	struct dma_descriptor *ring;
};

void legacy_discover(struct legacy *legacy);
void legacy_set_up(struct legacy *legacy);
void legacy_engine(struct legacy *legacy);
void legacy_edu(struct legacy *legacy);
void legacy_ide(struct legacy *legacy);
void legacy_faults(struct legacy *legacy);
void legacy_changes(struct legacy *legacy, enum invalidation_interface by);
void legacy_pass_through(struct legacy *legacy);
void legacy_tear_down(struct legacy *legacy);

extern const struct engine_area engine_areas[MOST_LEVELS + 1];

/* The engine's area under the table that it has now. */
static inline const struct engine_area *engine_area(const struct legacy *legacy)
{
	return &engine_areas[legacy->levels];
}

/* Gives the engine the table with so many levels, with the invalidations of the change. */
bool legacy_assign_engine(struct legacy *legacy, u32 levels);

/*
 * Maps a page in a table that may be in use: a flush where the unit needs one, an invalidation
 * where it caches what was not there.
 */
void legacy_map(struct legacy *legacy, const struct page_table *table, u16 domain, u64 address,
		const void *page, bool writable);

/* Copies by the engine, untranslated; the status code. */
u32 legacy_copy(struct legacy *legacy, u64 source, u64 destination, u32 bytes);

/* Waits for a record beyond `records`, and reports whether it is the one expected. */
bool legacy_check_fault(const char *name, u32 records, u8 reason, u32 type, u16 source,
			u64 address);

/* Random bytes. */
void legacy_scramble(void *bytes, u32 length);

#endif
