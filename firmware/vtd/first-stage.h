/*
 * First-stage tables with 4 levels and 4 KiB pages (VT-d 3.6, 9.7). Making a page present needs no
 * invalidation; taking it away does.
 */
#ifndef VTD_FIRST_STAGE_H
#define VTD_FIRST_STAGE_H

#include "types.h"

#define FS_PRESENT BIT64(0)
#define FS_WRITE BIT64(1)
#define FS_USER BIT64(2)
#define FS_ACCESSED BIT64(5)
#define FS_DIRTY BIT64(6)

/* An empty top-level table. */
u64 *first_stage_create(void);

/* Maps one page for user-privilege requests. */
void first_stage_map(u64 *table, u64 address, u64 page, bool writable);

/* The leaf entry of an address, or NULL where an upper level is missing. */
volatile u64 *first_stage_entry(u64 *table, u64 address);

/* Makes a page not present; false if it was not. */
bool first_stage_unmap(u64 *table, u64 address);

#endif
