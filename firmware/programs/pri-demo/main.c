#include "console.h"
#include "demo.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

static struct demo demo;

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	console_init();
	exceptions_init();
	memory_init(magic, multiboot);
	note("pri-demo: page requests of an endpoint, served by this firmware");

	demo_discover(&demo);
	demo_set_up(&demo);
	demo_mapped_transfers(&demo);
	demo_page_requests(&demo);
	demo_faults(&demo);
	demo_unmap(&demo);
	demo_tear_down(&demo);
	finish();
}
