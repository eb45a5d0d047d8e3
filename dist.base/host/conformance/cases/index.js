import { chapter3 } from "./chapter-3/index.js";
import { chapter4 } from "./chapter-4/index.js";
import { chapter5 } from "./chapter-5/index.js";
import { chapter6 } from "./chapter-6/index.js";
import { chapter7 } from "./chapter-7/index.js";
import { chapter9 } from "./chapter-9/index.js";
import { chapter10 } from "./chapter-10/index.js";
import { chapter11 } from "./chapter-11/index.js";
import { firstSteps } from "./first-steps.js";
/** Every case, in the order of the manual. */
export const cases = inOrder([
    ...firstSteps,
    ...[...chapter3, ...chapter4, ...chapter5, ...chapter6, ...chapter7],
    ...[...chapter9, ...chapter10, ...chapter11],
]);
/** By section, and as they stand within one. */
function inOrder(unordered) {
    return [...unordered].sort((a, b) => compareSections(a.section, b.section));
}
/** "7.2" comes before "7.10". */
function compareSections(a, b) {
    const [left, right] = [a, b].map((section) => section.split(".").map(Number));
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
        const difference = (left[index] ?? -1) - (right[index] ?? -1);
        if (difference !== 0)
            return difference;
    }
    return 0;
}
