/* One check that passes and one that fails: what a failing firmware looks like from outside. */
#include "console.h"
#include "report.h"

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	(void)multiboot;
	console_init();
	check("started", true, "loader's magic is 0x%x", magic);
	check("fails-on-purpose", false, "this program exists to fail");
	finish();
}
