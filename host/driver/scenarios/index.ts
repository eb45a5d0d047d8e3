import type { Scenario } from "../explore/index.js";
import { responseAgainstRemoval } from "./response-against-removal.js";
import { svaUnbind } from "./sva-unbind.js";

/** The scenarios that `viommu explore` knows. */
export const scenarios: readonly Scenario[] = [responseAgainstRemoval, svaUnbind];

export { responseAgainstRemoval, svaUnbind };
