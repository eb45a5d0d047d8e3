/** A recording that cannot be written or read. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  constructor(
    /** The file, as it was named. */
    readonly file: string,
    problem: string,
    /** The byte of the file where the problem is, if it is at one. */
    readonly offset?: number,
  ) {
    super(offset === undefined ? `${file} ${problem}` : `${file}, byte ${offset}: ${problem}`);
  }
}
