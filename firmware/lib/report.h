/*
 * What the program found out, one line each on the serial port:
 *
 *	ok NAME
 *	not ok NAME: detail
 *	skip NAME: why it cannot be checked here
 *	# anything else worth reading
 *	1..N			last line: how many checks were made
 *
 * and then one 32-bit write to the debug-exit port: 0 if every check passed, 1 otherwise.
 */
#ifndef REPORT_H
#define REPORT_H

#include "types.h"

#define EXIT_PORT 0xf4
#define EXIT_PASS 0
#define EXIT_FAIL 1

void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Turns notes off and on again, for what would print thousands of them. Whoever prints a note in
 * pieces asks notes_are_on() first.
 */
void notes_on(bool on);
bool notes_are_on(void);

/* Reports and goes on. `detail` is formatted only when the check failed. Returns `passed`. */
bool check(const char *name, bool passed, const char *detail, ...)
	__attribute__((format(printf, 3, 4)));

/* A check that this machine or unit cannot offer; it counts as one made. */
void skip(const char *name, const char *reason, ...) __attribute__((format(printf, 2, 3)));

/* Reports, and ends the program if the check failed: what follows would make no sense. */
void require(const char *name, bool passed, const char *detail, ...)
	__attribute__((format(printf, 3, 4)));

/* A failed check that nobody planned, and the end. */
_Noreturn void give_up(const char *name, const char *detail, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void give_up_with(const char *name, const char *detail, va_list arguments);

/* Prints the count and leaves through the debug-exit port. */
_Noreturn void finish(void);

#endif
