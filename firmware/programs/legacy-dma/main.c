#include "legacy-dma.h"
#include "console.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

static struct legacy legacy;

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	console_init();
	exceptions_init();
	memory_init(magic, multiboot);
	note("legacy-dma: devices without PASIDs behind a unit in legacy mode");

	legacy_discover(&legacy);
	legacy_set_up(&legacy);
	legacy_engine(&legacy);
	legacy_edu(&legacy);
	legacy_ide(&legacy);
	legacy_faults(&legacy);
	legacy_changes(&legacy, BY_REGISTERS);
	legacy_changes(&legacy, BY_QUEUE);
	legacy_pass_through(&legacy);
	legacy_tear_down(&legacy);
	finish();
}
