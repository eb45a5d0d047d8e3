import { Errno } from "../errno.js";
import { Resource, type Kernel, type Routine } from "../kernel/index.js";
import type { References } from "./references.js";

export type ObjectType =
  | "device"
  | "ioas"
  | "hwpt-paging"
  | "hwpt-nested"
  | "fault"
  | "viommu"
  | "vdevice"
  | "veventq"
  | "hw-queue"
  | "access";

/** What user space names by an id (iommufd_object); memory of the heap. */
export interface IommufdObject {
  readonly type: ObjectType;
  id: number;
  readonly refs: References;
  /** Undoes what its creation did; the memory goes afterwards. */
  readonly destroy: () => Routine;
}

interface Entry {
  readonly object: IommufdObject;
  /** A call can find it: its creation cannot fail any more. */
  final: boolean;
}

/**
 * The objects of a context by id, from 1 up, the lowest free one first. What the kernel does under the
 * lock of the table is one step.
 */
export class ObjectTable extends Resource {
  /** "tombstone": the id stays taken although the object is gone. */
  readonly #entries = new Map<number, Entry | "tombstone">();

  readonly #onRemoved: (id: number) => void;

  /** @param onRemoved part of the step in which an object leaves that calls could find. */
  constructor(kernel: Kernel, onRemoved: (id: number) => void = () => undefined) {
    super(kernel, "iommufd objects");
    this.#onRemoved = onRemoved;
  }

  /** Gives the object an id under which nobody finds it yet. */
  reserve(object: IommufdObject): Routine {
    return this.act(`reserve an id for a ${object.type} in`, () => {
      let id = 1;
      while (this.#entries.has(id)) id += 1;
      this.#entries.set(id, { object, final: false });
      object.id = id;
    });
  }

  /** From now on calls find the object. */
  finalise(object: IommufdObject): Routine {
    return this.act(`show ${describe(object)} in`, () => {
      this.#entries.set(object.id, { object, final: true });
    });
  }

  /** Gives the id of an object back that nobody has seen. */
  abort(object: IommufdObject): Routine {
    return this.act(`take ${describe(object)} out of`, () => {
      this.#entries.delete(object.id);
    });
  }

  /** Finds an object of one of these types (none: any) for the time of a call, which `put` ends; ENOENT. */
  get<T extends IommufdObject>(id: number, ...types: T["type"][]): Routine<T | Errno> {
    const find = () => {
      const entry = this.#entries.get(id);
      const is = (object: IommufdObject): object is T =>
        types.length === 0 || types.includes(object.type);
      const found =
        entry !== undefined && entry !== "tombstone" && entry.final && is(entry.object)
          ? entry.object
          : undefined;
      if (found?.refs.tryLock() === true) return found;
      const wanted = types.length === 0 ? "object" : types.join(" or ");
      return new Errno("ENOENT", `there is no ${wanted} with the id ${id}`);
    };
    return this.act(`look ${id} up in`, find, { kind: "read" });
  }

  /** Ends what `get` began. */
  put(object: IommufdObject): Routine {
    return object.refs.unlock();
  }

  /** Takes the object with this id out, if nobody else uses it; the caller destroys it. ENOENT, EBUSY. */
  *remove(id: number, leave: "nothing" | "tombstone" = "nothing"): Routine<IommufdObject | Errno> {
    return yield* this.act(`remove ${id} from`, () => {
      const entry = this.#entries.get(id);
      if (entry === undefined || entry === "tombstone" || !entry.final) {
        return new Errno("ENOENT", `there is no object with the id ${id}`);
      }
      if (!entry.object.refs.tryEnd()) {
        return new Errno("EBUSY", `${describe(entry.object)} is used by ${users(entry.object)}`);
      }
      this.#drop(id, leave);
      return entry.object;
    });
  }

  /** Takes an object out that `owner` has a reference of, once running calls are done with it. EBUSY: a bug. */
  *removeOwned(
    object: IommufdObject,
    owner: string,
    leave: "nothing" | "tombstone" = "nothing",
  ): Routine<0 | Errno> {
    yield* object.refs.waitForCalls();
    return yield* this.act(`remove ${describe(object)} from`, () => {
      object.refs.drop(owner);
      if (!object.refs.tryEnd()) {
        return new Errno("EBUSY", `${describe(object)} is used by ${users(object)}`);
      }
      this.#drop(object.id, leave);
      return 0;
    });
  }

  /** Drops a reference, and takes the object out if it was the last but that of the table: true if so. */
  *dropAndRemove(object: IommufdObject, holder: string): Routine<boolean> {
    return yield* this.act(`drop ${describe(object)} of`, () => {
      object.refs.drop(holder);
      if (!object.refs.tryEnd()) return false;
      this.#drop(object.id, "nothing");
      return true;
    });
  }

  /** Takes one object out that nobody else uses, while the context closes; undefined if there is none. */
  removeLeaf(): Routine<IommufdObject | undefined> {
    return this.act("take a leaf out of", () => {
      for (const [id, entry] of this.#entries) {
        if (entry === "tombstone") {
          this.#entries.delete(id);
        } else if (entry.object.refs.tryEnd()) {
          this.#drop(id, "nothing");
          return entry.object;
        }
      }
      return undefined;
    });
  }

  /** Part of a step: no id is taken. */
  get isEmpty(): boolean {
    this.kernel.touch(this, "read");
    return this.#entries.size === 0;
  }

  /** Objects that are there, for who looks from outside. */
  get all(): readonly IommufdObject[] {
    this.kernel.touch(this, "read");
    return [...this.#entries.values()].flatMap((entry) =>
      entry === "tombstone" || !entry.final ? [] : [entry.object],
    );
  }

  #drop(id: number, leave: "nothing" | "tombstone"): void {
    if (leave === "tombstone") this.#entries.set(id, "tombstone");
    else this.#entries.delete(id);
    this.#onRemoved(id);
  }
}

function describe({ type, id }: IommufdObject): string {
  return `${type} ${id}`;
}

function users({ refs }: IommufdObject): string {
  return refs.holders === "" ? "a running call" : refs.holders;
}
