import { nearestNames } from "../nearest-names.js";
import { UsageError } from "./exit-code.js";
import { wrapped } from "./wrapped-text.js";

/** Characters of a list that a message shows whole. */
const SHORT_LIST = 80;
const MOST_NEAR = 6;
/** Of a line, behind the name of the program. */
const COLUMNS = 92;

export interface UnknownName {
  /** What has names: "case". */
  readonly what: string;
  /** What the user asked for. */
  readonly name: string;
  readonly known: readonly string[];
  /** What the user types to see them all. */
  readonly listedBy: string;
}

/** There is no such name: what there is, and the nearest if that is much. */
export function unknownName({ what, name, known, listedBy }: UnknownName): UsageError {
  const near = isShort(known) || name === "" ? [] : nearestNames(name, known);
  const more = near.length > MOST_NEAR ? ` and ${near.length - MOST_NEAR} more` : "";
  const nearest = `near it: ${near.slice(0, MOST_NEAR).join(", ")}${more}; `;
  const text = `no ${what} "${name}"; ${near.length > 0 ? nearest : ""}${whatThereIs(known, listedBy)}`;
  return new UsageError(wrapped(text, COLUMNS).join("\n"));
}

/** The names if they are few, else what lists them. */
export function whatThereIs(names: readonly string[], listedBy: string): string {
  return isShort(names) ? `there are ${names.join(", ")}` : `${listedBy} lists them`;
}

function isShort(names: readonly string[]): boolean {
  return names.join(", ").length <= SHORT_LIST;
}
