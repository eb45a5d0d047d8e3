import { KernelObject } from "./kernel-object.js";
import { perform } from "./step.js";
/** Anything else that tasks share: a register set, a device, a queue in guest memory. */
export class Resource extends KernelObject {
    /** One step on the resource. */
    act(verb, run, options = {}) {
        return perform({ kind: "write", ...options, verb, object: this, run });
    }
}
