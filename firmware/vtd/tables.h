/*
 * Scalable-mode root, context and PASID tables (VT-d 9.2, 9.4, 9.5, 9.6). Changes of present
 * entries need invalidations, which are the caller's: vtd/queue.h.
 */
#ifndef VTD_TABLES_H
#define VTD_TABLES_H

#include "page-table.h"
#include "unit.h"

/* What a device may do, for tables_set_context(). */
#define CONTEXT_ATS BIT64(2)
#define CONTEXT_PASID BIT64(3)
#define CONTEXT_PAGE_REQUESTS BIT64(4)

struct pasid_directory {
	u64 *entries; /* 128 of them: PASIDs 0 to 8191 */
};

/* An empty root table: every request is refused. */
void tables_init(struct vtd_unit *unit);

void pasid_directory_init(struct pasid_directory *directory);

/* A present entry that translates through a first-stage table with 4 levels. */
void pasid_set_first_stage(struct pasid_directory *directory, u32 pasid, u16 domain,
			   const u64 *first_stage);

/* A PASID's address space: one stage, or both nested; the other is NULL. */
struct pasid_translation {
	u16 domain;
	const struct page_table *first_stage;
	const struct page_table *second_stage;
	bool second_stage_flags; /* accessed and dirty flags there: only with ECAP.SSADS */
};

/* Makes the entry present, or present with another translation. */
void pasid_set(struct pasid_directory *directory, u32 pasid,
	       const struct pasid_translation *translation);
void pasid_clear(struct pasid_directory *directory, u32 pasid);

/* Requests without PASID use PASID 0 (RID_PASID). */
void tables_set_context(struct vtd_unit *unit, u16 requester,
			const struct pasid_directory *directory, u64 allowed);
void tables_clear_context(struct vtd_unit *unit, u16 requester);

#endif
