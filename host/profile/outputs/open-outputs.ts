import { mkdirSync, rmdirSync, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";

import type { ProfileObserver } from "../account/index.js";
import { fileProblem } from "../recording/file-problem.js";
import { RecordingError } from "../recording/recording-error.js";
import { FileSink } from "../recording/sink.js";
import type { OutputContext, ProfileOutput } from "./output.js";

/** Files that get their names together, when all are whole. */
export interface OpenOutputs {
  readonly observers: readonly ProfileObserver[];
  /** After the run. @throws RecordingError for a disk that is full, naming the file. */
  finish(): void;
  /** Nothing is left of them, nor of folders that were made for them. */
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
  const made: string[] = [];
  const abandon = (): void => {
    for (const sink of sinks) sink.abandon();
    for (const each of made.splice(0).reverse()) removeEmpty(each);
  };
  try {
    makeFolder(folder, made);
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
        // A disk may be found full as late as that: names are for when all files are whole.
        for (const sink of sinks) sink.close();
        for (const sink of sinks) sink.finish();
      },
    };
  } catch (error) {
    abandon();
    throw error;
  }
}

/** Makes a folder, and those that it is to be in; says which. */
function makeFolder(folder: string, made: string[]): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, made);
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new RecordingError(folder, `cannot be made: ${fileProblem(error)}`);
  }
  made.push(folder);
}

function isFolder(path: string): boolean {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch {
    // Something that it is to be in is no folder, and is looked at next.
    return false;
  }
  if (found?.isDirectory() === false) {
    throw new RecordingError(path, "is a file: a folder is needed there");
  }
  return found !== undefined;
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else has put something there.
  }
}
