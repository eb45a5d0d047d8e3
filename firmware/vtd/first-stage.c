#include "first-stage.h"

static struct page_table table_at(u64 *root)
{
	return (struct page_table){ .format = FIRST_STAGE, .levels = 4, .root = root };
}

u64 *first_stage_create(void)
{
	struct page_table table;

	page_table_init(&table, FIRST_STAGE, 4);
	return table.root;
}

void first_stage_map(u64 *root, u64 address, u64 page, bool writable)
{
	struct page_table table = table_at(root);

	page_table_map(&table, address, page, LEVEL_4K, writable);
}

volatile u64 *first_stage_entry(u64 *root, u64 address)
{
	struct page_table table = table_at(root);

	return page_table_entry(&table, address, LEVEL_4K);
}

bool first_stage_unmap(u64 *root, u64 address)
{
	struct page_table table = table_at(root);

	return page_table_unmap(&table, address, LEVEL_4K) != 0;
}
