import type { Errno } from "../../errno.js";
import type { Routine } from "../../kernel/index.js";
import type { DmaOwner } from "../dma-ownership.js";
import type { HostDevice } from "../host-device.js";

/**
 * What VFIO wants of an iommufd context, for devices that do DMA themselves (the bind_iommufd, attach_ioas and like
 * operations of vfio drivers). Calls for a device come with the lock of its set held.
 */
export interface IommufdContext extends DmaOwner {
  /** Keeps the context open, while VFIO has to do with it. */
  get(): Routine;
  put(): Routine;
  /** Claims DMA of the device's group; answers the device's number. */
  bind(device: HostDevice): Routine<number | Errno>;
  /** Detaches what is attached, and gives DMA back. */
  unbind(device: HostDevice): Routine;
  /** For groups whose container it is: an address space, unless there is one. */
  createCompatIoas(): Routine<Errno | undefined>;
  /** Its number; undefined: there is none. */
  compatIoas(): Routine<number | undefined>;
  /** There will be none: it is for groups without IOMMU. */
  setNoIommu(): Routine<Errno | undefined>;
  /** Attaches what has the number `pt`, in the place of what is attached; without `pasid`, for requests without one. */
  attach(device: HostDevice, pt: number, pasid?: number): Routine<number | Errno>;
  detach(device: HostDevice, pasid?: number): Routine;
}
