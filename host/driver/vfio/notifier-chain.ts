import { Cell, Rwsem, type Kernel, type Routine } from "../kernel/index.js";
import type { HostDevice } from "./host-device.js";

/** What an IOMMU group tells those who watch it (IOMMU_GROUP_NOTIFY_*). */
export type GroupAction =
  "ADD_DEVICE" | "DEL_DEVICE" | "BIND_DRIVER" | "BOUND_DRIVER" | "UNBIND_DRIVER" | "UNBOUND_DRIVER";

/** Who watches; its memory has to exist while it is registered. */
export interface NotifierBlock {
  readonly notifierCall: (action: GroupAction, device: HostDevice) => Routine;
}

/**
 * A blocking notifier chain: calls hold its semaphore for reading, so that registration and calls exclude each other,
 * and so that whoever unregisters inside a call waits for itself.
 */
export class NotifierChain {
  readonly #lock: Rwsem;
  readonly #blocks: Cell<readonly NotifierBlock[]>;

  constructor(kernel: Kernel, name: string) {
    this.#lock = new Rwsem(kernel, `${name}.rwsem`);
    this.#blocks = new Cell<readonly NotifierBlock[]>(kernel, `${name}.head`, []);
  }

  /** Nobody watches. */
  get isEmpty(): boolean {
    return this.#blocks.value.length === 0;
  }

  register(block: NotifierBlock): Routine {
    return this.#change((blocks) => [...blocks, block]);
  }

  unregister(block: NotifierBlock): Routine {
    return this.#change((blocks) => blocks.filter((other) => other !== block));
  }

  *call(action: GroupAction, device: HostDevice): Routine {
    yield* this.#lock.downRead();
    for (const block of this.#blocks.value) yield* block.notifierCall(action, device);
    yield* this.#lock.upRead();
  }

  *#change(change: (blocks: readonly NotifierBlock[]) => readonly NotifierBlock[]): Routine {
    yield* this.#lock.downWrite();
    yield* this.#blocks.update(change, "change");
    yield* this.#lock.upWrite();
  }
}
