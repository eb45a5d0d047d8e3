/**
 * The message of a line of the console if Linux complains in it: WARN, BUG, an oops, a lockup or a stall, a
 * panic, an interrupt that nobody wants, DMAR hardware that malfunctions. Undefined for every other line.
 */
export declare function kernelComplaint(line: string): string | undefined;
