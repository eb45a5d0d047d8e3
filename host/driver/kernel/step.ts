import type { KernelObject, Touchable } from "./kernel-object.js";
import type { Task } from "./task.js";

/** Two accesses to one object conflict unless both read. */
export type AccessKind = "read" | "write";

/**
 * An acquisition waits for a release of the same object, so the two never compete: reordering them is not
 * worth a try, reordering two acquisitions is.
 */
export type AccessRole = "acquire" | "release";

export interface Access {
  readonly object: Touchable;
  readonly kind: AccessKind;
  readonly role?: AccessRole | undefined;
}

/**
 * One indivisible action of a task, with the code that follows it up to the next step. Nothing of other
 * tasks comes in between.
 */
export interface Step<T> extends Access {
  readonly object: KernelObject;
  /** For the reader of a schedule: "lock", "load". */
  readonly verb: string;
  /** More objects that the step touches. */
  readonly also?: readonly Access[] | undefined;
  /** The step may sleep: forbidden under a spinlock and in an RCU read section. */
  readonly sleeps?: boolean;
  /** False while the step has to wait. Reads only what the step declares. */
  readonly ready?: (() => boolean) | undefined;
  /** Whom or what it waits for, for the report of a deadlock. */
  readonly waitingFor?: (() => string) | undefined;
  readonly run: (task: Task) => T;
}

/** The code of a task: ordinary code that yields its steps. `yield*` calls another routine. */
export type Routine<T = void> = Generator<Step<unknown>, T, unknown>;

/** A routine of one step. */
export function* perform<T>(step: Step<T>): Routine<T> {
  return (yield step) as T;
}
