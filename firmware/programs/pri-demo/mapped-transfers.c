/* Chapter 3: DMA over mapped pages, with and without the endpoint's own TLB. */
#include "demo.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

/* Neither end is aligned, and the two ends differ: every page boundary falls elsewhere. */
#define SOURCE_OFFSET 0x123u
#define DESTINATION_OFFSET 0x456u
#define COPY_BYTES 6000u

static void fill_source(struct demo_space *space)
{
	u32 i;

	for (i = 0; i < DEMO_PAGES * PAGE_SIZE; i++)
		space->source[i / PAGE_SIZE][i % PAGE_SIZE] = demo_byte(space->pasid, i);
}

static void clear_destination(struct demo_space *space)
{
	u32 i;

	for (i = 0; i < DEMO_PAGES; i++)
		memset(space->destination[i], 0, PAGE_SIZE);
}

/*
 * Every byte of the destination, also those around the copy. Offset of the first wrong one, or -1.
 */
static int first_difference(const struct demo_space *space)
{
	u32 i;

	for (i = 0; i < DEMO_PAGES * PAGE_SIZE; i++) {
		bool copied = i >= DESTINATION_OFFSET && i < DESTINATION_OFFSET + COPY_BYTES;
		u32 from = i - DESTINATION_OFFSET + SOURCE_OFFSET;
		u8 expected = copied ? demo_byte(space->pasid, from) : 0;

		if (space->destination[i / PAGE_SIZE][i % PAGE_SIZE] != expected)
			return (int)i;
	}
	return -1;
}

static void copy(struct demo_space *space, const char *name, u32 flags)
{
	struct dma_descriptor request = {
		.control = DMA_COPY | DMA_INTERRUPT | flags,
		.length = COPY_BYTES,
		.source = SOURCE_ADDRESS + SOURCE_OFFSET,
		.destination = DESTINATION_ADDRESS + DESTINATION_OFFSET,
	};
	u32 status;
	int difference;

	fill_source(space);
	clear_destination(space);
	status = dma_run(&space->queue, request);
	difference = first_difference(space);
	check(name, status == DMA_OK && difference < 0,
	      "status %u, first wrong byte at offset 0x%x (0xffffffff: none)", status,
	      (u32)difference);
}

static void check_flags(struct demo_space *space)
{
	u64 source = *first_stage_entry(space->table, SOURCE_ADDRESS);
	u64 destination = *first_stage_entry(space->table, DESTINATION_ADDRESS);
	u64 untouched = *first_stage_entry(space->table, READ_ONLY_ADDRESS);
	u64 both = FS_ACCESSED | FS_DIRTY;

	check("accessed-and-dirty-flags",
	      (source & both) == FS_ACCESSED && (destination & both) == both &&
		      (untouched & both) == 0,
	      "read page %016llx, written page %016llx, untouched page %016llx", source,
	      destination, untouched);
}

static u32 verify(struct demo_space *space, u64 pattern)
{
	return dma_run(&space->queue, (struct dma_descriptor){
					      .control = DMA_VERIFY | DMA_INTERRUPT,
					      .length = PAGE_SIZE,
					      .source = SOURCE_ADDRESS,
					      .pattern = pattern,
				      });
}

/* The endpoint itself compares: what it reads at one address depends on the PASID alone. */
static void check_separation(struct demo_space *left, struct demo_space *right)
{
	u32 i, own_left, own_right, foreign;

	for (i = 0; i < PAGE_SIZE; i++) {
		left->source[0][i] = (u8)(left->fill >> 8 * (i % 8));
		right->source[0][i] = (u8)(right->fill >> 8 * (i % 8));
	}
	own_left = verify(left, left->fill);
	own_right = verify(right, right->fill);
	foreign = verify(left, right->fill);
	check("same-address-in-two-pasids",
	      own_left == DMA_OK && own_right == DMA_OK && foreign == DMA_MISMATCH,
	      "PASID %u own data %u, PASID %u own data %u, foreign data %u (0 equal, 6 differs)",
	      left->pasid, own_left, right->pasid, own_right, foreign);
}

void demo_mapped_transfers(struct demo *demo)
{
	struct demo_space *five = &demo->spaces[0], *nine = &demo->spaces[1];
	u32 before = interrupt_count(VECTOR_ENDPOINT);

	note("DMA over mapped pages");
	copy(five, "copy-pasid-5", 0);
	check("completion-interrupt", wait_for_interrupt(VECTOR_ENDPOINT, before),
	      "waited for vector 0x%x from the endpoint", VECTOR_ENDPOINT);
	copy(nine, "copy-pasid-9", 0);
	check_flags(five);
	check_separation(five, nine);
	copy(five, "copy-through-device-tlb", DMA_USE_ATS);
}
