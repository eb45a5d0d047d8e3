/** Raw values in the manual's words: registers, table entries, descriptors, faults. */
export type { DecodedField } from "./decoded-field.js";
export { decodeDescriptor, type DescriptorQueue } from "./descriptor.js";
export { decodeFault } from "./fault.js";
export { listNames, type KnownNames } from "./names.js";
export { decodeRegister } from "./register.js";
export { decodeStructure } from "./structure.js";
