import { Errno } from "../../errno.js";
import { assertInvariant, type Kernel, type Routine } from "../../kernel/index.js";
import { putDevice } from "../registered-device.js";
import type { Credentials } from "../vfio.js";
import { assertLink, unuseContainer, useContainer } from "./container-use.js";
import type { Group, GroupFile72, VfioDevice } from "./group.js";
import type { IommufdContext } from "./iommufd-context.js";

/** An open device: through its group, or through a file of its own. */
export interface DeviceFile72 {
  readonly device: VfioDevice;
  /** Undefined: opened through /dev/vfio/devices/vfioN. */
  readonly group: Group | undefined;
  iommufd: IommufdContext | undefined;
  /** User space may use the device. */
  accessGranted: boolean;
  /** The device's number in the iommufd context. */
  devid: number | undefined;
}

export function makeFile(
  kernel: Kernel,
  device: VfioDevice,
  group: Group | undefined,
): Routine<DeviceFile72 | undefined> {
  return kernel.heap.allocate<DeviceFile72>("vfio_device_file", {
    device,
    group,
    iommufd: undefined,
    accessGranted: false,
    devid: undefined,
  });
}

/** GET_DEVICE_FD: with the group's lock, and the device's inside of it. */
export function* openThroughGroup(
  file: DeviceFile72,
  who: Credentials,
): Routine<Errno | undefined> {
  const { device } = file;
  const { group } = device;
  yield* device.setLock.lock();
  file.iommufd = group.iommufd;
  const error =
    (yield* noiommuRefusal(file, who)) ??
    (yield* open(file, () => useGroup(file, who))) ??
    (yield* attachCompat(file));
  if (error === undefined) file.accessGranted = true;
  yield* device.setLock.unlock();
  assertLink(group);
  return error;
}

/** For the cdev path, with the device's lock. */
export function openThroughCdev(file: DeviceFile72): Routine<Errno | undefined> {
  return open(file, () => bind(file));
}

/**
 * Closes a device that was opened. For who holds the device's lock, and the group's in the group path. Answers the group's
 * file if nothing of the device keeps it any more: the caller drops that reference without the locks.
 */
export function* closeFile(file: DeviceFile72): Routine<GroupFile72 | undefined> {
  const { device } = file;
  assertInvariant(device.openCount > 0, "E-open-count", "a device is closed that is not open");
  device.openCount -= 1;
  file.accessGranted = false;
  return device.openCount === 0 ? yield* undo(file) : undefined;
}

export function* freeFile(kernel: Kernel, file: DeviceFile72): Routine {
  const { device } = file;
  yield* kernel.heap.free(file);
  yield* putDevice(device);
}

function* open(
  file: DeviceFile72,
  first: () => Routine<Errno | undefined>,
): Routine<Errno | undefined> {
  const { device } = file;
  // The group path alone may open a device more than once.
  if (device.openCount > 0 && file.group === undefined) {
    return new Errno("EINVAL", "the device is bound through another file");
  }
  if (device.openCount === 0) {
    const error = yield* openFirst(file, first);
    if (error) return error;
  }
  device.openCount += 1;
  return undefined;
}

function* openFirst(
  file: DeviceFile72,
  first: () => Routine<Errno | undefined>,
): Routine<Errno | undefined> {
  const { hooks } = file.device;
  if (hooks.isUnloading === true) return new Errno("ENODEV", "the driver is being unloaded");
  const error = yield* first();
  if (error) return error;
  const late = hooks.openDevice && (yield* hooks.openDevice());
  if (late) {
    // Who opens the device has the group's file open: this is not its last reference.
    const pin = yield* undo(file);
    if (pin !== undefined) yield* pin.refs.put();
  }
  return late;
}

function* useGroup(file: DeviceFile72, who: Credentials): Routine<Errno | undefined> {
  const { device } = file;
  const { group } = device;
  const viaIommufd = file.iommufd !== undefined;
  const error = yield* viaIommufd ? bind(file) : useContainer(group, who);
  if (error) return error;
  const groupFile = yield* group.openedFile.load();
  yield* groupFile!.refs.get();
  device.pin = groupFile;
  return undefined;
}

/** What the first open did; answers the reference on the group's file that is left to drop. */
function* undo(file: DeviceFile72): Routine<GroupFile72 | undefined> {
  const { device } = file;
  const { pin } = device;
  if (file.iommufd !== undefined) yield* unbindIommufd(file);
  else unuseContainer(device.group);
  device.pin = undefined;
  return pin;
}

function* bind(file: DeviceFile72): Routine<Errno | undefined> {
  const { device, iommufd } = file;
  if (device.group.iommuGroup.noiommu) return undefined;
  const devid = yield* iommufd!.bind(device.device);
  if (devid instanceof Errno) return devid;
  file.devid = devid;
  device.iommufd = iommufd;
  return undefined;
}

function* unbindIommufd({ device }: DeviceFile72): Routine {
  const { iommufd } = device;
  if (iommufd === undefined) return;
  device.iommufd = undefined;
  yield* iommufd.unbind(device.device);
}

/** In the group path nobody says what a device is attached to: the first open attaches it to the context's own IOAS. */
function* attachCompat(file: DeviceFile72): Routine<Errno | undefined> {
  const { device, iommufd } = file;
  if (device.iommufd === undefined || device.openCount > 1) return undefined;
  const ioas = yield* iommufd!.compatIoas();
  const result =
    ioas === undefined
      ? new Errno("ENODEV", "the compatibility IOAS was destroyed")
      : yield* iommufd!.attach(device.device, ioas);
  if (!(result instanceof Errno)) return undefined;
  const pin = yield* closeFile(file);
  // Who opens the device has the group's file open: this is not its last reference.
  if (pin !== undefined) yield* pin.refs.put();
  return result;
}

/** Without an IOMMU an iommufd context is only a sign of trust, and must have no address space of its own. */
function* noiommuRefusal(file: DeviceFile72, who: Credentials): Routine<Errno | undefined> {
  const { device, iommufd } = file;
  const { iommuGroup } = device.group;
  if (!iommuGroup.noiommu || iommufd === undefined || device.openCount > 0) return undefined;
  if (who.rawIo && (yield* iommufd.compatIoas()) === undefined) return undefined;
  return new Errno("EPERM", "needs CAP_SYS_RAWIO, and no compatibility IOAS");
}
