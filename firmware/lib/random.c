#include "random.h"

static u32 state;

/* Every input bit changes about half of the output bits; 0 alone maps to 0. */
static u32 mix(u32 value)
{
	value = (value ^ value >> 16) * 0x7feb352du;
	value = (value ^ value >> 15) * 0x846ca68bu;
	return value ^ value >> 16;
}

void random_seed(u32 seed)
{
	state = mix(seed + 0x51ed270bu);
}

u32 random_u32(void)
{
	state += 0x9e3779b9u;
	return mix(state);
}

u64 random_u64(void)
{
	u64 high = random_u32();

	return high << 32 | random_u32();
}

u32 random_below(u32 limit)
{
	return (u32)((u64)random_u32() * limit >> 32);
}

bool random_once_in(u32 times)
{
	return random_below(times) == 0;
}
