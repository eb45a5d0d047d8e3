/** One mistake in the unit, which the suite has to notice. */
export interface Mutant {
  /** What the broken unit does, as a sentence without a full stop. */
  readonly does: string;
  /** File of assembly/. */
  readonly file: string;
  /** Text that occurs once there, and what takes its place. */
  readonly from: string;
  readonly to: string;
  /** Filters of the cases that are run: sections, for the most part. */
  readonly cases: readonly string[];
}
