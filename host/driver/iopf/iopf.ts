import type { Kernel, Routine } from "../kernel/index.js";
import type { IopfDevice } from "./device.js";
import type { Fault, ResponseCode, Result } from "./fault.js";
import type { Group } from "./group.js";
import { makeLifetime, type Lifetime, type LifetimeName } from "./lifetime.js";
import { quirksOf, type Behaviour, type Quirks } from "./quirks.js";
import {
  addDevice,
  discardPartials,
  flushDevice,
  forgetPartials,
  freeQueue,
  makeQueue,
  removeDevice,
  type IopfQueue,
} from "./queue.js";
import { report } from "./report.js";
import { dequeue, freeGroup, respond } from "./response.js";

export interface IopfOptions {
  /** Default "refcount-grace", which is what Linux has. */
  readonly lifetime?: LifetimeName;
  /** Default "fixed". */
  readonly behaviour?: Behaviour;
  /** Single quirks on top of the behaviour. */
  readonly quirks?: Partial<Quirks>;
}

/** What the parts of the core share. */
export interface IopfContext {
  readonly kernel: Kernel;
  readonly lifetime: Lifetime;
  readonly quirks: Quirks;
}

/** The core of I/O page faults, between the drivers of remapping units and who handles the faults. */
export class Iopf {
  readonly #context: IopfContext;

  constructor(kernel: Kernel, options: IopfOptions = {}) {
    this.#context = {
      kernel,
      lifetime: makeLifetime(kernel, options.lifetime ?? "refcount-grace"),
      quirks: { ...quirksOf[options.behaviour ?? "fixed"], ...options.quirks },
    };
  }

  get quirks(): Quirks {
    return this.#context.quirks;
  }

  makeQueue(name: string): IopfQueue {
    return makeQueue(this.#context.kernel, name);
  }

  /** 0; ENODEV if its driver cannot respond, EBUSY if it is in a queue, ENOMEM. */
  addDevice(queue: IopfQueue, device: IopfDevice): Routine<Result> {
    return addDevice(this.#context, queue, device);
  }

  /** Answers what is pending. Page requests must have been stopped and drained, and the queue flushed. */
  removeDevice(queue: IopfQueue, device: IopfDevice): Routine {
    return removeDevice(this.#context, queue, device);
  }

  /** Waits for the work of all devices of the queue that the device is in; ENODEV if it is in none. */
  flushDevice(device: IopfDevice): Routine<Result> {
    return flushDevice(this.#context, device);
  }

  /** After an overflow: forgets every request that waits for the last one of its group. */
  discardPartials(queue: IopfQueue): Routine {
    return discardPartials(this.#context, queue);
  }

  /** A PASID of a device (undefined: requests without) is about to get another domain. */
  forgetPartials(device: IopfDevice, pasid: number | undefined): Routine {
    return forgetPartials(this.#context, device, pasid);
  }

  freeQueue(queue: IopfQueue): Routine {
    return freeQueue(this.#context, queue);
  }

  /** Reports one request. EINVAL: nobody handles it, and it has been answered; ENOMEM: it was lost. */
  report(device: IopfDevice, fault: Fault): Routine<Result> {
    return report(this.#context, device, fault);
  }

  /** Answers a group. */
  respond(group: Group, code: ResponseCode): Routine {
    return respond(this.#context, group, code);
  }

  /** Frees a group that was answered. */
  freeGroup(group: Group): Routine {
    return freeGroup(this.#context, group);
  }

  /** For a handler that keeps groups itself. */
  dequeue(group: Group): Routine {
    return dequeue(this.#context, group);
  }
}
