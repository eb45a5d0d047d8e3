#include "stress.h"
#include "command-line.h"
#include "console.h"
#include "interrupts.h"
#include "memory.h"
#include "random.h"
#include "report.h"

#define STEPS 500u
#define STEPS_OF_A_NOTE 100u
#define STEPS_OF_A_CHECK 25u
#define STEPS_OF_AN_EPISODE 16u
/* More than a batch and the changes behind it can take. */
#define FRAMES_FOR_A_STEP 200u
#define DEFAULT_SEED 1u

struct stress stress;

void firmware_main(u32 magic, const u32 *multiboot);

_Noreturn void stress_failed(const char *name, const char *detail, ...)
{
	va_list arguments;

	notes_on(true);
	note("step %u of seed %u", stress.counts.steps, stress.seed);
	va_start(arguments, detail);
	give_up_with(name, detail, arguments);
}

static void note_progress(void)
{
	const struct stress_counts *counts = &stress.counts;

	notes_on(true);
	note("step %u: %u descriptors, %u page requests, %u mappings taken away, digest %08x",
	     counts->steps, counts->descriptors, page_request_counts().requests,
	     counts->unmapped, counts->digest);
	notes_on(false);
}

static void step(void)
{
	stress.counts.steps++;
	stress_free_frames(FRAMES_FOR_A_STEP);
	stress_batch();
	stress_change_mappings();
	if (random_once_in(STEPS_OF_AN_EPISODE))
		stress_episode();
	if (stress.counts.steps % STEPS_OF_A_CHECK == 0)
		stress_check_quiet();
	if (stress.counts.steps % STEPS_OF_A_NOTE == 0)
		note_progress();
}

void firmware_main(u32 magic, const u32 *multiboot)
{
	console_init();
	exceptions_init();
	stress.seed = command_line_number(magic, multiboot, "seed", DEFAULT_SEED);
	memory_init(magic, multiboot);
	random_seed(stress.seed);
	note("stress: random mappings and DMA, seed %u", stress.seed);

	stress_set_up();
	notes_on(false);
	while (stress.counts.steps < STEPS)
		step();
	notes_on(true);
	stress_audit();
	finish();
}
