/*
 * One remapping unit: registers, the command handshake and the three events (VT-d chapter 11, 6.6).
 */
#ifndef VTD_UNIT_H
#define VTD_UNIT_H

#include "cpu.h"
#include "registers.h"
#include "types.h"

struct vtd_unit {
	uintptr_t registers;
	u64 cap;
	u64 ecap;

	/* Invalidation queue: one page of descriptors, and the dword that waits write. */
	u64 *descriptors;
	u32 descriptor_bytes; /* 32 where there is scalable mode, else 16 */
	u32 descriptor_tail;
	u32 descriptors_submitted;
	volatile u32 *wait_status;
	u32 wait_sequence;

	/* Page request queue: one page. */
	const u64 (*page_requests)[4];

	u64 *root_table;
	u64 root_mode; /* with it in RTADDR: RTADDR_SCALABLE_MODE, or 0 in legacy mode */
};

static inline u32 vtd_read32(const struct vtd_unit *unit, u32 offset)
{
	return mmio_read32(unit->registers + offset);
}

static inline u64 vtd_read64(const struct vtd_unit *unit, u32 offset)
{
	return mmio_read64(unit->registers + offset);
}

static inline void vtd_write32(const struct vtd_unit *unit, u32 offset, u32 value)
{
	mmio_write32(unit->registers + offset, value);
}

static inline void vtd_write64(const struct vtd_unit *unit, u32 offset, u64 value)
{
	mmio_write64(unit->registers + offset, value);
}

/* Reads the capabilities. False if no unit answers at this address. */
bool vtd_init(struct vtd_unit *unit, u64 registers);

/* Version and capabilities as `# ` lines. */
void vtd_describe(const struct vtd_unit *unit);

/* Name of the first capability bit in `ecap_bits` that ECAP lacks, or NULL. */
const char *vtd_missing_capability(const struct vtd_unit *unit, u64 ecap_bits);

/*
 * Sets or clears one of GLOBAL_TE, GLOBAL_SRTP, GLOBAL_QIE and waits for its status bit, one change
 * at a time as 11.4.4.1 asks. False when the status did not follow.
 */
bool vtd_command(const struct vtd_unit *unit, u32 bit, bool on);

/* Points one of FECTL, IECTL, PECTL at a vector and unmasks it. False if it stays masked. */
bool vtd_event_on(const struct vtd_unit *unit, u32 control, u8 vector);
void vtd_event_off(const struct vtd_unit *unit, u32 control);

/* Takes the root table in its mode, and drops what the caches hold of an older one (6.6). */
bool vtd_set_root(struct vtd_unit *unit);

/* With CAP.RWBF: what software wrote is in memory afterwards. False when it does not end. */
bool vtd_flush_write_buffer(const struct vtd_unit *unit);

#endif
