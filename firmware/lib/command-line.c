#include "command-line.h"

#define MULTIBOOT_LOADED 0x2badb002
#define MULTIBOOT_HAS_COMMAND_LINE BIT(2)
#define COMMAND_LINE_WORD 4

/* What follows `NAME=` if the word at `text` begins so, else NULL. */
static const char *value_of(const char *text, const char *name)
{
	while (*name && *text == *name) {
		text++;
		name++;
	}
	return !*name && *text == '=' ? text + 1 : NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

u32 command_line_number(u32 magic, const u32 *multiboot, const char *name, u32 otherwise)
{
	const char *text;

	if (magic != MULTIBOOT_LOADED || !(multiboot[0] & MULTIBOOT_HAS_COMMAND_LINE))
		return otherwise;
	text = (const char *)(uintptr_t)multiboot[COMMAND_LINE_WORD];
	while (*text) {
		const char *value = value_of(text, name);

		if (value && is_digit(*value)) {
			u32 number = 0;

			for (; is_digit(*value); value++)
				number = number * 10 + (u32)(*value - '0');
			return number;
		}
		while (*text && *text != ' ')
			text++;
		while (*text == ' ')
			text++;
	}
	return otherwise;
}
