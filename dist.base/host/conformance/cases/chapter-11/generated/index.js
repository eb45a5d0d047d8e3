import { capabilityRuleCases } from "./capability-rules.js";
import { fieldAccessCases } from "./field-access.js";
import { registerValueCases } from "./register-values.js";
/** Cases that host/spec makes: one claim for each register, field and rule of chapter 11. */
export const generatedCases = [
    ...[...registerValueCases, ...fieldAccessCases, ...capabilityRuleCases],
];
