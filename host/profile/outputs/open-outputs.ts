import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { ProfileObserver } from "../account/index.js";
import { RecordingError } from "../recording/recording-error.js";
import { FileSink } from "../recording/sink.js";
import type { OutputContext, ProfileOutput } from "./output.js";

/** Files that get their names together, when all are whole. */
export interface OpenOutputs {
  readonly observers: readonly ProfileObserver[];
  /** After the run. @throws RecordingError for a disk that is full, naming the file. */
  finish(): void;
  /** Nothing is left of them. */
  abandon(): void;
}

/**
 * Begins every file in a folder, which is made where it is missing.
 * @throws RecordingError if the folder or a file cannot be written; then there is none.
 */
export async function openOutputs(
  folder: string,
  outputs: readonly ProfileOutput[],
  context: OutputContext,
): Promise<OpenOutputs> {
  const sinks: FileSink[] = [];
  const abandon = (): void => {
    for (const sink of sinks) sink.abandon();
  };
  try {
    makeFolder(folder);
    const encoder = new TextEncoder();
    const observers: ProfileObserver[] = [];
    for (const output of outputs) {
      const sink = new FileSink(join(folder, output.file));
      sinks.push(sink);
      const write = (part: string | Uint8Array): void => {
        sink.write(typeof part === "string" ? encoder.encode(part) : part);
      };
      observers.push(await output.open(write, context));
    }
    return {
      observers,
      abandon,
      finish: () => {
        for (const sink of sinks) sink.finish();
      },
    };
  } catch (error) {
    abandon();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new RecordingError(folder, `cannot be made: ${(error as Error).message}`);
  }
}
