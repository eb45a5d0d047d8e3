import type { SingleCase } from "./single-cases.js";

/** A case that takes a while to prepare, and so is prepared only when it is wanted. */
export interface LazyCase {
  /** With its kind: "growth/pasids-1". */
  readonly name: string;
  readonly create: () => Promise<SingleCase>;
}
