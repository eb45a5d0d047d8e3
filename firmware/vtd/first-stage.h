/*
 * First-stage tables with 4 levels and 4 KiB pages, by their root alone: what most programs need of
 * vtd/page-table.h.
 */
#ifndef VTD_FIRST_STAGE_H
#define VTD_FIRST_STAGE_H

#include "page-table.h"

/* An empty top-level table. */
u64 *first_stage_create(void);

/* Maps one page for user-privilege requests. */
void first_stage_map(u64 *root, u64 address, u64 page, bool writable);

/* The leaf entry of an address, or NULL where an upper level is missing. */
volatile u64 *first_stage_entry(u64 *root, u64 address);

/* Makes a page not present; false if it was not. */
bool first_stage_unmap(u64 *root, u64 address);

#endif
