#include "report.h"
#include "console.h"
#include "cpu.h"

static u32 checks_made;
static u32 checks_failed;
static bool notes_off;

void notes_on(bool on)
{
	notes_off = !on;
}

bool notes_are_on(void)
{
	return !notes_off;
}

void note(const char *format, ...)
{
	va_list arguments;

	if (notes_off)
		return;
	print("# ");
	va_start(arguments, format);
	vprint(format, arguments);
	va_end(arguments);
	print("\n");
}

static void report(const char *name, bool passed, const char *detail, va_list arguments)
{
	checks_made++;
	if (passed) {
		print("ok %s", name);
	} else {
		checks_failed++;
		print("not ok %s: ", name);
		vprint(detail, arguments);
	}
	print("\n");
}

bool check(const char *name, bool passed, const char *detail, ...)
{
	va_list arguments;

	va_start(arguments, detail);
	report(name, passed, detail, arguments);
	va_end(arguments);
	return passed;
}

void skip(const char *name, const char *reason, ...)
{
	va_list arguments;

	checks_made++;
	print("skip %s: ", name);
	va_start(arguments, reason);
	vprint(reason, arguments);
	va_end(arguments);
	print("\n");
}

void require(const char *name, bool passed, const char *detail, ...)
{
	va_list arguments;

	va_start(arguments, detail);
	report(name, passed, detail, arguments);
	va_end(arguments);
	if (!passed)
		finish();
}

_Noreturn void give_up(const char *name, const char *detail, ...)
{
	va_list arguments;

	va_start(arguments, detail);
	give_up_with(name, detail, arguments);
}

_Noreturn void give_up_with(const char *name, const char *detail, va_list arguments)
{
	report(name, false, detail, arguments);
	finish();
}

_Noreturn void finish(void)
{
	print("1..%u\n", checks_made);
	outl(EXIT_PORT, checks_failed ? EXIT_FAIL : EXIT_PASS);
	halt_forever();
}
