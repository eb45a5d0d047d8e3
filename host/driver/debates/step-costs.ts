import {
  Cell,
  Completion,
  Epochs,
  Interrupt,
  Mutex,
  Refcount,
  Rwsem,
  Spinlock,
  WaitQueue,
  Work,
  WorkQueue,
  type Step,
} from "../kernel/index.js";

/** Kinds of steps that cost differently. */
export type StepKind =
  | "lock"
  | "unlock"
  | "load"
  | "store"
  | "atomic"
  | "read section"
  | "grace period"
  | "allocate"
  | "free"
  | "queue or wake"
  | "other";

/** Cycles of a step of each kind; `contended` comes on top for a lock that somebody has. */
export type StepCosts = Readonly<Record<StepKind | "contended", number>>;

/**
 * A processor with its data in the first- and second-level caches, as `defaultPathLatencies` of page tables has it:
 * numbers to compare designs by. A wait costs nothing of itself: what costs is to begin it, and that others run.
 */
export const defaultStepCosts: StepCosts = {
  lock: 25,
  contended: 200,
  unlock: 10,
  load: 14,
  store: 14,
  atomic: 40,
  "read section": 4,
  "grace period": 60,
  allocate: 300,
  free: 150,
  "queue or wake": 120,
  other: 50,
};

export function kindOf({ object, verb, kind, role }: Step<unknown>): StepKind {
  if (verb.startsWith("allocate")) return "allocate";
  if (verb === "free") return "free";
  if (object instanceof Mutex || object instanceof Spinlock || object instanceof Rwsem) {
    if (role === "release") return "unlock";
    return role === "acquire" ? "lock" : "atomic";
  }
  if (object instanceof Refcount) return "atomic";
  if (object instanceof Epochs) return kind === "read" ? "read section" : "grace period";
  if (object instanceof Cell) {
    if (kind === "read") return "load";
    return verb === "store" ? "store" : "atomic";
  }
  if (verb === "load") return "load";
  if (verb === "store") return "store";
  if (verb === "compare and exchange") return "atomic";
  const wakes = [Completion, Interrupt, WaitQueue, Work, WorkQueue];
  return wakes.some((type) => object instanceof type) ? "queue or wake" : "other";
}
