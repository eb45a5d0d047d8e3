/*
 * Legacy mode (RTADDR.TTM 00): root and context tables (VT-d 9.1, 9.3), and the invalidations that
 * it needs, through registers (6.5.1) or through the queue. Registers are serviced by units before
 * version 6, and only one of the two may be in use.
 */
#ifndef VTD_LEGACY_H
#define VTD_LEGACY_H

#include "page-table.h"
#include "unit.h"

/* An empty root table: every request is refused. */
void legacy_tables_init(struct vtd_unit *unit);

/* Requests of the function go through the table, or pass through as they are. */
void legacy_set_context(struct vtd_unit *unit, u16 requester, u16 domain,
			const struct page_table *table);
void legacy_set_pass_through(struct vtd_unit *unit, u16 requester, u16 domain);
void legacy_clear_context(struct vtd_unit *unit, u16 requester);

bool legacy_registers_are_serviced(const struct vtd_unit *unit);

enum invalidation_interface { BY_REGISTERS, BY_QUEUE };

/* Takes the root table, and drops what the caches hold of an older one (6.6). */
bool legacy_set_root(struct vtd_unit *unit, enum invalidation_interface by);

/*
 * Each waits until it is done. False if the unit did not do it, or did less than was asked for.
 * Pages are 2^order, and become a whole domain without CAP.PSI.
 */
bool legacy_invalidate_everything(struct vtd_unit *unit, enum invalidation_interface by);
bool legacy_invalidate_context(struct vtd_unit *unit, enum invalidation_interface by, u16 requester,
			       u16 domain);
bool legacy_invalidate_domain(struct vtd_unit *unit, enum invalidation_interface by, u16 domain);
bool legacy_invalidate_pages(struct vtd_unit *unit, enum invalidation_interface by, u16 domain,
			     u64 address, u32 order);

#endif
