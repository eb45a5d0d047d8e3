import type { KernelObject } from "./kernel-object.js";
import type { Routine, Step } from "./step.js";

/** How often locks of any kind were taken in a run. */
export interface LockCounts {
  acquisitions: number;
  /** Those whose taker came while somebody held the lock, or wanted it for writing ahead of a reader. */
  contended: number;
}

/** Takes a lock, and counts it; `step` waits until the lock is free. */
export function* takeLock(
  step: Step<void> & { readonly object: KernelObject; readonly ready: () => boolean },
): Routine {
  const { locks } = step.object.kernel;
  const contended = !step.ready();
  yield step;
  locks.acquisitions += 1;
  if (contended) locks.contended += 1;
}
