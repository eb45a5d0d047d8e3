import type { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Container, IommuDriver } from "./container.js";
import type { HostDevice, HostDriver } from "./host-device.js";
import type { IommuGroup } from "./iommu-group.js";

/** Who makes a call. Default: everything is allowed. */
export interface Credentials {
  /** CAP_SYS_RAWIO, without which nobody uses devices that have no IOMMU. */
  readonly rawIo: boolean;
}

export const privileged: Credentials = { rawIo: true };

/** What GET_STATUS answers (flags of vfio_group_status). */
export interface GroupStatus {
  readonly viable: boolean;
  readonly containerSet: boolean;
}

/** The least size of struct vfio_group_status, in bytes. */
export const STATUS_SIZE = 8;

/**
 * VFIO as user space and drivers see it, by whichever kernel. A call answers its result, or why it refuses. Files are
 * objects; each is closed once.
 */
export interface Vfio<GroupFile, DeviceFile> {
  /** open("/dev/vfio/N") */
  openGroup(iommuGroup: IommuGroup, who?: Credentials): Routine<GroupFile | Errno>;
  closeGroup(file: GroupFile): Routine;
  /** open("/dev/vfio/vfio") */
  openContainer(name: string): Routine<Container | Errno>;
  closeContainer(container: Container): Routine;
  /** VFIO_SET_IOMMU */
  setIommu(container: Container, driver?: IommuDriver): Routine<Errno | undefined>;
  /** VFIO_GROUP_SET_CONTAINER; undefined is a number that is no open file. */
  setContainer(
    file: GroupFile,
    container: Container | undefined,
    who?: Credentials,
  ): Routine<Errno | undefined>;
  /** VFIO_GROUP_UNSET_CONTAINER */
  unsetContainer(file: GroupFile): Routine<Errno | undefined>;
  /** VFIO_GROUP_GET_STATUS; `argsz` in bytes. */
  status(file: GroupFile, argsz?: number): Routine<GroupStatus | Errno>;
  /** VFIO_GROUP_GET_DEVICE_FD */
  deviceFile(file: GroupFile, name: string, who?: Credentials): Routine<DeviceFile | Errno>;
  closeDevice(file: DeviceFile): Routine;
  /** A vfio driver has found a device that it wants users to have (vfio_register_group_dev). */
  register(device: HostDevice, hooks?: DriverHooks): Routine<Errno | undefined>;
  /** It is about to leave it: waits until the last user is gone (vfio_unregister_group_dev). */
  unregister(device: HostDevice): Routine;
}

/** What a vfio driver is asked. */
export interface DriverHooks {
  /** Its module is about to be unloaded. */
  readonly isUnloading?: boolean;
  /** It can attach page tables to PASIDs of the device (7.2). Default false. */
  readonly takesPasids?: boolean;
  /** Opens a device for its first user. */
  readonly openDevice?: () => Routine<Errno | undefined>;
  /** The device is wanted back: once in each round of ten seconds that unregistration waits, counted from 0. */
  readonly request?: (round: number) => Routine;
}

/** A driver such as vfio-pci, which hands its devices to users. */
export function vfioDriver(
  vfio: Pick<Vfio<unknown, unknown>, "register" | "unregister">,
  hooks: DriverHooks & {
    /** What comes after registration in its probe; if it fails, the device is unregistered again. */
    readonly afterRegister?: () => Routine<Errno | undefined>;
  } = {},
): HostDriver {
  return {
    name: "vfio-pci",
    managesDma: true,
    *probe(device) {
      const error = yield* vfio.register(device, hooks);
      if (error || !hooks.afterRegister) return error;
      const late = yield* hooks.afterRegister();
      if (late) yield* vfio.unregister(device);
      return late;
    },
    remove: (device) => vfio.unregister(device),
  };
}
