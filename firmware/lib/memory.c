#include "memory.h"
#include "report.h"

#define MULTIBOOT_LOADED 0x2badb002
#define MULTIBOOT_HAS_MEMORY BIT(0)
#define MULTIBOOT_HAS_MAP BIT(6)
#define MULTIBOOT_RAM 1
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

u32 difference_offset(const void *left, const void *right, u32 length)
{
	const u8 *a = left, *b = right;
	u32 dwords = length / 4, at;
	bool differ = false;

	if (dwords)
		__asm__ volatile("repe cmpsl; setne %3"
				 : "+S"(a), "+D"(b), "+c"(dwords), "=qm"(differ)
				 :
				 : "memory", "cc");
	at = (u32)(a - (const u8 *)left) - (differ ? 4 : 0);
	for (a = left, b = right; at < length && a[at] == b[at];)
		at++;
	return at;
}

int memcmp(const void *left, const void *right, size_t length)
{
	u32 at = difference_offset(left, right, length);

	return at == length ? 0 : ((const u8 *)left)[at] - ((const u8 *)right)[at];
}

/* An entry of the memory map; `size` counts what follows it. */
struct memory_area {
	u32 size;
	u64 base;
	u64 length;
	u32 type;
} __attribute__((packed));

/* The end of the RAM that begins at or below 1 MiB and reaches beyond; 0 if the map has none. */
static uintptr_t end_by_map(u32 bytes, uintptr_t map)
{
	uintptr_t at = map;

	while (at < map + bytes) {
		const struct memory_area *area = (const struct memory_area *)at;
		u64 end = area->base + area->length;

		if (area->type == MULTIBOOT_RAM && area->base <= ONE_MIB && end > ONE_MIB &&
		    !HIGH32(end))
			return LOW32(end);
		at += area->size + sizeof(area->size);
	}
	return 0;
}

void memory_init(u32 magic, const u32 *multiboot)
{
	u32 flags = magic == MULTIBOOT_LOADED ? multiboot[0] : 0;
	uintptr_t end = 0;

	/* Words 11 and 12: length and address of the map; word 2: KiB from 1 MiB to a hole. */
	if (flags & MULTIBOOT_HAS_MAP)
		end = end_by_map(multiboot[11], multiboot[12]);
	if (!end && (flags & MULTIBOOT_HAS_MEMORY))
		end = ONE_MIB + multiboot[2] * 1024;
	if (end)
		end_of_memory = end;
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

void *pages_alloc_aligned(u32 count, u32 alignment)
{
	u32 bytes = alignment * PAGE_SIZE;

	next_page = (next_page + bytes - 1) & ~(uintptr_t)(bytes - 1);
	return pages_alloc(count);
}
