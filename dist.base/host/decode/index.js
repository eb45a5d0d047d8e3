export { decodeDescriptor } from "./descriptor.js";
export { decodeFault } from "./fault.js";
export { listNames } from "./names.js";
export { decodeRegister } from "./register.js";
export { decodeStructure } from "./structure.js";
