import { Errno } from "../../errno.js";
import { Cell, type Kernel, type Routine } from "../../kernel/index.js";
import type { HostDevice } from "../host-device.js";
import type { IommufdContext } from "./iommufd-context.js";

export interface PlainIommufdOptions {
  readonly name?: string;
  /** Numbers that may be attached to. Default: 1. */
  readonly pageTables?: readonly number[];
}

const COMPAT = 0;

/**
 * A context that keeps account of bindings and attachments, and maps nothing: for scenarios whose every order is tried,
 * where a whole iommufd would only add steps.
 */
export class PlainIommufd implements IommufdContext {
  readonly name: string;
  /** "00:02.0" or "00:02.0 PASID 5": the number that it is attached to. */
  readonly attached: Cell<ReadonlyMap<string, number>>;
  readonly #pageTables: readonly number[];
  /** The number of its compatibility IOAS, which user space may choose (IOMMU_VFIO_IOAS). */
  readonly compat: Cell<number | undefined>;
  readonly #noIommu: Cell<boolean>;
  readonly #bound: Cell<readonly HostDevice[]>;

  constructor(kernel: Kernel, { name = "iommufd", pageTables = [1] }: PlainIommufdOptions = {}) {
    this.name = name;
    this.#pageTables = pageTables;
    this.compat = new Cell<number | undefined>(kernel, `${name}.vfio_ioas`, undefined);
    this.#noIommu = new Cell(kernel, `${name}.no_iommu_mode`, false);
    this.#bound = new Cell<readonly HostDevice[]>(kernel, `${name}.devices`, []);
    this.attached = new Cell<ReadonlyMap<string, number>>(kernel, `${name}.attached`, new Map());
  }

  // eslint-disable-next-line require-yield -- it never goes
  *get(): Routine {
    return;
  }

  // eslint-disable-next-line require-yield -- it never goes
  *put(): Routine {
    return;
  }

  *bind(device: HostDevice): Routine<number | Errno> {
    const error = yield* device.group.ownership.claimDevice(this);
    if (error) return error;
    let number = 0;
    yield* this.#bound.update((bound) => {
      number = bound.length + 1;
      return [...bound, device];
    });
    return number;
  }

  *unbind(device: HostDevice): Routine {
    const pasids = [...(yield* this.attached.load()).keys()]
      .map((key) => PASID_OF.exec(key))
      .filter((match) => match?.[1] === device.name)
      .map((match) => Number(match![2]));
    for (const pasid of pasids) yield* this.detach(device, pasid);
    yield* this.detach(device);
    yield* this.#bound.update((bound) => bound.filter((other) => other !== device));
    yield* device.group.ownership.release();
  }

  *createCompatIoas(): Routine<Errno | undefined> {
    if (yield* this.#noIommu.load()) return new Errno("EINVAL", "it serves groups without IOMMU");
    yield* this.compat.update((id) => id ?? COMPAT);
    return undefined;
  }

  *setNoIommu(): Routine<Errno | undefined> {
    if ((yield* this.compat.load()) !== undefined) return new Errno("EINVAL", "there is an IOAS");
    yield* this.#noIommu.store(true);
    return undefined;
  }

  compatIoas(): Routine<number | undefined> {
    return this.compat.load();
  }

  *attach(device: HostDevice, pt: number, pasid?: number): Routine<number | Errno> {
    if (pt !== (yield* this.compat.load()) && !this.#pageTables.includes(pt)) {
      return new Errno("ENOENT", `nothing has the number ${pt}`);
    }
    const { ownership } = device.group;
    const key = keyOf(device, pasid);
    const isNew = !(yield* this.attached.load()).has(key);
    if (pasid === undefined) yield* ownership.attach("user");
    else if (isNew) yield* ownership.changePasids(1);
    yield* this.attached.update((attached) => new Map([...attached, [key, pt]]));
    return pt;
  }

  *detach(device: HostDevice, pasid?: number): Routine {
    const key = keyOf(device, pasid);
    if (!(yield* this.attached.load()).has(key)) return;
    yield* this.attached.update((attached) => new Map([...attached].filter(([k]) => k !== key)));
    const { ownership } = device.group;
    yield* pasid === undefined ? ownership.attach("blocking") : ownership.changePasids(-1);
  }
}

const PASID_OF = /^(.*) PASID (\d+)$/;

function keyOf({ name }: HostDevice, pasid: number | undefined): string {
  return pasid === undefined ? name : `${name} PASID ${pasid}`;
}
