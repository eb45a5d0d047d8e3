/*
 * Pseudo-random numbers, the same for the same seed everywhere: a 32-bit counter with an odd step,
 * and a mixing function over it.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "types.h"

void random_seed(u32 seed);

u32 random_u32(void);
u64 random_u64(void);

/* 0 to limit - 1; `limit` is not 0. */
u32 random_below(u32 limit);

/* True once in `times`. */
bool random_once_in(u32 times);

#endif
