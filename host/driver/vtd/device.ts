import type { Domain, IopfDevice, Result } from "../iopf/index.js";
import type { Refcount, Routine } from "../kernel/index.js";
import type { PasidOptions } from "../../tables/pasid-entry.js";
import type { PciFunction } from "./pci.js";
import type { VtdUnit } from "./unit.js";

/** A domain of a remapping unit: what a PASID table entry says. */
export interface VtdDomain extends Domain {
  readonly entry: PasidOptions;
  /** Told before it is attached; an error keeps it from being. */
  assign?(place: AttachedPlace): Routine<Result>;
  /** Told when it is attached there no more, and when attaching failed. */
  unassign?(place: AttachedPlace): Routine;
}

/** Where a domain is attached. */
export interface AttachedPlace {
  readonly unit: VtdUnit;
  readonly device: Device;
  /** 0 stands for requests without. */
  readonly pasid: number;
}

/** A domain attached to a PASID of a device; memory of the heap, freed by who detached it. */
export interface VtdHandle {
  readonly domain: VtdDomain;
}

/** What the driver knows of a device (device_domain_info); freed at release. */
export interface DeviceInfo {
  readonly atsSupported: boolean;
  readonly pasidSupported: boolean;
  readonly priSupported: boolean;
  atsEnabled: boolean;
  pasidEnabled: boolean;
  priEnabled: boolean;
  /** Faultable domains that are attached: the device is in the fault queue while there are any. */
  iopfRefcount: number;
  /** Domains by PASID; PASID 0 stands for requests without. */
  readonly domains: Map<number, VtdDomain>;
}

/** A device (struct device); freed with its last reference. */
export interface Device {
  readonly name: string;
  readonly sourceId: number;
  readonly refs: Refcount;
  /** Its configuration space, which does not die with what the kernel knows of it. */
  readonly slot: { readonly pci: PciFunction };
  /** What the core knows of it (dev_iommu); freed at release. */
  readonly iommu: IopfDevice;
  /** Freed at release. */
  readonly info: DeviceInfo;
}
