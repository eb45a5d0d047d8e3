import { kernelMessage } from "./kernel-message.js";

/** How messages begin by which Linux says that itself, or the hardware as it sees it, is broken. */
const COMPLAINTS = [
  /^WARNING: /,
  /^BUG: /,
  /^kernel BUG at /,
  /^(?:Oops|general protection fault|invalid opcode|stack segment|divide error|double fault)\b/,
  /^Kernel panic - not syncing: /,
  /^(?:NMI )?watchdog: (?:.*\b(?:soft lockup|hard LOCKUP|stuck for)\b)/,
  /^rcu: INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stalls?\b/,
  /^INFO: task .* blocked (?:for more than|on a)\b/,
  /^INFO: (?:trying to register non-static key|possible|inconsistent lock state)\b/,
  /^(?:UBSAN|KASAN|KCSAN|KFENCE): /,
  /^irq \d+: nobody cared\b/,
  /^DMAR\b.*\bmalfunctioning\b/,
];

/**
 * The message of a line of the console if Linux complains in it: WARN, BUG, an oops, a lockup or a stall, a
 * panic, an interrupt that nobody wants, DMAR hardware that malfunctions. Undefined for every other line.
 */
export function kernelComplaint(line: string): string | undefined {
  const message = kernelMessage(line);
  return COMPLAINTS.some((complaint) => complaint.test(message)) ? message : undefined;
}
