#include "stress.h"
#include "random.h"

void places_remember(struct places *places, struct space *space, u32 index)
{
	places->list[places->remembered++ % PLACES] = (struct place){ space, index };
}

bool places_recall(const struct places *places, const struct space *space, struct place *place)
{
	u32 known = places->remembered < PLACES ? places->remembered : PLACES;
	u32 start = known ? random_below(known) : 0, i;

	for (i = 0; i < known; i++) {
		*place = places->list[(start + i) % known];
		if (!space || place->space == space)
			return true;
	}
	return false;
}
