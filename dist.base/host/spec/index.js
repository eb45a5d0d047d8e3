/** The VT-d manual, revision 5.10, as data. */
export { exclusionRules, numericRules, olderNames, prerequisiteRules, unbuiltCapabilities, valueRules, } from "./capability-rules.js";
export { invalidationDescriptors, pageRequestDescriptor } from "./descriptors.js";
export { faultConditions } from "./faults.js";
export { presetNames, presets } from "./presets.js";
export { registers } from "./registers.js";
export { interruptEntries, pagingEntries, tableEntries } from "./structures.js";
