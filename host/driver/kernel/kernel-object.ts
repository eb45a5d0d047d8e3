import type { Allocation } from "./heap.js";
import type { Kernel } from "./kernel.js";

/** Something that steps touch. */
export interface Touchable {
  /** Place in the order of creation: the same in all runs that begin with the same steps. */
  readonly number: number;
  readonly name: string;
}

/**
 * A lock, a count, a variable, a device. Two steps whose objects differ may change places without anybody
 * noticing; the explorer tries both orders of those that may not.
 */
export abstract class KernelObject implements Touchable {
  readonly kernel: Kernel;
  readonly number: number;
  /** The allocation that this object is a field of: it dies with it. */
  declare home: Allocation | undefined;
  protected readonly ownName: string;

  /** `number`: one that was reserved for it. */
  constructor(kernel: Kernel, name: string, number = kernel.numberObject()) {
    this.kernel = kernel;
    this.number = number;
    this.ownName = name;
  }

  get name(): string {
    return this.home ? `${this.home.label}.${this.ownName}` : this.ownName;
  }
}
