import { ConfigSpace } from "../../pci/config-space.js";
import type { Access as DmaAccess } from "../../spec/requests.js";
import { Resource, type Access, type Kernel, type Routine } from "../kernel/index.js";
import type { ConfigAccess } from "../vtd/index.js";
import type { TableRun } from "./table-world.js";

export interface DmaDeviceOptions {
  readonly name: string;
  readonly sourceId: number;
}

/** Memory that devices write and software copies, a page an object; what is in it is a number for each page. */
export class DataPages {
  readonly #kernel: Kernel;
  readonly #pages = new Map<bigint, Resource>();
  readonly #values = new Map<bigint, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The page of an address: what its accesses conflict about. */
  object(physical: bigint): Resource {
    const page = physical >> 12n;
    let object = this.#pages.get(page);
    if (object === undefined) {
      object = new Resource(this.#kernel, `data page 0x${page.toString(16)}000`);
      this.#pages.set(page, object);
    }
    return object;
  }

  read(physical: bigint): number {
    return this.#values.get(physical >> 12n) ?? 0;
  }

  write(physical: bigint, value: number): void {
    this.#values.set(physical >> 12n, value);
  }
}

/** A write of a device that was translated and has not reached memory. */
export interface DmaInFlight {
  readonly iova: bigint;
  /** Where it goes. */
  readonly physical: bigint;
  readonly token: number;
}

/** A device without ATS: the unit translates each of its accesses. */
export class DmaDevice extends Resource {
  readonly sourceId: number;
  readonly bus: ConfigAccess;
  readonly #run: TableRun;

  constructor(run: TableRun, options: DmaDeviceOptions) {
    super(run.kernel, options.name);
    this.sourceId = options.sourceId;
    this.#run = run;
    const config = new ConfigSpace();
    config.define({ at: 0, size: 4, value: 0x0001_1234 });
    config.define({ at: 4, size: 2, value: 4, writable: 0x0407 });
    this.bus = config;
  }

  /** One access that begins and ends in one step; the physical address, or undefined if it is refused. */
  access(
    iova: bigint,
    access: DmaAccess,
    also: readonly Access[] = [],
  ): Routine<bigint | undefined> {
    const { iommu } = this.#run;
    const run = () => {
      const result = iommu.translate({ sourceId: this.sourceId, address: iova, access });
      return result.status === "ok" ? result.address : undefined;
    };
    return this.#translate(`${access} 0x${iova.toString(16)} by`, run, also);
  }

  /** The first half of a write: the translation. Undefined if it is refused. */
  beginWrite(iova: bigint, also: readonly Access[] = []): Routine<DmaInFlight | undefined> {
    const { iommu } = this.#run;
    const run = () => {
      const request = { sourceId: this.sourceId, address: iova, access: "write" } as const;
      const { result, token } = iommu.beginAccess(request);
      return result.status === "ok" ? { iova, physical: result.address, token } : undefined;
    };
    return this.#translate(`begin to write 0x${iova.toString(16)} by`, run, also);
  }

  /** The second half: the data reaches memory; drains wait for it. `land` is part of the step. */
  endWrite(flight: DmaInFlight, land: () => void, also: readonly Access[]): Routine {
    const { iommu, unit } = this.#run;
    return this.act(
      `end the write to 0x${flight.iova.toString(16)} by`,
      () => {
        land();
        iommu.endAccess(flight.token);
      },
      { also: [...also, { object: unit.invalidations, kind: "write" }, ...unit.cached] },
    );
  }

  #translate<T>(verb: string, run: () => T, also: readonly Access[]): Routine<T> {
    const { unit, walks } = this.#run;
    const walk = () => walks.during(this.name, run);
    return this.act(verb, walk, { also: [...unit.cached, ...also] });
  }
}
