import { KernelObject, type Touchable } from "./kernel-object.js";
import type { Kernel } from "./kernel.js";
import { perform, type AccessKind, type Routine } from "./step.js";
import type { Task } from "./task.js";
import { Violation } from "./violation.js";

/** Bytes of a field. */
const WORD = 8;

/** One life of a piece of memory, from its allocation to its release. */
export class Allocation {
  readonly kind: string;
  readonly slot: number;
  /** How many allocations the slot has had, this one included. */
  readonly generation: number;
  /** Kind, slot and generation: "FaultParam#0.2". */
  readonly label: string;
  /** The memory as such: a release writes it, every use reads it. */
  readonly whole: Touchable;
  readonly #kernel: Kernel;
  readonly #fields = new Map<PropertyKey, Touchable>();
  #freedBy: string | undefined;

  constructor(kernel: Kernel, slab: Slab, slot: number, generation: number, keys: string[]) {
    this.#kernel = kernel;
    this.kind = slab.kind;
    this.slot = slot;
    this.generation = generation;
    this.label = `${slab.kind}#${slot}.${generation}`;
    const memory = () => ({ number: kernel.numberObject(), name: this.label });
    this.whole = memory();
    for (const key of keys) this.#fields.set(key, memory());
  }

  get live(): boolean {
    return this.#freedBy === undefined;
  }

  /** A word for each field. */
  get bytes(): number {
    return WORD * this.#fields.size;
  }

  /** To be called at each use. @throws Violation after the release. */
  use(): void {
    this.#kernel.touch(this.whole, "read");
    if (this.#freedBy !== undefined) {
      const message = `${this.label} is used, ${this.#freedBy} freed it`;
      throw new Violation("use-after-free", message, this.kind);
    }
  }

  useField(key: PropertyKey, kind: AccessKind): void {
    this.use();
    const field = this.#fields.get(key);
    if (field === undefined) {
      throw new TypeError(
        `${this.label} has no field "${String(key)}": allocate it with all of them`,
      );
    }
    this.#kernel.touch(field, kind);
  }

  release(by: string): void {
    if (this.#freedBy !== undefined) {
      const message = `${by} frees ${this.label}, ${this.#freedBy} freed it`;
      throw new Violation("double-free", message, this.kind);
    }
    this.#freedBy = by;
  }
}

/** Memory of one kind; a slot that is free again is the first to be given out. */
class Slab extends KernelObject {
  readonly freeSlots: number[] = [];
  readonly generations: number[] = [];

  readonly kind: string;

  constructor(kernel: Kernel, kind: string) {
    super(kernel, kind);
    this.kind = kind;
  }

  take(fields: object): Allocation {
    const slot = this.freeSlots.pop() ?? this.generations.length;
    const generation = (this.generations[slot] ?? 0) + 1;
    this.generations[slot] = generation;
    return new Allocation(this.kernel, this, slot, generation, Object.keys(fields));
  }
}

/**
 * Memory whose life is visible: what is released is poisoned, and the next use of any of its fields, by
 * whomever, ends the run. Objects of the kernel that are fields (locks, counts) die with it.
 *
 * Each field counts as one object. One that holds a list or a map counts as written when it is looked at.
 */
export class Heap {
  readonly #kernel: Kernel;
  readonly #slabs = new Map<string, Slab>();
  readonly #live = new Set<Allocation>();
  readonly #kept = new Set<Allocation>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Answers undefined where the schedule lets the allocation fail. */
  allocate<T extends object>(kind: string, fields: T): Routine<T | undefined> {
    return perform({
      verb: "allocate",
      object: this.#slab(kind),
      kind: "read",
      run: (task) => {
        if (this.#kernel.injection.fails(task, `allocate ${kind}`)) {
          task.remark = "fails";
          return undefined;
        }
        const made = this.make(kind, fields);
        task.remark = this.label(made);
        return made;
      },
    });
  }

  /** An allocation that is no step and cannot fail: for the setup of a scenario. */
  make<T extends object>(kind: string, fields: T): T {
    if (!this.#kernel.checks) return fields;
    const allocation = this.#slab(kind).take(fields);
    for (const value of Object.values(fields) as unknown[]) {
      if (value instanceof KernelObject) value.home = allocation;
    }
    const poisoned = new Proxy(fields, guard(allocation)) as T;
    this.#live.add(allocation);
    this.#kernel.touch(allocation.whole, "write");
    return poisoned;
  }

  free(object: object): Routine {
    const allocation = allocationOf(object);
    if (allocation === undefined) return perform(nothing(this.#slab("memory")));
    return perform({
      verb: "free",
      object: this.#slab(allocation.kind),
      kind: "read",
      also: [{ object: allocation.whole, kind: "write" }],
      run: (task) => {
        this.#release(allocation, task);
      },
    });
  }

  /** Whether the object has not been released. */
  isLive(object: object): boolean {
    return allocationOf(object)?.live ?? true;
  }

  /** What the object takes: a word for each field, wherever they point to; 0 without checks. */
  bytesOf(object: object): number {
    return allocationOf(object)?.bytes ?? 0;
  }

  /** "FaultParam#0.2": kind, slot and generation. */
  label(object: object): string {
    return allocationOf(object)?.label ?? "memory";
  }

  /** The object may outlive the run: it is no leak. */
  keep<T extends object>(object: T): T {
    const allocation = allocationOf(object);
    if (allocation !== undefined) this.#kept.add(allocation);
    return object;
  }

  /** What has not been released and is not kept. */
  get leaked(): readonly Allocation[] {
    return [...this.#live].filter((allocation) => !this.#kept.has(allocation));
  }

  #release(allocation: Allocation, task: Task): void {
    allocation.release(task.name);
    task.remark = `${allocation.label} is poison now`;
    this.#live.delete(allocation);
    this.#slab(allocation.kind).freeSlots.push(allocation.slot);
  }

  #slab(kind: string): Slab {
    let slab = this.#slabs.get(kind);
    if (slab === undefined) {
      slab = new Slab(this.#kernel, kind);
      this.#slabs.set(kind, slab);
    }
    return slab;
  }
}

/** Where memory that is watched tells its allocation. */
const ALLOCATION = Symbol("allocation");

function allocationOf(object: object): Allocation | undefined {
  return (object as { readonly [ALLOCATION]?: Allocation })[ALLOCATION];
}

/** Without checks nothing is poisoned, and a release has nothing to do. */
function nothing(object: KernelObject) {
  return { verb: "free", object, kind: "read", run: () => undefined } as const;
}

function guard(allocation: Allocation): ProxyHandler<object> {
  return {
    get(target, key) {
      if (key === ALLOCATION) return allocation;
      const value: unknown = Reflect.get(target, key);
      if (typeof key === "symbol") return value;
      if (value instanceof KernelObject || typeof value === "function") allocation.use();
      else allocation.useField(key, isContainer(value) ? "write" : "read");
      return value;
    },
    set(target, key, value) {
      allocation.useField(key, "write");
      if (value instanceof KernelObject) value.home = allocation;
      return Reflect.set(target, key, value);
    },
  };
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || value instanceof Map || value instanceof Set;
}
