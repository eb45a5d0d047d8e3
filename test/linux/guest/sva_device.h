// The engine bound to the address space of this process, by the module's device.
#pragma once
#include "engine.h"

#define PAGE 4096
#define PATTERN 0x5041474552455155ull

// Binds the engine to this process and maps its window; `error` is errno where that cannot be.
struct sva {
    int file, error, pasid;
    void *bar;
};
struct sva sva_open(const char *name);
// The same, or the end of the program.
struct sva sva_require(const char *name);
// Gives the address space back. Were the window still mapped, the kernel would do that when the process ends,
// and then does not drain its page requests.
void sva_close(struct sva *sva);

// A queue at work in the address space.
struct engine sva_start(const struct sva *sva, const char *name, unsigned queue);

// The unit's page request event: keeps it from the kernel, and lets it through again.
void sva_hold_page_requests(const struct sva *sva, const char *name);
void sva_let_page_requests(const struct sva *sva, const char *name);

// Memory that was never touched, in pages of 4 KiB.
uint64_t *pages(unsigned count, int protection);
struct descriptor fill(void *memory, unsigned length);
bool filled(const uint64_t *memory, unsigned length);
