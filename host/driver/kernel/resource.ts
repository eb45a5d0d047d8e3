import { KernelObject } from "./kernel-object.js";
import { perform, type Access, type AccessKind, type Routine } from "./step.js";

export interface ActionOptions {
  /** Default "write". */
  readonly kind?: AccessKind;
  /** More objects that the action touches. */
  readonly also?: readonly Access[];
  /** False while the action has to wait; reads only the resource and `also`. */
  readonly ready?: () => boolean;
  readonly waitingFor?: () => string;
}

/** Anything else that tasks share: a register set, a device, a queue in guest memory. */
export class Resource extends KernelObject {
  /** One step on the resource. */
  act<T>(verb: string, run: () => T, options: ActionOptions = {}): Routine<T> {
    const { kind = "write", also, ready, waitingFor } = options;
    return perform({ verb, object: this, kind, also, ready, waitingFor, run });
  }
}
