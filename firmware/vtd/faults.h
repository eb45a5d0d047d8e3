/* Fault records of the unit and the event that announces them (VT-d 7.2, 7.3). */
#ifndef VTD_FAULTS_H
#define VTD_FAULTS_H

#include "unit.h"

/* Fault reasons (Tables 29 and 30) that the programs provoke. */
#define REASON_LEGACY_CONTEXT_NOT_PRESENT 0x02 /* LCT.2 */
#define REASON_LEGACY_NO_WRITE 0x05 /* LGN.2 */
#define REASON_LEGACY_NO_READ 0x06 /* LGN.3 */
#define REASON_CONTEXT_NOT_PRESENT 0x41 /* SCT.2 */
#define REASON_PASID_NOT_PRESENT 0x59 /* SPT.2 */
#define REASON_FIRST_STAGE_NOT_PRESENT 0x71 /* SFS.2 */
#define REASON_SECOND_STAGE_NOT_PRESENT 0x79 /* SSS.2 */
#define REASON_NO_WRITE_PERMISSION 0x85 /* SGN.6 */

/* {T1, T2} of a record. */
enum fault_type {
	FAULT_WRITE = 0,
	FAULT_PAGE_REQUEST = 1,
	FAULT_READ = 2,
	FAULT_ATOMIC = 3,
};

struct fault {
	u64 address; /* of the page */
	u32 pasid;
	u16 source;
	u8 reason;
	enum fault_type type;
	bool has_pasid;
};

/*
 * Interrupt handler of the fault event; the context is the unit. Reads and clears every pending
 * record. An error of the invalidation queue is reported as a failed check and ends the program.
 */
void faults_serve(void *unit);

/* How many records were read since the start. */
u32 fault_count(void);

/* The latest record. */
struct fault fault_latest(void);

/* Waits until more than `before` records were read. */
bool wait_for_fault(u32 before);

/* True if neither a record nor an overflow is pending. */
bool faults_clear(const struct vtd_unit *unit);

#endif
