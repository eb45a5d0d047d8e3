import { Option } from "commander";

import { Recorder, RecordingError } from "../profile/recording/index.js";
import { UsageError } from "./exit-code.js";

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
  const recorder = asUsage(() => Recorder.toFile(file));
  try {
    const result = await work(recorder);
    asUsage(() => {
      recorder.finish();
    });
    return result;
  } finally {
    recorder.abandon();
  }
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RecordingError ? new UsageError(error.message) : error;
  }
}
