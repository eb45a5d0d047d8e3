import type { Mutant } from "../mutant.js";
import { chapter3 } from "./chapter-3.js";
import { chapter4 } from "./chapter-4.js";
import { chapter5 } from "./chapter-5.js";
import { chapter6 } from "./chapter-6.js";
import { chapter7 } from "./chapter-7.js";
import { chapter11 } from "./chapter-11.js";

/** All mistakes, by chapter of the manual. */
export const mutants: readonly Mutant[] = [
  ...chapter3,
  ...chapter4,
  ...chapter5,
  ...chapter6,
  ...chapter7,
  ...chapter11,
];
