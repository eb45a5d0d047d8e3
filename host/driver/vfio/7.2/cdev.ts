import { Errno } from "../../errno.js";
import { Mutex, type Kernel, type Routine } from "../../kernel/index.js";
import type { HostDevice } from "../host-device.js";
import { putDevice } from "../registered-device.js";
import {
  closeFile,
  freeFile,
  makeFile,
  openThroughCdev,
  type DeviceFile72,
} from "./device-file.js";
import type { GroupExclusion } from "./group-exclusion.js";
import { putMemory, type VfioDevice } from "./group.js";
import type { IommufdContext } from "./iommufd-context.js";

/** struct vfio_device_bind_iommufd, as far as it is looked at. */
export interface BindRequest {
  /** Bytes. Default: enough. */
  readonly argsz?: number;
  /** Default 0: none is known but that of the token. */
  readonly flags?: number;
  /** Undefined: a negative number, or one that is no iommufd. */
  readonly iommufd: IommufdContext | undefined;
  /** Why the driver refuses the token that was given. */
  readonly tokenError?: Errno;
  /** User space cannot be written to. Default false. */
  readonly copyOutFails?: boolean;
}

/** struct vfio_device_attach_iommufd_pt and its like. */
export interface AttachRequest {
  /** Bytes. Default: enough. */
  readonly argsz?: number;
  /** Default: `ATTACH_PASID` if there is a PASID. */
  readonly flags?: number;
  /** An IOAS or a HWPT of the iommufd context, by its number. */
  readonly pt: number;
  readonly pasid?: number;
  /** User space cannot be written to. Default false. */
  readonly copyOutFails?: boolean;
}

export const BIND_SIZE = 16;
export const BIND_TOKEN = 1;
/** Up to `pt_id`; behind it there may be a PASID. */
export const ATTACH_SIZE = 12;
/** Up to `flags`; likewise. */
export const DETACH_SIZE = 8;
export const ATTACH_PASID = 1;
const PASID_SIZE = 4;

/** A device's own file, /dev/vfio/devices/vfioN. */
export class Cdev {
  readonly #kernel: Kernel;
  readonly #exclusion: GroupExclusion;
  readonly #lock: Mutex;
  /** Devices whose file is there; guarded by the lock. */
  #present: readonly VfioDevice[] = [];

  constructor(kernel: Kernel, exclusion: GroupExclusion) {
    this.#kernel = kernel;
    this.#exclusion = exclusion;
    this.#lock = new Mutex(kernel, "cdev_lock");
  }

  *add(device: VfioDevice): Routine {
    yield* this.#lock.lock();
    this.#present = [...this.#present, device];
    yield* this.#lock.unlock();
  }

  *remove(device: VfioDevice): Routine {
    yield* this.#lock.lock();
    this.#present = this.#present.filter((other) => other !== device);
    yield* this.#lock.unlock();
  }

  /** Without a bound context the file gives no access. */
  *open(host: HostDevice): Routine<DeviceFile72 | Errno> {
    const device = yield* this.#get(host);
    if (device === undefined) return new Errno("ENODEV", `${host.name} is not registered any more`);
    if (!(yield* device.refs.getUnlessZero())) {
      yield* putMemory(this.#kernel, device);
      return new Errno("ENODEV", `${host.name} is being unregistered`);
    }
    const file = yield* makeFile(this.#kernel, device, undefined);
    if (file !== undefined) return file;
    yield* putDevice(device);
    yield* putMemory(this.#kernel, device);
    return new Errno("ENOMEM", "no memory");
  }

  *bind(file: DeviceFile72, request: BindRequest): Routine<number | Errno> {
    const { argsz = BIND_SIZE, flags = 0, iommufd } = request;
    if (argsz < BIND_SIZE) return new Errno("EINVAL", `argsz is ${argsz}`);
    if ((flags & ~BIND_TOKEN) !== 0) return new Errno("EINVAL", `flags are ${flags}`);
    if (iommufd === undefined) return new Errno("EINVAL", "no iommufd");
    if (file.group !== undefined) return new Errno("EINVAL", "the file is one of the group path");
    const { device } = file;
    const blocked = yield* this.#exclusion.blockGroup(device.group);
    if (blocked) return blocked;
    yield* device.setLock.lock();
    const error = yield* this.#bindLocked(file, iommufd, request);
    yield* device.setLock.unlock();
    if (error === undefined) return file.devid!;
    yield* this.#exclusion.unblockGroup(device.group);
    return error;
  }

  /** VFIO_DEVICE_ATTACH_IOMMUFD_PT: answers what it is attached to, which for an IOAS is a HWPT. */
  *attach(file: DeviceFile72, request: AttachRequest): Routine<number | Errno> {
    const refused = checkAttach(file, request, ATTACH_SIZE);
    if (refused) return refused;
    const { device } = file;
    const iommufd = file.iommufd!;
    yield* device.setLock.lock();
    let result = yield* iommufd.attach(device.device, request.pt, pasidOf(request));
    if (!(result instanceof Errno) && request.copyOutFails === true) {
      // Quirk Q13: what is detached is the device without PASID, whatever was attached.
      yield* iommufd.detach(device.device);
      result = unwritable();
    }
    yield* device.setLock.unlock();
    return result;
  }

  /** VFIO_DEVICE_DETACH_IOMMUFD_PT */
  *detach(
    file: DeviceFile72,
    request: Pick<AttachRequest, "argsz" | "flags" | "pasid"> = {},
  ): Routine<Errno | undefined> {
    const refused = checkAttach(file, request, DETACH_SIZE);
    if (refused) return refused;
    const { device } = file;
    yield* device.setLock.lock();
    yield* file.iommufd!.detach(device.device, pasidOf(request));
    yield* device.setLock.unlock();
    return undefined;
  }

  *close(file: DeviceFile72): Routine {
    const { device } = file;
    if (file.accessGranted) {
      yield* device.setLock.lock();
      yield* closeFile(file);
      yield* file.iommufd!.put();
      file.iommufd = undefined;
      device.cdevOpened = false;
      yield* device.setLock.unlock();
      yield* this.#exclusion.unblockGroup(device.group);
    }
    yield* freeFile(this.#kernel, file);
    yield* putMemory(this.#kernel, device);
  }

  /** Whoever finds the file keeps the memory of its device, though perhaps not its registration. */
  *#get(host: HostDevice): Routine<VfioDevice | undefined> {
    yield* this.#lock.lock();
    const device = this.#present.find((each) => each.device === host);
    if (device !== undefined) yield* device.memory.get();
    yield* this.#lock.unlock();
    return device;
  }

  *#bindLocked(
    file: DeviceFile72,
    iommufd: IommufdContext,
    { tokenError, copyOutFails = false }: BindRequest,
  ): Routine<Errno | undefined> {
    if (file.accessGranted) return new Errno("EINVAL", "the file is bound");
    if (tokenError) return tokenError;
    yield* iommufd.get();
    file.iommufd = iommufd;
    let error = yield* openThroughCdev(file);
    if (error === undefined && copyOutFails) {
      yield* closeFile(file);
      error = unwritable();
    }
    if (error) {
      file.iommufd = undefined;
      yield* iommufd.put();
      return error;
    }
    file.device.cdevOpened = true;
    file.accessGranted = true;
    return undefined;
  }
}

type AttachFields = Pick<AttachRequest, "argsz" | "flags" | "pasid">;

function checkAttach(file: DeviceFile72, request: AttachFields, size: number): Errno | undefined {
  const flags = flagsOf(request);
  const withPasid = (flags & ATTACH_PASID) !== 0;
  const { argsz = size + PASID_SIZE } = request;
  if (!file.accessGranted) return new Errno("EINVAL", "the file is not bound to an iommufd");
  if (file.group !== undefined) return new Errno("ENOTTY", "the file is one of the group path");
  if (argsz < size) return new Errno("EINVAL", `argsz is ${argsz}: expected ${size} or more`);
  if ((flags & ~ATTACH_PASID) !== 0) return new Errno("EINVAL", `flags are ${flags}`);
  if (withPasid && file.device.hooks.takesPasids !== true) {
    return new Errno("EOPNOTSUPP", "the driver attaches nothing to PASIDs");
  }
  if (withPasid && argsz < size + PASID_SIZE) {
    return new Errno("EINVAL", `argsz is ${argsz}: there is no PASID`);
  }
  return undefined;
}

function flagsOf({ flags, pasid }: AttachFields): number {
  return flags ?? (pasid === undefined ? 0 : ATTACH_PASID);
}

/** What is behind the flags is looked at only if they say so. */
function pasidOf(request: AttachFields): number | undefined {
  return (flagsOf(request) & ATTACH_PASID) === 0 ? undefined : (request.pasid ?? 0);
}

function unwritable(): Errno {
  return new Errno("EFAULT", "the answer cannot be written to user space");
}
