import { interruptFaults } from "./faults/interrupt.js";
import { legacyFaults } from "./faults/legacy.js";
import { pagingFaults } from "./faults/paging.js";
import { rootTableAddressFaults } from "./faults/root-table-address.js";
import { scalableFaults } from "./faults/scalable.js";
/**
 * Every fault condition of VT-d 5.10. The place in this list, counted from 1, is the ordinal by
 * which the unit names a condition: new conditions go to the end.
 */
export const faultConditions = [
    ...legacyFaults,
    ...rootTableAddressFaults,
    ...scalableFaults,
    ...pagingFaults,
    ...interruptFaults,
];
