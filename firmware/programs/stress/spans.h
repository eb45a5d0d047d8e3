/*
 * A stretch of an address space that a descriptor names: pages of the small area, or memory behind
 * a large page or the window, which is in one piece.
 */
#ifndef STRESS_SPANS_H
#define STRESS_SPANS_H

#include "stress.h"

#define SPAN_PAGES 6u /* at most: SPAN_PAGES pages long, which touches one more */

struct span {
	struct space *space;
	u64 address;
	u32 length;
	u16 frame; /* one piece of memory, or NO_FRAME: slots */
	u32 offset; /* in the frame, or in the small area */
};

/* How a descriptor gets at memory. */
enum way {
	WAY_UNTRANSLATED,
	WAY_ATS, /* through the device TLB, and no page requests */
	WAY_PAGED, /* the same with page requests */
};

/*
 * Where an access of the span will fail: its offset in the span, `length` if nowhere. What can be
 * asked for does not fail with WAY_PAGED.
 */
u32 span_failure(const struct span *span, enum way way, bool write);

/* Picks a span of at most `length` bytes that nobody's claim forbids. False if it found none. */
bool span_pick(struct span *span, struct space *space, u32 length, enum way way, bool write,
	       bool may_fail);

/* For this batch; `alone` keeps everybody else away, readers too. */
void span_claim(const struct span *span, u32 batch, enum way way, bool alone);

/* The memory at an offset of the span, and how many bytes are in one piece there. */
u8 *span_bytes(const struct span *span, u32 at, u32 *length);

/* After a write of the first `length` bytes: their pages must be dirty. */
void span_mark_written(const struct span *span, u32 length);

/* Compares whole pages under the span with the shadow. False, and where, if a byte differs. */
bool span_is_as_shadow(const struct span *span, u64 *wrong_address);

#endif
