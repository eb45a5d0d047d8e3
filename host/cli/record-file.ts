import { Option } from "commander";

import { Recorder, RecordingError } from "../profile/recording/index.js";
import { UsageError } from "./exit-code.js";
import { ENDING_SIGNALS } from "./interruption.js";

/** `--record FILE`, the same for every command that runs a guest. */
export function recordOption(): Option {
  return new Option("--record <file>", "record all that reaches the unit (docs/recordings.md)");
}

/**
 * Does work whose unit has the recorder as its tap. The file is there when the work has ended well.
 * @throws {UsageError} if it cannot be written.
 */
export async function recordedTo<T>(
  file: string | undefined,
  work: (recorder: Recorder | undefined) => Promise<T>,
): Promise<T> {
  if (file === undefined) return work(undefined);
  let recorder: Recorder | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    recorder?.abandon();
    // Who else listens ends the work in order; else the signal does what it always does.
    process.off(signal, onSignal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  // Ahead of the file: whoever sees it may send a signal at once.
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  try {
    const made = asUsage(() => Recorder.toFile(file));
    recorder = made;
    const result = await work(made);
    asUsage(() => {
      made.finish();
    });
    return result;
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
    recorder?.abandon();
  }
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RecordingError ? new UsageError(error.message) : error;
  }
}
