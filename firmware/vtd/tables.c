#include "tables.h"
#include "memory.h"

#define PRESENT BIT64(0)
#define ADDRESS_MASK (~(u64)(PAGE_SIZE - 1))

#define CONTEXT_QWORDS 4u
#define CONTEXTS_IN_HALF 128u

#define PASID_ENTRY_QWORDS 8u
#define PASIDS_IN_TABLE 64u
#define PASID_FIRST_STAGE (1ull << 6)
#define PASID_SECOND_STAGE (2ull << 6)
#define PASID_NESTED (3ull << 6)
#define PASID_SECOND_STAGE_FLAGS BIT64(9)
#define PASID_WIDTH(levels) (((u64)(levels) - 2) << 2)
/* In the third qword. */
#define PASID_FIVE_LEVELS BIT64(130 - 128)
/* In the second qword. The walk is snooped: else setting an accessed flag would fault (SFS.9). */
#define PASID_WALK_SNOOP BIT64(87 - 64)

void tables_init(struct vtd_unit *unit)
{
	unit->root_table = pages_alloc(1);
	unit->root_mode = RTADDR_SCALABLE_MODE;
}

void pasid_directory_init(struct pasid_directory *directory)
{
	directory->entries = pages_alloc(1);
}

static u64 *pasid_entry(struct pasid_directory *directory, u32 pasid)
{
	u64 *slot = &directory->entries[pasid / PASIDS_IN_TABLE];

	if (!(*slot & PRESENT))
		*slot = physical(pages_alloc(1)) | PRESENT;
	return (u64 *)(uintptr_t)(*slot & ADDRESS_MASK) +
	       pasid % PASIDS_IN_TABLE * PASID_ENTRY_QWORDS;
}

void pasid_set(struct pasid_directory *directory, u32 pasid,
	       const struct pasid_translation *translation)
{
	const struct page_table *first = translation->first_stage;
	const struct page_table *second = translation->second_stage;
	u64 *entry = pasid_entry(directory, pasid);
	u64 word = PRESENT;

	exchange64(&entry[0], 0);
	entry[1] = translation->domain | PASID_WALK_SNOOP;
	entry[2] = first ? page_table_root(first) : 0;
	if (first && first->levels == 5)
		entry[2] |= PASID_FIVE_LEVELS;
	if (second)
		word |= page_table_root(second) | PASID_WIDTH(second->levels);
	if (second && translation->second_stage_flags)
		word |= PASID_SECOND_STAGE_FLAGS;
	word |= !second ? PASID_FIRST_STAGE : !first ? PASID_SECOND_STAGE : PASID_NESTED;
	/* Last: from here on the unit may use the entry. */
	exchange64(&entry[0], word);
}

void pasid_set_first_stage(struct pasid_directory *directory, u32 pasid, u16 domain,
			   const u64 *first_stage)
{
	struct page_table table = {
		.format = FIRST_STAGE, .levels = 4, .root = (u64 *)first_stage
	};

	pasid_set(directory, pasid,
		  &(struct pasid_translation){ .domain = domain, .first_stage = &table });
}

void pasid_clear(struct pasid_directory *directory, u32 pasid)
{
	exchange64(pasid_entry(directory, pasid), 0);
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
