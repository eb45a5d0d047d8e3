import type { Domain, IopfDevice } from "../iopf/index.js";
import type { Refcount } from "../kernel/index.js";
import type { PasidOptions } from "../../tables/pasid-entry.js";
import type { PciFunction } from "./pci.js";

/** A domain of a remapping unit: what a PASID table entry says. */
export interface VtdDomain extends Domain {
  readonly entry: PasidOptions;
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
