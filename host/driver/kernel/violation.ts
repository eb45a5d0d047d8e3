/** What the kernel itself finds; scenarios add names of their own, such as "A-I1". */
export type KernelInvariant =
  | "use-after-free"
  | "double-free"
  | "leak"
  | "deadlock"
  | "no-progress"
  | "refcount-underflow"
  | "refcount-resurrected"
  | "refcount-saturated"
  | "lock-misuse"
  | "sleep-in-atomic"
  | "rcu-misuse"
  | "warning"
  | "exception";

/**
 * A rule of the kernel, or of a scenario, was broken. Throw it anywhere in a task's code: the run ends
 * there, and the explorer prints the schedule that led to it.
 */
export class Violation extends Error {
  override readonly name = "Violation";
  /** The name of the rule. */
  readonly invariant: string;
  /** What kind of thing it was broken for, if that tells one violation of the rule from another: "iopf_group". */
  readonly subject: string | undefined;

  constructor(invariant: KernelInvariant | (string & {}), message: string, subject?: string) {
    super(message);
    this.invariant = invariant;
    this.subject = subject;
  }

  /** Whether it breaks the same rule for the same kind of thing. */
  isLike({ invariant, subject }: Violation): boolean {
    return this.invariant === invariant && this.subject === subject;
  }
}

/** Throws a violation of `invariant` unless `holds`. */
export function assertInvariant(
  holds: boolean,
  invariant: KernelInvariant | (string & {}),
  message: string | (() => string),
): asserts holds {
  if (!holds) throw new Violation(invariant, typeof message === "string" ? message : message());
}
