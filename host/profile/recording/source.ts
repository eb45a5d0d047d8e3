import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileProblem } from "./file-problem.js";
import { RecordingError } from "./recording-error.js";

/** Where a recording is read from, piece by piece. */
export interface RecordingSource {
  /** For messages. */
  readonly name: string;
  /** What is there of so many bytes at an offset. */
  open(): OpenedSource;
}

export interface OpenedSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export function fileSource(path: string): RecordingSource {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new RecordingError(path, `cannot be read: ${fileProblem(error)}`);
    }
  };
  return {
    name: path,
    open: () => {
      const file = attempt(() => openSync(path, "r"));
      const size = attempt(() => fstatSync(file).size);
      return {
        size,
        read: (offset, length) => {
          const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
          return bytes.subarray(
            0,
            attempt(() => readSync(file, bytes, 0, bytes.length, offset)),
          );
        },
        close: () => {
          closeSync(file);
        },
      };
    },
  };
}

export function memorySource(bytes: Uint8Array, name = "the recording"): RecordingSource {
  return {
    name,
    open: () => ({
      size: bytes.length,
      read: (offset, length) => bytes.subarray(offset, offset + length),
      close: () => undefined,
    }),
  };
}
