/*
 * Memory: C's own needs, and a page allocator that only ever hands out. A test program ends before
 * memory does, and freed tables that a stale translation still points to would hide mistakes.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "types.h"

void *memset(void *destination, int value, size_t length);
void *memcpy(void *destination, const void *source, size_t length);
int memcmp(const void *left, const void *right, size_t length);

/* Offset of the first byte that differs; `length` if none does. */
u32 difference_offset(const void *left, const void *right, u32 length);

/* Takes the end of RAM from the loader's multiboot information, 16 MiB if that says nothing. */
void memory_init(u32 magic, const u32 *multiboot);

/*
 * `count` consecutive pages, zeroed, above the image. Reports a failed check and ends when none is
 * left.
 */
void *pages_alloc(u32 count);

/* The same, from an address that is a multiple of `alignment` pages, a power of two. */
void *pages_alloc_aligned(u32 count, u32 alignment);

/* Physical address as devices and tables hold it: there is no paging. */
static inline u64 physical(const volatile void *pointer)
{
	return (uintptr_t)pointer;
}

#endif
