import type { Errno, ErrnoName } from "../errno.js";
import {
  AttachTable,
  type AttachHandle,
  type Domain,
  type IommuGroup,
  type IopfDevice,
  type IopfHandler,
} from "../iopf/index.js";
import type { Kernel, Routine } from "../kernel/index.js";
import type { DirtyDomain } from "../page-table/index.js";
import type { IovaRange } from "./iova-space.js";
import type { References } from "./references.js";

/** Rights of a mapping. */
export interface MapRights {
  readonly read: boolean;
  readonly write: boolean;
}

/** I/O page tables of a paging domain; ranges are whole pages, in bytes. */
export interface PagingOperations {
  /** The smallest page, in bytes. */
  readonly pageSize: bigint;
  /** All sizes of pages, each a bit. Default: the smallest alone. */
  readonly pageSizes?: bigint;
  /** Addresses that it can map, the last one included. */
  readonly aperture: { readonly start: bigint; readonly last: bigint };
  map(iova: bigint, physical: bigint, length: bigint, rights: MapRights): Routine<0 | Errno>;
  /** Answers how many bytes are unmapped now; caches have forgotten them. */
  unmap(iova: bigint, length: bigint): Routine<bigint>;
  iovaToPhysical(iova: bigint): Routine<bigint | undefined>;
  /** Undefined: the domain was not allocated for dirty tracking. */
  readonly dirty?: DirtyDomain | undefined;
}

/** What user space says about a domain or an entry: its type, and bytes that are copied when asked for. */
export interface UserData {
  readonly type: number;
  readonly length: number;
  /**
   * Copies a structure of `bytes`, of which at least `least` must be there. EINVAL: too short; E2BIG: longer,
   * with something behind; EFAULT.
   */
  copy(bytes: number, least?: number): Routine<Uint8Array | Errno>;
}

/** Invalidation of a nested domain by entries of one type. */
export interface NestedInvalidation {
  readonly type: number;
  /** The driver copies all entries of this size before it looks at the first. Default: one after the other. */
  readonly size?: number;
  /** Takes the entry at hand into effect, or says what is wrong with it. */
  entry(data: UserData): Routine<0 | Errno>;
}

/** What a queue that a unit works on by itself is made of. */
export interface HwQueueOptions {
  readonly index: number;
  /** Where it lies for the guest, and in memory. */
  readonly iova: bigint;
  readonly physical: bigint;
  /** Of the new object, for queues that depend on it. */
  readonly refs: References;
}

/** A queue that a unit works on by itself, as a driver made it. */
export interface DriverHwQueue {
  destroy(): Routine;
}

/** Queues that a unit works on by itself. */
export interface HwQueues {
  readonly types: readonly number[];
  init(options: HwQueueOptions): Routine<DriverHwQueue | Errno>;
}

/** A vIOMMU as a driver made it. */
export interface ViommuDriver {
  /** Types of events that it reports. */
  readonly eventTypes: readonly number[];
  readonly invalidation?: NestedInvalidation | undefined;
  /** Undefined: the driver has none. */
  readonly hwQueues?: HwQueues | undefined;
}

/** What a driver is asked for a vIOMMU with. */
export interface ViommuOptions {
  /** The parent of its nested domains. */
  readonly parent: DriverDomain;
  /** A device of the guest by its number there; undefined: there is none. */
  readonly find: (virtId: bigint) => IommuDevice | undefined;
}

/** A domain as a driver made it. */
export interface DriverDomain extends Domain {
  /** Set by iommufd before the first attach. */
  iopfHandler?: IopfHandler | undefined;
  /** Whose domain it is: domains of another driver fit no device. */
  readonly owner: object;
  readonly isNested: boolean;
  /** Devices cannot write around the caches of processors. Default false. */
  readonly enforcesCoherency?: boolean;
  /** Undefined for nested domains. */
  readonly paging?: PagingOperations | undefined;
  readonly invalidation?: NestedInvalidation | undefined;
  free(): Routine;
}

export interface DeviceCapabilities {
  readonly dirtyTracking: boolean;
  /** Bits of its PASIDs; 0: it has none. */
  readonly pasidWidth: number;
  /** Its driver can allocate domains with flags. */
  readonly domainFlags: boolean;
  /** Its ATS may be used. Default false. */
  readonly ats?: boolean;
  /** Its requests with PASID may ask for execute rights. Default false. */
  readonly pasidExecute?: boolean;
  /** Its requests with PASID may be privileged. Default false. */
  readonly pasidPrivileged?: boolean;
  /** A virtual function that shares the page request interface of its physical one. */
  readonly sharesPageRequests: boolean;
}

export interface PagingOptions {
  readonly nestParent: boolean;
  readonly dirtyTracking: boolean;
  readonly pasid: boolean;
  readonly data?: UserData | undefined;
}

export interface NestedOptions {
  readonly parent: DriverDomain;
  readonly pasid: boolean;
  /** The vIOMMU that it is made on, if any. */
  readonly viommu?: { knows(device: IommuDevice): boolean } | undefined;
  readonly data: UserData;
}

/** What a driver tells of its unit. */
export interface HwInfoData {
  readonly type: number;
  readonly data: Uint8Array;
}

/** What a driver's call on a device answers: 0, or the name of an error. */
export type DriverResult = 0 | ErrnoName;

/**
 * A device, through the driver of its unit (iommu_ops). PASID 0 stands for requests without. The handle is
 * stored in the attachments of the group when the driver is done, and erased after it.
 */
export interface IommuDevice {
  readonly name: string;
  readonly group: DeviceGroup;
  /** What faults of the device are reported to. */
  readonly iommu: IopfDevice;
  readonly capabilities: DeviceCapabilities;
  /** What is the same for all devices of the driver. */
  readonly driver: object;
  allocPaging(options: PagingOptions): Routine<DriverDomain | Errno>;
  /** Undefined: the driver has no nested domains. */
  allocNested?(options: NestedOptions): Routine<DriverDomain | Errno>;
  /** Addresses that its domains must not map while they have its requests without PASID. Default: none. */
  readonly reserved?: readonly IovaRange[];
  /** What the driver tells of the unit, by type (0: its own). EOPNOTSUPP. Undefined: nothing. */
  hwInfo?(type: number): HwInfoData | Errno;
  /** Types of vIOMMUs that the driver has. Default: none. */
  readonly viommuTypes?: readonly number[];
  /** For one of those types. */
  allocViommu?(type: number, options: ViommuOptions): Routine<ViommuDriver | Errno>;
  attach(handle: AttachHandle, pasid: number): Routine<DriverResult>;
  /** If it fails, what was attached still is. */
  replace(handle: AttachHandle, old: AttachHandle, pasid: number): Routine<DriverResult>;
  detach(pasid: number): Routine;
}

/** Whom DMA of a group belongs to, as the IOMMU core keeps it (owner and owner_cnt of iommu_group). */
export interface GroupOwnership {
  /** iommu_device_claim_dma_owner. EPERM: it belongs to others; EBUSY: the group is not in its default domain. */
  claimDevice(owner: { readonly name: string }): Routine<Errno | undefined>;
  release(): Routine;
  /** The owner attaches a domain for requests without PASID, or takes it off. */
  attach(domain: "user" | "blocking"): Routine;
  /** Domains at PASIDs: one more, or one less. */
  changePasids(by: 1 | -1): Routine;
}

/** Devices that no unit can tell apart: they share their attachments (iommu_group). */
export class DeviceGroup implements IommuGroup {
  readonly name: string;
  readonly attachments: AttachTable;
  /** All of them, whether or not somebody uses them. */
  readonly devices: IommuDevice[] = [];
  /** Undefined: nobody else wants the group. */
  readonly ownership: GroupOwnership | undefined;

  constructor(kernel: Kernel, name: string, ownership?: GroupOwnership) {
    this.name = name;
    this.ownership = ownership;
    this.attachments = new AttachTable(kernel, `${name}.pasid_array`);
  }

  /** The device is gone; nothing of the group is attached by it any more. */
  remove(device: IommuDevice): void {
    const at = this.devices.indexOf(device);
    if (at >= 0) this.devices.splice(at, 1);
  }
}
