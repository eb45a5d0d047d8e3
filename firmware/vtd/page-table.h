/*
 * Page tables of both stages: 4 KiB, 2 MiB and 1 GiB pages, 3 to 5 levels (VT-d 3.6, 3.7, 9.7,
 * 9.8). Entries change in one access each, so that translation may be on. Making a page present
 * needs no invalidation; every other change does, and is the caller's: vtd/queue.h.
 */
#ifndef VTD_PAGE_TABLE_H
#define VTD_PAGE_TABLE_H

#include "types.h"

#define FS_PRESENT BIT64(0)
#define FS_WRITE BIT64(1)
#define FS_USER BIT64(2)
#define FS_ACCESSED BIT64(5)
#define FS_DIRTY BIT64(6)
#define SS_READ BIT64(0)
#define SS_WRITE BIT64(1)
/* Both stages, above the lowest level: the entry maps a page and has no table below. */
#define PAGE_TABLE_LARGE BIT64(7)

/* The level of the entry that maps a page of this size. */
#define LEVEL_4K 1u
#define LEVEL_2M 2u
#define LEVEL_1G 3u
#define LEVEL_BYTES(level) (1u << (12 + 9 * ((level) - 1)))

enum page_table_format { FIRST_STAGE, SECOND_STAGE };

struct page_table {
	enum page_table_format format;
	u32 levels;
	u64 *root;
	/* Added to what entries point to: nested tables hold guest-physical addresses. */
	u64 offset;
};

/* An empty table. */
void page_table_init(struct page_table *table, enum page_table_format format, u32 levels);

/* The root's address for the PASID or context entry. */
u64 page_table_root(const struct page_table *table);

/*
 * Maps a page for reading, and for writing if `writable`; in the first stage for user-privilege
 * requests. Both addresses are multiples of the page's size. What was there before is replaced.
 */
void page_table_map(const struct page_table *table, u64 address, u64 page, u32 level,
		    bool writable);

/* The entry of an address at this level, or NULL where a table above it is missing. */
volatile u64 *page_table_entry(const struct page_table *table, u64 address, u32 level);

/* Makes a page not present, and answers what its entry was: 0 if it was not present before. */
u64 page_table_unmap(const struct page_table *table, u64 address, u32 level);

/* Maps the same memory by 512 pages of 4 KiB instead of one of 2 MiB. */
void page_table_split(const struct page_table *table, u64 address);

/*
 * Maps by one page of 2 MiB what 512 of 4 KiB mapped. Answers the table that is not used any more:
 * page_table_recycle() it after the invalidation.
 */
u64 *page_table_merge(const struct page_table *table, u64 address, u64 page, bool writable);
void page_table_recycle(u64 *unused);

/* Tables that a walk can reach, the root among them. */
u32 page_table_count(const struct page_table *table);

/* Tables of all page tables together: those allocated and not recycled. */
u32 page_tables_in_use(void);

#endif
