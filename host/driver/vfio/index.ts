/** Linux's VFIO as a model: groups, containers, devices, of autumn 2021 and of version 7.2. */
export { openContainer, type1, type Container, type IommuDriver } from "./container.js";
export { DmaOwnership, type DmaOwner, type GroupDomain } from "./dma-ownership.js";
export { HostDevice, pciStub, type HostDeviceOptions, type HostDriver } from "./host-device.js";
export { IommuGroup, type GroupGuard, type IommuGroupOptions } from "./iommu-group.js";
export { NotifierChain, type GroupAction, type NotifierBlock } from "./notifier-chain.js";
export { UnplugRequest } from "./unplug-request.js";
export { UnregisterClock } from "./unregister-clock.js";
export {
  privileged,
  STATUS_SIZE,
  vfioDriver,
  type Credentials,
  type DriverHooks,
  type GroupStatus,
  type Vfio,
} from "./vfio.js";
export type { LinkName } from "./2021/container-link.js";
export type { Group as Group2021 } from "./2021/group.js";
export type { NotifierName } from "./2021/notifier-policy.js";
export {
  Vfio2021,
  type DeviceFile2021,
  type GroupFile2021,
  type Vfio2021Options,
} from "./2021/vfio-2021.js";
export { ATTACH_PASID, ATTACH_SIZE, BIND_SIZE, BIND_TOKEN, DETACH_SIZE } from "./7.2/cdev.js";
export type { AttachRequest, BindRequest, Cdev } from "./7.2/cdev.js";
export type { DeviceFile72 } from "./7.2/device-file.js";
export type { ExclusionName } from "./7.2/group-exclusion.js";
export type { Group as Group72, GroupFile72 } from "./7.2/group.js";
export type { IommufdContext } from "./7.2/iommufd-context.js";
export { PhysicalIommufd } from "./7.2/physical-iommufd.js";
export { PlainIommufd, type PlainIommufdOptions } from "./7.2/plain-iommufd.js";
export { Vfio72, type ContainerFile, type Vfio72Options } from "./7.2/vfio-72.js";
