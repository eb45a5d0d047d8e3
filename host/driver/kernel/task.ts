import type { Routine, Step } from "./step.js";

export interface TaskOptions {
  /** Serves others for ever: a run may end while it waits. Default false. */
  readonly daemon?: boolean;
}

/** A thread of the kernel, a work item, a device: whatever has code of its own. */
export class Task {
  readonly name: string;
  /** Place in the order of creation. */
  readonly index: number;
  readonly daemon: boolean;
  /** What the task does next; undefined when it is done. */
  pending: Step<unknown> | undefined;
  /** Spinlocks and read sections that it is in, by name: it must not sleep. */
  readonly atomic: string[] = [];
  /** Depth of RCU read sections. */
  readSections = 0;
  /** What the last step found, for the reader of a schedule: "1 -> 2". */
  remark = "";
  readonly #routine: Routine<unknown>;

  constructor(name: string, index: number, routine: Routine<unknown>, options: TaskOptions) {
    this.name = name;
    this.index = index;
    this.daemon = options.daemon ?? false;
    this.#routine = routine;
  }

  get done(): boolean {
    return this.pending === undefined;
  }

  get runnable(): boolean {
    return this.pending !== undefined && (this.pending.ready?.() ?? true);
  }

  /** Runs the task's code up to its next step. */
  advance(value: unknown): void {
    const { done, value: step } = this.#routine.next(value);
    this.pending = done === true ? undefined : step;
  }

  /** Why it cannot go on: "reporter waits to lock queue.lock, held by remover". */
  get complaint(): string {
    const { pending } = this;
    if (pending === undefined) return `${this.name} is done`;
    const reason = pending.waitingFor?.();
    const wait = `${this.name} waits to ${pending.verb} ${pending.object.name}`;
    return reason === undefined ? wait : `${wait}, ${reason}`;
  }
}
