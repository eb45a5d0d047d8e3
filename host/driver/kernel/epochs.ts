import { KernelObject } from "./kernel-object.js";
import { perform, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { assertInvariant } from "./violation.js";

/** One read section, from its beginning to its end. */
export class ReadSection extends KernelObject {
  /** Who entered it; whoever has the section may end it. */
  readonly reader: Task;
  over = false;

  constructor(epochs: Epochs, reader: Task) {
    super(epochs.kernel, `read section of ${reader.name}`);
    this.reader = reader;
  }
}

/** A wait for the readers of one moment. */
class GracePeriod extends KernelObject {}

/**
 * Read sections and grace periods: a grace period is over when every section that was open when it began
 * has ended. Readers never wait.
 */
export class Epochs extends KernelObject {
  readonly #open = new Set<ReadSection>();
  #callbacks = 0;

  /** Callbacks queued so far. */
  get callbacks(): number {
    return this.#callbacks;
  }

  enter(): Routine<ReadSection> {
    return perform({
      verb: "enter a read section of",
      object: this,
      kind: "read",
      run: (task) => this.open(task),
    });
  }

  leave(section: ReadSection): Routine {
    return perform({
      verb: "leave a read section of",
      object: this,
      kind: "read",
      run: () => {
        this.close(section);
      },
    });
  }

  /** Waits until every reader of this moment has left. */
  *synchronize(): Routine {
    const readers = yield* this.#begin("begin a grace period of");
    yield* this.#end(readers, true);
  }

  /** Runs `callback` after a grace period, as a task of its own. */
  *call(name: string, callback: () => Routine): Routine {
    const readers = yield* this.#begin("queue a callback to");
    this.#callbacks += 1;
    this.kernel.spawn(`${this.name}:${name}`, () => this.#afterwards(readers, callback));
  }

  /** Frees an allocation after a grace period. */
  *kfree(object: object): Routine {
    const { heap, deferred } = this.kernel;
    const bytes = heap.bytesOf(object);
    yield* this.call(`free ${heap.label(object)}`, function* () {
      yield* heap.free(object);
      deferred.add(-bytes);
    });
    deferred.add(bytes);
  }

  protected open(reader: Task): ReadSection {
    const section = new ReadSection(this, reader);
    this.#open.add(section);
    return section;
  }

  protected close(section: ReadSection): void {
    assertInvariant(
      this.#open.delete(section),
      "rcu-misuse",
      () => `the ${section.name} is over already`,
    );
    section.over = true;
    this.kernel.touch(section, "write", "release");
  }

  #begin(verb: string): Routine<readonly ReadSection[]> {
    return perform({
      verb,
      object: this,
      kind: "write",
      run: (task) => {
        const readers = [...this.#open];
        task.remark = `${readers.length} readers to wait for`;
        return readers;
      },
    });
  }

  *#afterwards(readers: readonly ReadSection[], callback: () => Routine): Routine {
    yield* this.#end(readers, false);
    yield* callback();
  }

  #end(readers: readonly ReadSection[], sleeps: boolean): Routine {
    const names = () => readers.filter(({ over }) => !over).map(({ reader }) => reader.name);
    return perform({
      verb: "wait out",
      object: new GracePeriod(this.kernel, "a grace period"),
      kind: "write",
      also: readers.map((object) => ({ object, kind: "read", role: "acquire" })),
      sleeps,
      ready: () => readers.every(({ over }) => over),
      waitingFor: () => `read by ${names().join(", ")}`,
      run: () => undefined,
    });
  }
}
