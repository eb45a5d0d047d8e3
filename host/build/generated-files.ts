import { coveragePage } from "../conformance/coverage/page.js";
import { generateCapabilityPage } from "./capability-page.js";
import { generateFaultConstants } from "./fault-constants.js";
import { layoutSource } from "./layout-source.js";
import { generatePerformanceConstants } from "./performance-constants.js";
import { generatePerformancePage } from "./performance-page.js";
import { generateRegisterConstants } from "./register-constants.js";
import { generateRegisterPage } from "./register-page.js";
import { generateDescriptorConstants, generateStructureConstants } from "./structure-constants.js";
import { generateTimingPage } from "./timing-page.js";

/** Path below the root of the package, and text, of everything that is generated. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["assembly/generated/registers.ts", generateRegisterConstants()],
    ["assembly/generated/faults.ts", generateFaultConstants()],
    ["assembly/generated/structures.ts", generateStructureConstants()],
    ["assembly/generated/descriptors.ts", generateDescriptorConstants()],
    ["assembly/generated/performance-events.ts", generatePerformanceConstants()],
    ["assembly/generated/layout.ts", layoutSource()],
    ["docs/registers.md", generateRegisterPage()],
    ["docs/capabilities.md", generateCapabilityPage()],
    ["docs/performance-monitoring.md", generatePerformancePage()],
    ["docs/timing-model.md", generateTimingPage()],
    ["docs/conformance-coverage.md", coveragePage()],
  ]);
}
