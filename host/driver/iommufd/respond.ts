import type { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";

/** Hands the answer of a command to user space, ahead of the last step that cannot be undone. EFAULT. */
export type Respond<T> = (answer: T) => Routine<0 | Errno>;

/** For callers that take the answer as a value. */
// eslint-disable-next-line require-yield -- nothing is copied
export function* accept(): Routine<0 | Errno> {
  return 0;
}
