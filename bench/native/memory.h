/*
 * The unit's linear memory, as core.wasm has it: the state block of host/core/layout.ts and, behind
 * it, the memory map and guest RAM. constants.h is made from the tables that make the constants of
 * the core, so that both work on the same bytes.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "constants.h"

typedef uint32_t u32;
typedef uint64_t u64;
typedef u32 __attribute__((may_alias)) word32;
typedef u64 __attribute__((may_alias)) word64;

/* MEMORY_BYTES comes from the compiler's command line. */
static uint8_t memory[MEMORY_BYTES] __attribute__((aligned(4096)));

static inline u32 load32(u32 address) { return *(const word32 *)(memory + address); }
static inline u64 load64(u32 address) { return *(const word64 *)(memory + address); }
static inline void store32(u32 address, u32 value) { *(word32 *)(memory + address) = value; }
static inline void store64(u32 address, u64 value) { *(word64 *)(memory + address) = value; }

/* assembly/counters.ts */
static inline void count_many(u32 index, u32 events)
{
    u32 at = COUNTERS + (index << 3);
    store64(at, load64(at) + events);
}
static inline void count(u32 index) { count_many(index, 1); }

#endif
