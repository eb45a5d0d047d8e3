const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Does work that a signal asks to end: the work is aborted, and ends as it likes. */
export async function stoppedBySignals<T>(
  work: (signal: AbortSignal) => Promise<T>,
  received: (signal: NodeJS.Signals) => void = () => undefined,
): Promise<T> {
  const controller = new AbortController();
  const abort = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) received(signal);
    controller.abort(new Error(`interrupted by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, abort);
  }
}

/**
 * Does work that leaves things behind if the process just ends: at a signal the work is aborted, and once it
 * has cleaned up the process ends by that signal after all.
 */
export async function endedBySignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  let last: NodeJS.Signals | undefined;
  try {
    return await stoppedBySignals(work, (signal) => (last = signal));
  } finally {
    if (last !== undefined) process.kill(process.pid, last);
  }
}
