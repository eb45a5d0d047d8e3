/** What stands before a message of the kernel: its level, its time and its context, each only if asked for. */
const PREFIX = /^(?:<\d+>)?(?:(?=\[)(?:\[ *\d+\.\d+\])?(?:\[ *[TC]\d+\])? )?/;

/** The message of a line of the console, of the kernel or of whoever writes to its log. */
export function kernelMessage(line: string): string {
  return line.replace(PREFIX, "").trimEnd();
}
