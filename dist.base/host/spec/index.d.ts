/** The VT-d manual, revision 5.10, as data. */
export { exclusionRules, numericRules, olderNames, prerequisiteRules, unbuiltCapabilities, valueRules, type CapabilityRule, type ExclusionRule, type PrerequisiteRule, type ValueRule, } from "./capability-rules.js";
export { invalidationDescriptors, pageRequestDescriptor } from "./descriptors.js";
export type { FaultCondition, FaultResponse } from "./fault-condition.js";
export { faultConditions } from "./faults.js";
export type { Attribute, BitRange, CapabilityName, Descriptor, Field, FieldValue, Register, RegisterField, Structure, } from "./fields.js";
export { presetNames, presets, type Preset, type PresetName } from "./presets.js";
export { registers } from "./registers.js";
export type * from "./requests.js";
export { interruptEntries, pagingEntries, tableEntries } from "./structures.js";
