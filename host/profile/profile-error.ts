/** Something in what the user gave: a file, a field, a value. The message names it and what was expected. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
}
