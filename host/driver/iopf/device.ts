import { Mutex, RcuPointer, Resource, type Kernel, type Routine } from "../kernel/index.js";
import { NO_PASID, type Fault, type ResponseCode } from "./fault.js";
import type { FaultParam } from "./fault-param.js";
import type { Group } from "./group.js";

/** Sends a response to the device of a fault (iommu_ops.page_response). */
export type PageResponse = (fault: Fault, code: ResponseCode) => Routine;

/** What the core knows of a device (dev_iommu, and the group that the device is in). */
export interface IopfDevice {
  readonly name: string;
  readonly lock: Mutex;
  readonly faultParam: RcuPointer<FaultParam>;
  readonly group: IommuGroup;
  /** Undefined: the driver of the unit cannot respond, and the device can be in no queue. */
  readonly pageResponse: PageResponse | undefined;
  /** PASIDs are in a table of user space: a nested domain of requests without PASID has those of all. */
  readonly userPasidTable: boolean;
}

/** Devices that share their attachments (iommu_group). */
export interface IommuGroup {
  readonly attachments: AttachTable;
}

/** Allocates what the core knows of a device; the caller frees it. */
export function makeDevice(
  kernel: Kernel,
  name: string,
  options: {
    readonly group: IommuGroup;
    readonly pageResponse?: PageResponse;
    readonly userPasidTable?: boolean;
  },
): IopfDevice {
  return kernel.heap.make<IopfDevice>("dev_iommu", {
    name,
    lock: new Mutex(kernel, "lock"),
    faultParam: new RcuPointer<FaultParam>(kernel, "fault_param", undefined),
    group: options.group,
    pageResponse: options.pageResponse,
    userPasidTable: options.userPasidTable ?? false,
  });
}

/** Takes a group over; false if it refuses. From true on it owes one response and the release of the group. */
export type IopfHandler = (group: Group) => Routine<boolean>;

/** An I/O address space, as far as faults are concerned. */
export interface Domain {
  readonly name: string;
  /** Undefined: nobody handles its page requests. */
  readonly iopfHandler?: IopfHandler | undefined;
  /** It has a first stage of user space. Default false. */
  readonly isNested?: boolean;
}

/** A domain attached to a PASID of a group of devices; memory of the heap, freed by who detaches. */
export interface AttachHandle {
  readonly domain: Domain;
}

/** Which domain is attached where: found under a lock that is dropped before the handle is used. */
export class AttachTable extends Resource {
  readonly #handles = new Map<number, AttachHandle>();

  constructor(kernel: Kernel, name = "pasid_array") {
    super(kernel, name);
  }

  store(handle: AttachHandle, pasid: number = NO_PASID): Routine {
    return this.act(`store the handle of PASID ${pasid} in`, () => {
      this.#handles.set(pasid, handle);
    });
  }

  erase(pasid: number = NO_PASID): Routine {
    return this.act(`erase the handle of PASID ${pasid} from`, () => {
      this.#handles.delete(pasid);
    });
  }

  find(pasid: number = NO_PASID): Routine<AttachHandle | undefined> {
    const find = () => this.#handles.get(pasid);
    return this.act(`look PASID ${pasid} up in`, find, { kind: "read" });
  }
}
