/* Chapter 5: the bus master of an IDE controller; what it moves the processor reads again. */
#include "legacy-dma.h"
#include "memory.h"
#include "report.h"

#define SECTORS 16u
#define FIRST_SECTOR 3u
#define BYTES (SECTORS * IDE_SECTOR)
#define NEEDED_SECTORS 64u
#define LAST_ADDRESS (IDE_ADDRESS + 0x20000u)

struct ide_memory {
	struct ide_region *list;
	u8 *pages[3]; /* two neighbours for the device, and one far away */
};

/* Both regions begin within a page; the first one crosses into another. */
static void build_list(struct ide_memory *memory)
{
	memory->list[0] = (struct ide_region){ IDE_ADDRESS + 0x400, 0x1400, 0 };
	memory->list[1] = (struct ide_region){ LAST_ADDRESS + 0x200, BYTES - 0x1400,
					       IDE_LAST_REGION };
}

/* The byte of the disk's data at this offset, where the list says it lies. */
static u8 *byte_of(const struct ide_memory *memory, u32 offset)
{
	u32 at = offset + 0x400;

	if (offset >= 0x1400)
		return memory->pages[2] + offset - 0x1400 + 0x200;
	return memory->pages[at / PAGE_SIZE] + at % PAGE_SIZE;
}

static void prepare(struct legacy *legacy, struct ide_memory *memory)
{
	static const u32 addresses[] = { IDE_ADDRESS, IDE_ADDRESS + PAGE_SIZE, LAST_ADDRESS };
	u32 i;

	memory->list = pages_alloc(1);
	legacy_map(legacy, &legacy->ide_table, IDE_DOMAIN, IDE_LIST_ADDRESS, memory->list, false);
	for (i = ARRAY_SIZE(addresses); i-- > 0;) {
		memory->pages[i] = pages_alloc(2);
		legacy_map(legacy, &legacy->ide_table, IDE_DOMAIN, addresses[i], memory->pages[i],
			   true);
	}
	build_list(memory);
}

static u32 wrong_bytes(const struct ide_memory *memory, const u8 *expected)
{
	u32 i, wrong = 0;

	for (i = 0; i < BYTES; i++)
		wrong += *byte_of(memory, i) != expected[i];
	return wrong;
}

static void check_read(const struct legacy *legacy, const struct ide_memory *memory)
{
	u8 *expected = pages_alloc(BYTES / PAGE_SIZE);
	bool seen = ide_read_by_processor(&legacy->ide, FIRST_SECTOR, SECTORS, expected);
	bool moved = ide_transfer(&legacy->ide, IDE_TO_MEMORY, FIRST_SECTOR, SECTORS,
				  IDE_LIST_ADDRESS);
	u32 wrong = wrong_bytes(memory, expected);

	check("ide-read", seen && moved && !wrong && !ide_had_error(&legacy->ide),
	      "by the processor %s, by bus master %s, %u bytes are wrong", seen ? "ok" : "not",
	      moved ? "ok" : "not", wrong);
}

static void check_write(const struct legacy *legacy, const struct ide_memory *memory)
{
	u8 *written = pages_alloc(BYTES / PAGE_SIZE);
	bool moved, seen;
	u32 i, wrong;

	for (i = 0; i < ARRAY_SIZE(memory->pages); i++)
		legacy_scramble(memory->pages[i], PAGE_SIZE);
	moved = ide_transfer(&legacy->ide, IDE_TO_DISK, FIRST_SECTOR, SECTORS, IDE_LIST_ADDRESS);
	seen = ide_read_by_processor(&legacy->ide, FIRST_SECTOR, SECTORS, written);
	wrong = wrong_bytes(memory, written);
	check("ide-write", moved && seen && !wrong && !ide_had_error(&legacy->ide),
	      "by bus master %s, by the processor %s, %u bytes are wrong", moved ? "ok" : "not",
	      seen ? "ok" : "not", wrong);
}

void legacy_ide(struct legacy *legacy)
{
	struct ide_memory memory;

	if (!legacy->no_ide && legacy->ide.sectors < NEEDED_SECTORS)
		legacy->no_ide = "the disk is too small";
	if (legacy->no_ide) {
		skip("ide-read", "%s", legacy->no_ide);
		skip("ide-write", "%s", legacy->no_ide);
		return;
	}
	note("IDE: %u sectors, a list of regions behind the unit too", legacy->ide.sectors);
	prepare(legacy, &memory);
	check_read(legacy, &memory);
	check_write(legacy, &memory);
}
