import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { fileProblem } from "./file-problem.js";
import { RecordingError } from "./recording-error.js";

/** Where a recording goes. */
export interface RecordingSink {
  /** For messages. */
  readonly name: string;
  /** @throws RecordingError if it has no room. */
  write(bytes: Uint8Array): void;
  /** The recording is whole. @throws RecordingError */
  finish(): void;
  /** It never will be: nothing is left of it. */
  abandon(): void;
}

/** A file that has its name only when it is whole: until then another one behind it ends with `.part`. */
export class FileSink implements RecordingSink {
  readonly name: string;
  readonly #temporary: string;
  #file: number | undefined;
  readonly #atExit = (): void => {
    this.abandon();
  };

  /** @throws RecordingError if the file cannot be made. */
  constructor(path: string) {
    this.name = path;
    this.#temporary = `${path}.${process.pid}.part`;
    this.#try(() => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) throw new Error("it is a folder");
      this.#file = openSync(this.#temporary, "w");
    });
    process.on("exit", this.#atExit);
  }

  write(bytes: Uint8Array): void {
    this.#try(() => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#opened(), bytes, done, bytes.length - done);
      }
    });
  }

  /** All is written; what it lacks is its name, which `finish` gives. @throws RecordingError */
  close(): void {
    this.#try(() => {
      const file = this.#opened();
      this.#file = undefined;
      closeSync(file);
    });
  }

  finish(): void {
    if (this.#file !== undefined) this.close();
    this.#try(() => {
      renameSync(this.#temporary, this.name);
    });
    process.off("exit", this.#atExit);
  }

  abandon(): void {
    process.off("exit", this.#atExit);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#temporary, { force: true });
  }

  #opened(): number {
    if (this.#file === undefined) throw new Error("it is closed");
    return this.#file;
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new RecordingError(this.name, `cannot be written: ${fileProblem(error)}`);
    }
  }
}

/** A recording in memory. */
export class MemorySink implements RecordingSink {
  readonly name = "the recording in memory";
  readonly #parts: Uint8Array[] = [];
  #finished = false;

  write(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice());
  }

  finish(): void {
    this.#finished = true;
  }

  abandon(): void {
    this.#parts.length = 0;
  }

  /** The whole recording. @throws Error before the recorder has finished it. */
  get bytes(): Uint8Array {
    if (!this.#finished)
      throw new Error("the recording is not finished: call finish() of its recorder");
    return Buffer.concat(this.#parts);
  }
}
