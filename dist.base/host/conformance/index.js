/**
 * viommu/conformance: the conformance suite for VT-d. Cases by section of the manual, targets that they
 * run against, and reports.
 */
export { abilities, abilityNames } from "./abilities.js";
export { Bench } from "./bench/bench.js";
export { descriptor, statusWait } from "./bench/invalidation.js";
export { casesOf } from "./case.js";
export { cases } from "./cases/index.js";
export { TINY_CACHES } from "./configuration.js";
export { deviations } from "./deviations/index.js";
export { chosenCases } from "./filter.js";
export { atLeast, atMost, withBits } from "./needs.js";
export { humanReport } from "./reporters/human.js";
export { jsonData } from "./reporters/json.js";
export { junitReport } from "./reporters/junit.js";
export { tapReport } from "./reporters/tap.js";
export { runCases } from "./runner/run.js";
export { totalsOf, } from "./runner/result.js";
export { TargetRefusal, TargetUnavailable, } from "./target.js";
export { targetNamed, targetNames } from "./targets/index.js";
