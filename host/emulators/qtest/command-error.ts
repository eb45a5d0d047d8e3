/** A qtest command that cannot be carried out; the message follows `FAIL`. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Options that no machine can have; the message names the option and what was expected. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}
