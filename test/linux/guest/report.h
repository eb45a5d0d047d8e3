// Checks in the kernel's log, and so on the console, as the test firmware reports them: "ok NAME", "not ok NAME: detail", "skip NAME: why".
// Lines that begin with # are figures for a reader.
#pragma once
#include <stdbool.h>

void ok(const char *name);
void not_ok(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A figure of many: least, quartiles and such of the values, which it sorts.
void note_distribution(const char *what, double *values, unsigned count);

// ok if the condition holds, else not ok with the detail.
#define check(name, condition, ...) ((condition) ? ok(name) : not_ok(name, __VA_ARGS__))

// Ends the program: a step failed without which nothing further makes sense.
void give_up(const char *name, const char *what) __attribute__((noreturn));
