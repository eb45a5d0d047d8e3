#include "tables.h"
#include "memory.h"

#define PRESENT BIT64(0)
#define ADDRESS_MASK (~(u64)(PAGE_SIZE - 1))

#define CONTEXT_QWORDS 4u
#define CONTEXTS_IN_HALF 128u

#define PASID_ENTRY_QWORDS 8u
#define PASIDS_IN_TABLE 64u
#define PASID_FIRST_STAGE (1ull << 6)
/* In the second qword. The walk is snooped: else setting an accessed flag would fault (SFS.9). */
#define PASID_WALK_SNOOP BIT64(87 - 64)

void tables_init(struct vtd_unit *unit)
{
	unit->root_table = pages_alloc(1);
}

void pasid_directory_init(struct pasid_directory *directory)
{
	directory->entries = pages_alloc(1);
}

void pasid_set_first_stage(struct pasid_directory *directory, u32 pasid, u16 domain,
			   const u64 *first_stage)
{
	u64 *slot = &directory->entries[pasid / PASIDS_IN_TABLE];
	u64 *entry;

	if (!(*slot & PRESENT))
		*slot = physical(pages_alloc(1)) | PRESENT;
	entry = (u64 *)(uintptr_t)(*slot & ADDRESS_MASK) +
		pasid % PASIDS_IN_TABLE * PASID_ENTRY_QWORDS;
	entry[1] = domain | PASID_WALK_SNOOP;
	entry[2] = physical(first_stage);
	/* Last: from here on the unit may use the entry. */
	compiler_barrier();
	entry[0] = PASID_FIRST_STAGE | PRESENT;
}

/*
 * The half of a root entry that serves this function: lower for devices 0 to 15, upper for the
 * others.
 */
static u64 *root_half(const struct vtd_unit *unit, u16 requester)
{
	return &unit->root_table[2 * (requester >> 8) + (requester >> 7 & 1)];
}

static u64 *context_entry(const struct vtd_unit *unit, u16 requester)
{
	u64 table = *root_half(unit, requester) & ADDRESS_MASK;

	return (u64 *)(uintptr_t)table + requester % CONTEXTS_IN_HALF * CONTEXT_QWORDS;
}

void tables_set_context(struct vtd_unit *unit, u16 requester,
			const struct pasid_directory *directory, u64 allowed)
{
	u64 *half = root_half(unit, requester);
	u64 *entry;

	if (!(*half & PRESENT))
		*half = physical(pages_alloc(1)) | PRESENT;
	entry = context_entry(unit, requester);
	entry[1] = 0;
	compiler_barrier();
	entry[0] = physical(directory->entries) | allowed | PRESENT;
}

void tables_clear_context(struct vtd_unit *unit, u16 requester)
{
	*(volatile u64 *)context_entry(unit, requester) = 0;
}
