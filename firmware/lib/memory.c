#include "memory.h"
#include "report.h"

#define MULTIBOOT_LOADED 0x2badb002
#define MULTIBOOT_HAS_MEMORY BIT(0)
#define ONE_MIB 0x100000u

extern u8 image_end[];

static uintptr_t next_page;
static uintptr_t end_of_memory = 16 * ONE_MIB;

/* String instructions: emulators do them in bulk. */
void *memset(void *destination, int value, size_t length)
{
	void *to = destination;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
	return destination;
}

void *memcpy(void *destination, const void *source, size_t length)
{
	void *to = destination;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(source), "+c"(length) : : "memory");
	return destination;
}

int memcmp(const void *left, const void *right, size_t length)
{
	const u8 *a = left, *b = right;

	for (; length; length--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

void memory_init(u32 magic, const u32 *multiboot)
{
	/* Word 0 is the flags, word 2 the number of KiB from 1 MiB up to the first hole. */
	if (magic == MULTIBOOT_LOADED && (multiboot[0] & MULTIBOOT_HAS_MEMORY))
		end_of_memory = ONE_MIB + multiboot[2] * 1024;
	next_page = ((uintptr_t)image_end + PAGE_SIZE - 1) & ~(uintptr_t)(PAGE_SIZE - 1);
}

void *pages_alloc(u32 count)
{
	void *pages = (void *)next_page;

	if (next_page + count * PAGE_SIZE > end_of_memory)
		give_up("page-allocator", "no %u free pages below 0x%x", count,
			(u32)end_of_memory);
	next_page += count * PAGE_SIZE;
	return memset(pages, 0, count * PAGE_SIZE);
}
