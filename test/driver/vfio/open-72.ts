import { vfio } from "viommu/driver";
import type { machine72 } from "./machine.js";

type It = ReturnType<typeof machine72>;

export function openGroup(it: It): vfio.GroupFile72 {
  return it.machine.ok(it.model.openGroup(it.group));
}

export function context(it: It, options: vfio.PlainIommufdOptions = {}): vfio.PlainIommufd {
  return new vfio.PlainIommufd(it.kernel, options);
}

/** The device's own file, bound to a context. */
export function bound(it: It, iommufd = context(it)) {
  const file = it.machine.ok(it.model.cdev.open(it.device));
  const devid = it.machine.ok(it.model.bindIommufd(file, { iommufd }));
  return { file, iommufd, devid };
}
