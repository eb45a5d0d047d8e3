#include "report.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// One write for a line: the kernel's own messages cannot come in between.
static void line(const char *verdict, const char *name, const char *format, va_list arguments) {
    char text[512];
    int length = snprintf(text, sizeof text, "%s%s%s", verdict, name, format && *name ? ": " : "");
    if (format)
        length += vsnprintf(text + length, sizeof text - length - 1, format, arguments);
    if (length > (int)sizeof text - 2)
        length = sizeof text - 2;
    text[length++] = '\n';
    if (write(1, text, length) != length)
        _exit(1);
}

static void line_of(const char *verdict, const char *name, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(verdict, name, format, arguments);
    va_end(arguments);
}

void ok(const char *name) { line_of("ok ", name, NULL); }

#define REPORT(function, verdict)                                                                  \
    void function(const char *name, const char *format, ...) {                                     \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        line(verdict, name, format, arguments);                                                    \
        va_end(arguments);                                                                         \
    }
REPORT(not_ok, "not ok ")
REPORT(skip, "skip ")

void note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line("# ", "", format, arguments);
    va_end(arguments);
}

void give_up(const char *name, const char *what) {
    not_ok(name, "%s: %s", what, strerror(errno));
    exit(1);
}
