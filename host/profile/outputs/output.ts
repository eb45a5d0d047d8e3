import type { ProfileConfiguration, ProfileObserver } from "../account/index.js";

/** What is known of a run before it begins. */
export interface OutputContext {
  readonly workload: string;
  readonly timing: string;
  readonly configuration: ProfileConfiguration;
  /** Requests that there will be; undefined for a recording, whose end shows. */
  readonly requests: number | undefined;
  /** Cycles in a microsecond. */
  readonly clockMHz: number;
}

/** Appends to the file. */
export type Write = (part: string | Uint8Array) => void;

/** A file of `--out DIR`. */
export interface ProfileOutput {
  /** Its name in the folder. */
  readonly file: string;
  /** What it is, for people: a part of a sentence. */
  readonly about: string;
  /**
   * The run begins. What the observer writes until the end of its `end` is the file. A promise, where libraries are
   * loaded that nothing else needs.
   */
  open(write: Write, context: OutputContext): ProfileObserver | Promise<ProfileObserver>;
}
