import { Completion, type Kernel, type Routine } from "../kernel/index.js";
import type { DriverHooks } from "./vfio.js";

/**
 * How vfio-pci asks a user for its device: by an eventfd (VFIO_PCI_REQ_IRQ_INDEX), if the user has given it one. Without
 * one nobody hears of it, and the host waits.
 */
export class UnplugRequest implements Pick<DriverHooks, "request"> {
  readonly #kernel: Kernel;
  #eventfd: Completion | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** VFIO_DEVICE_SET_IRQS, ahead of anything that may ask. */
  setEventfd(): void {
    this.#eventfd = new Completion(this.#kernel, "request eventfd");
  }

  /** For the driver's hooks. */
  readonly request = (): Routine => this.#request();

  /** The user waits until the device is wanted back. @throws TypeError without an eventfd. */
  wait(): Routine {
    if (this.#eventfd === undefined) throw new TypeError("no eventfd was set");
    return this.#eventfd.wait();
  }

  *#request(): Routine {
    if (this.#eventfd !== undefined) yield* this.#eventfd.complete();
  }
}
