#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Lines go through the kernel's log: on a terminal its own messages would come in between.
static int log_of_kernel(void) {
    static int log = -1;
    if (log < 0)
        log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    return log < 0 ? 1 : log;
}

static void line(const char *verdict, const char *name, const char *format, va_list arguments) {
    char text[512];
    int length = snprintf(text, sizeof text, "<1>%s%s%s", verdict, name, format && *name ? ": " : "");
    if (format)
        length += vsnprintf(text + length, sizeof text - length - 1, format, arguments);
    if (length > (int)sizeof text - 2)
        length = sizeof text - 2;
    text[length++] = '\n';
    if (write(log_of_kernel(), text, length) != length)
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

static int compare(const void *one, const void *other) {
    const double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

void note_distribution(const char *what, double *values, unsigned count) {
    qsort(values, count, sizeof *values, compare);
    note("%s: %u times; least %.0f us, median %.0f, 90%% below %.0f, 99%% below %.0f, most %.0f", what, count,
         values[0], values[count / 2], values[count * 9 / 10], values[count * 99 / 100], values[count - 1]);
}

void give_up(const char *name, const char *what) {
    not_ok(name, "%s: %s", what, strerror(errno));
    exit(1);
}
