/* Text on the first serial port. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "types.h"

void console_init(void);

/* %s %c %u %x %llx %%, and a width with leading zeros (%02x, %016llx). */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprint(const char *format, va_list arguments);

#endif
