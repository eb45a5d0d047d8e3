/* The command line that the loader passed (multiboot 1). */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "types.h"

/* The decimal number behind `NAME=`, or `otherwise` if the command line has none. */
u32 command_line_number(u32 magic, const u32 *multiboot, const char *name, u32 otherwise);

#endif
