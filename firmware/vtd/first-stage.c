#include "first-stage.h"
#include "cpu.h"
#include "memory.h"

#define LEVELS 4u
#define INDEX_BITS 9u
#define PAGE_BITS 12u
#define ADDRESS_MASK 0x000ffffffffff000ull

static u32 index_of(u64 address, u32 level)
{
	return (u32)(address >> (PAGE_BITS + INDEX_BITS * (level - 1))) & (BIT(INDEX_BITS) - 1);
}

static u64 *next_table(u64 entry)
{
	return (u64 *)(uintptr_t)(entry & ADDRESS_MASK);
}

u64 *first_stage_create(void)
{
	return pages_alloc(1);
}

void first_stage_map(u64 *table, u64 address, u64 page, bool writable)
{
	u32 level;

	for (level = LEVELS; level > 1; level--) {
		u64 *entry = &table[index_of(address, level)];

		/* Upper levels allow everything: the leaf decides. */
		if (!(*entry & FS_PRESENT))
			*entry = physical(pages_alloc(1)) | FS_PRESENT | FS_WRITE | FS_USER;
		table = next_table(*entry);
	}
	compiler_barrier();
	table[index_of(address, 1)] =
		(page & ADDRESS_MASK) | FS_PRESENT | FS_USER | (writable ? FS_WRITE : 0);
}

volatile u64 *first_stage_entry(u64 *table, u64 address)
{
	u32 level;

	for (level = LEVELS; level > 1; level--) {
		u64 entry = table[index_of(address, level)];

		if (!(entry & FS_PRESENT))
			return NULL;
		table = next_table(entry);
	}
	return &table[index_of(address, 1)];
}

bool first_stage_unmap(u64 *table, u64 address)
{
	volatile u64 *entry = first_stage_entry(table, address);

	if (!entry || !(*entry & FS_PRESENT))
		return false;
	*entry = 0;
	return true;
}
