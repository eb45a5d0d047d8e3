import { assertInvariant, KernelObject, type Kernel, type Routine } from "../kernel/index.js";
import { perform } from "../kernel/index.js";

/**
 * Who keeps an object: one user is the object table, others are the files and objects that need it, and
 * running calls. Those of running calls are counted a second time, so that destruction can wait for them
 * (users and wait_cnt of iommufd_object).
 */
export class References extends KernelObject {
  /** Besides the table. */
  readonly #holders = new Map<string, number>();
  #users = 1;
  #calls = 0;
  #closed = false;

  constructor(kernel: Kernel) {
    super(kernel, "users");
  }

  /** For invariants. */
  get users(): number {
    this.kernel.touch(this, "read");
    return this.#users;
  }

  /** Part of a step under the lock of the table: a call begins to use the object. */
  tryLock(): boolean {
    this.kernel.touch(this, "write");
    if (this.#users === 0 || this.#closed) return false;
    this.#users += 1;
    this.#calls += 1;
    return true;
  }

  /** A call has done with the object. */
  unlock(): Routine {
    return this.#act("end a call on", "release", () => {
      this.#assert(this.#calls > 0, "a call ends that has not begun");
      this.#users -= 1;
      this.#calls -= 1;
    });
  }

  /** Part of a step: `holder` needs the object; somebody else keeps it meanwhile. */
  take(holder: string): void {
    this.kernel.touch(this, "write");
    this.#assert(this.#users > 0, `${holder} takes a reference of what has none left`);
    this.#users += 1;
    this.#holders.set(holder, (this.#holders.get(holder) ?? 0) + 1);
  }

  /** Part of a step: `holder` needs it no more. */
  drop(holder: string): void {
    this.kernel.touch(this, "write");
    const count = this.#holders.get(holder) ?? 0;
    this.#assert(count > 0, `${holder} drops a reference that it has not taken`);
    if (count === 1) this.#holders.delete(holder);
    else this.#holders.set(holder, count - 1);
    this.#users -= 1;
  }

  get(holder: string): Routine {
    return this.#act("take a reference of", undefined, () => {
      this.take(holder);
    });
  }

  put(holder: string): Routine {
    return this.#act("drop a reference of", undefined, () => {
      this.drop(holder);
    });
  }

  /** Part of a step under the lock of the table: takes the last reference; false if there are others. */
  tryEnd(): boolean {
    this.kernel.touch(this, "write");
    const isLast = this.#users === 1;
    this.#assert(
      isLast === (this.#holders.size === 0 && this.#calls === 0),
      `there are ${this.#users} users and ${this.#calls} calls, held by ${this.holders}`,
    );
    if (isLast) this.#users = 0;
    return isLast;
  }

  /** Lets no call begin any more, and waits for those that run. */
  *waitForCalls(): Routine {
    yield* this.#act("close", undefined, () => {
      this.#closed = true;
    });
    yield* perform({
      verb: "wait for calls on",
      object: this,
      kind: "write",
      role: "acquire",
      sleeps: true,
      ready: () => this.#calls === 0,
      waitingFor: () => `which ${this.#calls} calls use`,
      run: () => undefined,
    });
  }

  get holders(): string {
    return [...this.#holders].map(([holder, count]) => `${holder} (${count})`).join(", ");
  }

  #act(verb: string, role: "release" | undefined, change: () => void): Routine {
    const before = () => this.#users;
    return perform({
      verb,
      object: this,
      kind: "write",
      role,
      run: (task) => {
        const old = before();
        change();
        task.remark = `${old} -> ${this.#users}`;
      },
    });
  }

  #assert(holds: boolean, what: string): void {
    assertInvariant(holds, "C-I6", () => `${this.name}: ${what}`);
  }
}
