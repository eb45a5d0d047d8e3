import { generateFaultConstants } from "./fault-constants.js";
import { generateRegisterConstants } from "./register-constants.js";
import { generateDescriptorConstants, generateStructureConstants } from "./structure-constants.js";

/** Path below the root of the package, and text, of everything that is made from host/spec. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["assembly/generated/registers.ts", generateRegisterConstants()],
    ["assembly/generated/faults.ts", generateFaultConstants()],
    ["assembly/generated/structures.ts", generateStructureConstants()],
    ["assembly/generated/descriptors.ts", generateDescriptorConstants()],
  ]);
}
