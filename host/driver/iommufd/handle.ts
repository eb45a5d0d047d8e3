import type { AttachHandle } from "../iopf/index.js";
import type { BoundDevice } from "./device.js";
import type { DriverDomain } from "./port.js";

/** What faults find at a PASID of a group (iommufd_attach_handle); freed after detach and the answers. */
export interface IommufdHandle extends AttachHandle {
  readonly domain: DriverDomain;
  /** The device of the group that was attached first. */
  readonly idev: BoundDevice;
}

export function isIommufdHandle(handle: AttachHandle): handle is IommufdHandle {
  return "idev" in handle;
}
