/** Linux's iommufd: objects, domains, attachments, and page faults on their way through user space. */
export {
  AbstractDevice,
  AbstractUnit,
  type AbstractDeviceOptions,
  type AbstractUnitOptions,
} from "./abstract-device.js";
export {
  AbstractIotlb,
  AbstractTable,
  MOCK_DATA,
  MOCK_GEOMETRY,
  mockHwInfo,
  mockHwptData,
  mockInvalidateData,
  mockViommuInvalidateData,
  type AbstractDomain,
  type Geometry,
} from "./abstract-domain.js";
export { AbstractDeviceCache, AbstractViommu, type CachingDevice } from "./abstract-viommu.js";
export type { HwInfo, HwInfoOptions } from "./hw-info.js";
export type { HwQueueAllocOptions } from "./hw-queue.js";
export type { IoasCopyOptions } from "./ioas-copy.js";
export type { AllowIovasOptions, IovaRanges, IovaRangesOptions } from "./iova-ranges.js";
export type { IovaRange } from "./iova-space.js";
export type { IoasMapFileOptions } from "./map-file.js";
export type { OptionOptions } from "./option.js";
export { VFIO } from "./vfio-compat.js";
export type { VfioIoasOptions } from "./vfio-ioas.js";
export * as vfioUapi from "./vfio-uapi.js";
export type { GetDirtyBitmapOptions, SetDirtyTrackingOptions } from "./dirty.js";
export type { HwptInvalidateOptions, Invalidated } from "./invalidate.js";
export type { VeventqAllocOptions, VeventqIds } from "./veventq.js";
export type { VdeviceAllocOptions, ViommuAllocOptions } from "./viommu.js";
export { Cookies, type CookieKind, type CookieOptions } from "./cookies.js";
export type { TeardownStep } from "./context.js";
export type { BoundDevice } from "./device.js";
export type { FaultObject } from "./fault-object.js";
export {
  POLL,
  UserProcess,
  type FileOperations,
  type OpenFile,
  type ProcessOptions,
} from "./files.js";
export type { Hwpt, HwptAllocOptions, NestedHwpt, PagingHwpt } from "./hwpt.js";
export type { Ioas, IoasMapOptions, IoasUnmapOptions } from "./ioas.js";
export { commandOf, IOMMU } from "./ioctl.js";
export { Iommufd, type IommufdOptions } from "./iommufd.js";
export type { IommufdObject, ObjectType } from "./objects.js";
export {
  DeviceGroup,
  type DeviceCapabilities,
  type DriverDomain,
  type DriverHwQueue,
  type DriverResult,
  type HwInfoData,
  type HwQueueOptions,
  type HwQueues,
  type IommuDevice,
  type MapRights,
  type NestedInvalidation,
  type NestedOptions,
  type PagingOperations,
  type PagingOptions,
  type UserData,
  type ViommuDriver,
  type ViommuOptions,
} from "./port.js";
export { iommufdQuirksOf, type IommufdQuirks } from "./quirks.js";
export { Struct, type StructField, type StructValues } from "./struct.js";
export * as uapi from "./uapi.js";
export { UserBuffer, UserMemory, type UserMemoryOptions } from "./user-memory.js";
export {
  VtdDriver,
  VtdIommuDevice,
  type VtdDriverOptions,
  type VtdIommuDeviceOptions,
} from "./vtd-device.js";
export { VtdNestedDomain, VtdPagingDomain } from "./vtd-domain.js";
