/**
 * viommu/conformance: the conformance suite for VT-d. Cases by section of the manual, targets that they
 * run against, and reports.
 */
export { abilities, abilityNames, type Ability } from "./abilities.js";
export { Bench } from "./bench/bench.js";
export { descriptor, statusWait } from "./bench/invalidation.js";
export type { FieldMismatch, Mismatch } from "./bench/verdicts.js";
export type { ReportedCapabilities } from "./capabilities.js";
export { casesOf, type CaseNeeds, type ConformanceCase } from "./case.js";
export { cases } from "./cases/index.js";
export { TINY_CACHES, type Configuration, type UnitWishes } from "./configuration.js";
export { deviations, type Deviation } from "./deviations/index.js";
export { chosenCases } from "./filter.js";
export { atLeast, atMost, withBits, type CapabilityNeed, type ValueNeed } from "./needs.js";
export type {
  Answer,
  DmaAnswer,
  Failure,
  Operation,
  OperationName,
  OperationTable,
  TargetEvent,
  TranslationAnswer,
} from "./operation.js";
export { deviationPage } from "./reporters/deviation-page.js";
export { humanReport } from "./reporters/human.js";
export { jsonData } from "./reporters/json.js";
export { junitReport } from "./reporters/junit.js";
export { tapReport } from "./reporters/tap.js";
export { runCases, type RunOptions } from "./runner/run.js";
export {
  totalsOf,
  type CaseResult,
  type CaseStatus,
  type RunResult,
  type Totals,
} from "./runner/result.js";
export {
  TargetRefusal,
  TargetUnavailable,
  type MemoryRange,
  type Session,
  type SessionDescription,
  type Target,
} from "./target.js";
export { targetNamed, targetNames } from "./targets/index.js";
