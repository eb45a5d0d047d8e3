#include "page-table.h"
#include "cpu.h"
#include "memory.h"

#define INDEX_BITS 9u
#define PAGE_BITS 12u
#define ENTRIES BIT(INDEX_BITS)
#define ADDRESS_MASK 0x000ffffffffff000ull

/* Recycled tables, chained through their first entries. */
static u64 *unused_tables;
static u32 tables_in_use;

static u64 *table_alloc(void)
{
	u64 *entries = unused_tables;

	tables_in_use++;
	if (!entries)
		return pages_alloc(1);
	unused_tables = (u64 *)(uintptr_t)entries[0];
	entries[0] = 0;
	return entries;
}

void page_table_recycle(u64 *unused)
{
	memset(unused, 0, PAGE_SIZE);
	unused[0] = (uintptr_t)unused_tables;
	unused_tables = unused;
	tables_in_use--;
}

u32 page_tables_in_use(void)
{
	return tables_in_use;
}

static u32 index_of(u64 address, u32 level)
{
	return (u32)(address >> (PAGE_BITS + INDEX_BITS * (level - 1))) & (ENTRIES - 1);
}

static bool is_present(const struct page_table *table, u64 entry)
{
	return entry & (table->format == FIRST_STAGE ? FS_PRESENT : SS_READ | SS_WRITE);
}

static u64 *next_table(const struct page_table *table, u64 entry)
{
	return (u64 *)(uintptr_t)((entry & ADDRESS_MASK) - table->offset);
}

/* Upper levels allow everything: the leaf decides. */
static u64 entry_for_table(const struct page_table *table, const u64 *next)
{
	u64 bits = table->format == FIRST_STAGE ? FS_PRESENT | FS_WRITE | FS_USER :
						  SS_READ | SS_WRITE;

	return (physical(next) + table->offset) | bits;
}

static u64 entry_for_page(const struct page_table *table, u64 page, u32 level, bool writable)
{
	u64 bits = level > LEVEL_4K ? PAGE_TABLE_LARGE : 0;

	if (table->format == FIRST_STAGE)
		bits |= FS_PRESENT | FS_USER | (writable ? FS_WRITE : 0);
	else
		bits |= SS_READ | (writable ? SS_WRITE : 0);
	return (page + table->offset) | bits;
}

void page_table_init(struct page_table *table, enum page_table_format format, u32 levels)
{
	*table = (struct page_table){ .format = format, .levels = levels, .root = table_alloc() };
}

u64 page_table_root(const struct page_table *table)
{
	return physical(table->root) + table->offset;
}

volatile u64 *page_table_entry(const struct page_table *table, u64 address, u32 level)
{
	u64 *entries = table->root;
	u32 above;

	for (above = table->levels; above > level; above--) {
		u64 entry = entries[index_of(address, above)];

		if (!is_present(table, entry) || (entry & PAGE_TABLE_LARGE))
			return NULL;
		entries = next_table(table, entry);
	}
	return &entries[index_of(address, level)];
}

void page_table_map(const struct page_table *table, u64 address, u64 page, u32 level,
		    bool writable)
{
	u64 *entries = table->root;
	u32 above;

	for (above = table->levels; above > level; above--) {
		u64 *entry = &entries[index_of(address, above)];

		if (!is_present(table, *entry))
			exchange64(entry, entry_for_table(table, table_alloc()));
		entries = next_table(table, *entry);
	}
	exchange64(&entries[index_of(address, level)],
		   entry_for_page(table, page, level, writable));
}

u64 page_table_unmap(const struct page_table *table, u64 address, u32 level)
{
	volatile u64 *entry = page_table_entry(table, address, level);

	return entry && is_present(table, *entry) ? exchange64(entry, 0) : 0;
}

void page_table_split(const struct page_table *table, u64 address)
{
	volatile u64 *entry = page_table_entry(table, address, LEVEL_2M);
	u64 first = (*entry & ADDRESS_MASK & ~(u64)(LEVEL_BYTES(LEVEL_2M) - 1)) - table->offset;
	bool writable = *entry & (table->format == FIRST_STAGE ? FS_WRITE : SS_WRITE);
	u64 *pages = table_alloc();
	u32 i;

	for (i = 0; i < ENTRIES; i++)
		pages[i] = entry_for_page(table, first + i * PAGE_SIZE, LEVEL_4K, writable);
	exchange64(entry, entry_for_table(table, pages));
}

u64 *page_table_merge(const struct page_table *table, u64 address, u64 page, bool writable)
{
	volatile u64 *entry = page_table_entry(table, address, LEVEL_2M);
	u64 old = exchange64(entry, entry_for_page(table, page, LEVEL_2M, writable));

	return next_table(table, old);
}

static u32 count_below(const struct page_table *table, const u64 *entries, u32 level)
{
	u32 count = 1, i;

	for (i = 0; level > LEVEL_4K && i < ENTRIES; i++)
		if (is_present(table, entries[i]) && !(entries[i] & PAGE_TABLE_LARGE))
			count += count_below(table, next_table(table, entries[i]), level - 1);
	return count;
}

u32 page_table_count(const struct page_table *table)
{
	return count_below(table, table->root, table->levels);
}
