/** Questions of design that kernel developers argued about, with every answer measured on the same scenario. */
export { debates, type Debate } from "./debates.js";
export { lookupFigures, type LookupFigures } from "./lookup-structures.js";
export {
  measureDebate,
  type DebateFigures,
  type MeasureOptions,
  type VariantFigures,
} from "./measure.js";
export { defaultStepCosts, kindOf, type StepCosts, type StepKind } from "./step-costs.js";
