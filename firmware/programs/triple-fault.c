/* Says that it started, then takes an exception that nothing can handle: the CPU shuts down. */
#include "console.h"
#include "report.h"

void firmware_main(u32 magic, const u32 *multiboot);

void firmware_main(u32 magic, const u32 *multiboot)
{
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) empty = { 0, 0 };

	(void)magic;
	(void)multiboot;
	console_init();
	check("started", true, "always");
	/*
	 * No descriptor for #UD, nor for the #GP that follows, nor for the double fault after that.
	 */
	__asm__ volatile("lidt %0; ud2" : : "m"(empty));
}
