import { Errno } from "../../errno.js";
import { Cell, type Kernel, type Routine } from "../../kernel/index.js";
import type { DmaOwner } from "../dma-ownership.js";
import type { HostDevice } from "../host-device.js";

/** What VFIO wants of an iommufd context. */
export interface IommufdContext extends DmaOwner {
  /** Claims DMA of the device's group; answers the device's number. */
  bind(device: HostDevice): Routine<number | Errno>;
  unbind(device: HostDevice): Routine;
  /** The group path asks for an address space of its own. */
  createCompatIoas(): Routine<Errno | undefined>;
  hasCompatIoas(): Routine<boolean>;
  /** Attaches what has the number `pt`; undefined is the device without PASID. */
  attach(device: HostDevice, pt: number, pasid?: number): Routine<Errno | undefined>;
  detach(device: HostDevice, pasid?: number): Routine;
}

export interface PlainIommufdOptions {
  readonly name?: string;
  /** Numbers that may be attached to. Default: 1. */
  readonly pageTables?: readonly number[];
}

/** A context that keeps account of bindings and attachments, and maps nothing. */
export class PlainIommufd implements IommufdContext {
  readonly name: string;
  /** "00:02.0" or "00:02.0 PASID 5": the number that it is attached to. */
  readonly attached: Cell<ReadonlyMap<string, number>>;
  readonly #pageTables: readonly number[];
  readonly #compatIoas: Cell<boolean>;
  readonly #bound: Cell<readonly HostDevice[]>;

  constructor(kernel: Kernel, { name = "iommufd", pageTables = [1] }: PlainIommufdOptions = {}) {
    this.name = name;
    this.#pageTables = pageTables;
    this.#compatIoas = new Cell(kernel, `${name}.compat_ioas`, false);
    this.#bound = new Cell<readonly HostDevice[]>(kernel, `${name}.devices`, []);
    this.attached = new Cell<ReadonlyMap<string, number>>(kernel, `${name}.attached`, new Map());
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

  /** With it goes what is still attached to PASIDs of the device. */
  *unbind(device: HostDevice): Routine {
    const pasids = [...(yield* this.attached.load()).keys()]
      .map((key) => PASID_OF.exec(key))
      .filter((match) => match?.[1] === device.name)
      .map((match) => Number(match![2]));
    for (const pasid of pasids) yield* this.detach(device, pasid);
    yield* this.#bound.update((bound) => bound.filter((other) => other !== device));
    yield* device.group.ownership.release();
  }

  *createCompatIoas(): Routine<Errno | undefined> {
    yield* this.#compatIoas.store(true);
    return undefined;
  }

  hasCompatIoas(): Routine<boolean> {
    return this.#compatIoas.load();
  }

  *attach(device: HostDevice, pt: number, pasid?: number): Routine<Errno | undefined> {
    if (!this.#pageTables.includes(pt)) return new Errno("ENOENT", `nothing has the number ${pt}`);
    const { ownership } = device.group;
    const key = keyOf(device, pasid);
    const isNew = !(yield* this.attached.load()).has(key);
    if (pasid === undefined) yield* ownership.attach("user");
    else if (isNew) yield* ownership.changePasids(1);
    yield* this.attached.update((attached) => new Map([...attached, [key, pt]]));
    return undefined;
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
