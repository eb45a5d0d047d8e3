/* Chapter 4: edu, from memory to its buffer and back to other memory. */
#include "legacy-dma.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

#define SECOND_ADDRESS (EDU_ADDRESS + 0x100000u)
#define OFFSET 0xc00u
#define BYTES 0x900u

static void map(struct legacy *legacy, u32 address, const u8 *page, bool writable)
{
	legacy_map(legacy, &legacy->edu_table, EDU_DOMAIN, address, page, writable);
}

static void transfer(struct legacy *legacy)
{
	/* Each transfer crosses from one page to another that is no neighbour in memory. */
	u8 *source[2] = { pages_alloc(2), pages_alloc(2) }, *destination = pages_alloc(2);
	u8 *expected = pages_alloc(1);
	u32 interrupts = interrupt_count(VECTOR_EDU);
	bool in, out;

	legacy_scramble(source[0], PAGE_SIZE);
	legacy_scramble(source[1], PAGE_SIZE);
	memcpy(expected, source[1] + OFFSET, PAGE_SIZE - OFFSET);
	memcpy(expected + PAGE_SIZE - OFFSET, source[0], BYTES - (PAGE_SIZE - OFFSET));
	map(legacy, EDU_ADDRESS, source[1], false);
	map(legacy, EDU_ADDRESS + PAGE_SIZE, source[0], false);
	map(legacy, SECOND_ADDRESS, destination + PAGE_SIZE, true);
	map(legacy, SECOND_ADDRESS + PAGE_SIZE, destination, true);

	in = edu_read_memory(&legacy->edu, EDU_ADDRESS + OFFSET, 0x10, BYTES);
	out = edu_write_memory(&legacy->edu, SECOND_ADDRESS + OFFSET, 0x10, BYTES);
	check("edu-both-ways",
	      in && out &&
		      !memcmp(destination + PAGE_SIZE + OFFSET, expected, PAGE_SIZE - OFFSET) &&
		      !memcmp(destination, expected + PAGE_SIZE - OFFSET,
			      BYTES - (PAGE_SIZE - OFFSET)) &&
		      !destination[PAGE_SIZE + OFFSET - 1] &&
		      !destination[BYTES - (PAGE_SIZE - OFFSET)],
	      "in %s, out %s, or other bytes", in ? "ended" : "did not end",
	      out ? "ended" : "did not end");
	check("edu-interrupt", wait_for_interrupt(VECTOR_EDU, interrupts),
	      "waited for vector 0x%x", VECTOR_EDU);
}

void legacy_edu(struct legacy *legacy)
{
	if (legacy->no_edu) {
		skip("edu-both-ways", "%s", legacy->no_edu);
		skip("edu-interrupt", "%s", legacy->no_edu);
		return;
	}
	note("edu: to its buffer and back");
	require("edu-msi", edu_init(&legacy->edu, VECTOR_EDU), "no MSI capability");
	transfer(legacy);
}
