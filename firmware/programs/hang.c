/* Says that it started, then halts with interrupts off: it will never end by itself. */
#include "console.h"
#include "cpu.h"
#include "report.h"

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	(void)magic;
	(void)multiboot;
	console_init();
	check("started", true, "always");
	halt_forever();
}
