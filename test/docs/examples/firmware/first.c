// #region first
#include "console.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	console_init();
	exceptions_init();
	memory_init(magic, multiboot);
	check("sum", 2 + 2 == 4, "got %u", 2 + 2);
	finish();
}
// #endregion
