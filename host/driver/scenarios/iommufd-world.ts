import { Errno } from "../errno.js";
import {
  AbstractDevice,
  AbstractUnit,
  Iommufd,
  uapi,
  UserProcess,
  type AbstractDeviceOptions,
  type BoundDevice,
  type IommufdOptions,
  type ProcessOptions,
} from "../iommufd/index.js";
import { Iopf, type Fault, type IopfOptions } from "../iopf/index.js";
import type { Kernel, Routine } from "../kernel/index.js";

export interface IommufdWorldOptions extends Pick<
  IommufdOptions,
  "behaviour" | "cookies" | "without"
> {
  readonly process?: ProcessOptions;
  readonly iopf?: IopfOptions;
  readonly device?: AbstractDeviceOptions;
}

/** A device whose page requests go to a process through a fault object. */
export interface AttachedQueue {
  readonly idev: BoundDevice;
  readonly ioas: number;
  readonly hwpt: number;
  /** The fault object, and its file. */
  readonly fault: number;
  readonly fd: number;
}

/** A second device whose page requests go through the same file. */
export interface JoinedDevice {
  readonly device: AbstractDevice;
  readonly idev: BoundDevice;
}

const MESSAGE = uapi.hwptPgfault.bytes;

/** One run: an open /dev/iommu over a unit without hardware, with one device. */
export class IommufdWorld {
  readonly kernel: Kernel;
  readonly process: UserProcess;
  readonly iommufd: Iommufd;
  readonly device: AbstractDevice;
  readonly #deviceOptions: AbstractDeviceOptions | undefined;

  constructor(kernel: Kernel, options: IommufdWorldOptions = {}) {
    const { behaviour, cookies, without } = options;
    const iopf = new Iopf(kernel, { ...(behaviour && { behaviour }), ...options.iopf });
    this.kernel = kernel;
    this.process = new UserProcess(kernel, options.process);
    this.iommufd = new Iommufd(kernel, {
      ...{ iopf, process: this.process },
      ...(behaviour && { behaviour }),
      ...(cookies && { cookies }),
      ...(without && { without }),
    });
    this.device = new AbstractDevice(new AbstractUnit(kernel, iopf), options.device);
    this.#deviceOptions = options.device;
  }

  /** One more device, in a group of its own, with a HWPT for the same faults; undefined if there is no memory. */
  *join(queue: AttachedQueue, pasid: number): Routine<JoinedDevice | undefined> {
    const { iommufd } = this;
    const device = new AbstractDevice(this.device.driver, {
      ...this.#deviceOptions,
      name: "mock1",
    });
    const idev = yield* iommufd.bind(device);
    if (idev instanceof Errno) return undefined;
    const hwpt = yield* this.makeHwpt({ ...queue, idev });
    const attached = hwpt === undefined ? hwpt : yield* iommufd.attach(idev, hwpt, pasid);
    if (typeof attached === "number") return { device, idev };
    yield* iommufd.unbind(idev);
    return undefined;
  }

  *leave({ idev }: JoinedDevice, pasid: number): Routine {
    yield* this.iommufd.detach(idev, pasid);
    yield* this.iommufd.unbind(idev);
  }

  /** Binds the device and attaches a domain with faults at PASIDs; undefined if something cannot be allocated. */
  *attach(...pasids: number[]): Routine<AttachedQueue | undefined> {
    const { iommufd } = this;
    const idev = yield* iommufd.bind(this.device);
    if (idev instanceof Errno) return undefined;
    const made = yield* this.#makeQueue(idev);
    if (made === undefined) {
      yield* this.#clear(idev);
      return undefined;
    }
    for (const pasid of pasids) {
      if ((yield* iommufd.attach(idev, made.hwpt, pasid)) instanceof Errno) {
        yield* this.tearDown(made, ...pasids);
        return undefined;
      }
    }
    return made;
  }

  *#makeQueue(idev: BoundDevice): Routine<AttachedQueue | undefined> {
    const { iommufd } = this;
    const ioas = yield* iommufd.ioasAlloc();
    if (ioas instanceof Errno) return undefined;
    const queue = yield* iommufd.faultQueueAlloc();
    if (queue instanceof Errno) return undefined;
    const { out_fault_id: fault, out_fault_fd: fd } = queue;
    const pt_id = ioas.out_ioas_id;
    const hwpt = yield* this.makeHwpt({ idev, ioas: pt_id, fault });
    return hwpt === undefined ? undefined : { idev, ioas: pt_id, hwpt, fault, fd };
  }

  /** One more HWPT for the same faults; undefined if there is no memory. */
  *makeHwpt(of: Pick<AttachedQueue, "idev" | "ioas" | "fault">): Routine<number | undefined> {
    const { FAULT_ID_VALID, PASID } = uapi.HWPT_ALLOC;
    const made = yield* this.iommufd.hwptAlloc({
      ...{ dev_id: of.idev.id, pt_id: of.ioas, fault_id: of.fault },
      flags: FAULT_ID_VALID | PASID,
    });
    return made instanceof Errno ? undefined : made.out_hwpt_id;
  }

  /** Detaches, closes, destroys and unbinds, in the order that the references ask for. */
  *tearDown({ idev }: AttachedQueue, ...pasids: number[]): Routine {
    for (const pasid of pasids) yield* this.iommufd.detach(idev, pasid);
    yield* this.#clear(idev);
  }

  /** Closes every file, and destroys what is left. */
  *#clear(idev: BoundDevice): Routine {
    const { iommufd, process } = this;
    for (const fd of process.openDescriptors) yield* process.close(fd);
    yield* iommufd.unbind(idev);
    for (;;) {
      const left = iommufd.objects.length;
      for (const { id } of iommufd.objects) yield* iommufd.destroy({ id });
      if (iommufd.objects.length === left || left === 0) return;
    }
  }

  /** A page request of the device, or of one that has joined it. */
  request(fault: Pick<Fault, "grpid"> & Partial<Fault>, device = this.device): Routine {
    return (function* () {
      const page = { last: true, address: 0x1000n, read: true, write: false };
      yield* device.request({ ...page, ...fault });
    })();
  }

  /** Reads up to so many messages into memory of their own; none where there are none, and after an error. */
  *read(fd: number, most = 1): Routine<uapi.HwptPgfault[]> {
    const buffer = this.process.memory.map(most * MESSAGE);
    const result = yield* this.process.read(fd, buffer.address, buffer.length);
    const count = result instanceof Errno ? 0 : result / MESSAGE;
    return Array.from({ length: count }, (_, n) =>
      uapi.hwptPgfault.decode(buffer.bytes.subarray(n * MESSAGE, (n + 1) * MESSAGE)),
    );
  }

  /** Answers a message; true if iommufd took the answer. */
  *answer(fd: number, cookie: number, code: 0 | 1): Routine<boolean> {
    const bytes = uapi.hwptPageResponse.encode({ cookie, code });
    const { address } = this.process.memory.map(bytes);
    return (yield* this.process.write(fd, address, bytes.length)) === bytes.length;
  }
}
