import { Errno } from "../errno.js";
import type { Scenario } from "../explore/index.js";
import {
  AbstractDevice,
  AbstractUnit,
  Iommufd,
  uapi,
  type AbstractDeviceOptions,
} from "../iommufd/index.js";
import { Iopf } from "../iopf/index.js";
import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
import {
  IommuGroup,
  PhysicalIommufd,
  UnplugRequest,
  Vfio72,
  vfioDriver,
  type HostDevice,
} from "../vfio/index.js";

const NAME = "00:02.0";
const PAGE = { grpid: 1, last: true, address: 0x100_0000n, read: true, write: true } as const;

interface Rules {
  /** The user's way to the device. */
  readonly path: "cdev" | "group";
  /** The user has set an eventfd for the unplug request. */
  readonly hears: boolean;
  /** Unregistration waits for users. */
  readonly waits: boolean;
  readonly device?: AbstractDeviceOptions;
}

const rules: Readonly<Record<string, Rules>> = {
  cdev: { path: "cdev", hears: true, waits: true },
  group: { path: "group", hears: true, waits: true },
  unheard: { path: "cdev", hears: false, waits: true },
  "no-wait": { path: "cdev", hears: true, waits: false },
  "no-drain": { path: "cdev", hears: true, waits: true, device: { drains: false } },
};

/** The host wants a device back that a user drives through VFIO and iommufd, while the device asks for a page. */
export const vfioUnplug: Scenario = {
  name: "vfio-unplug",
  about: "a device is unplugged whose page faults a user handles through VFIO and iommufd",
  variants: {
    cdev: { expected: "sound", about: "its own file; the user hears of it and closes (7.2)" },
    group: { expected: "sound", about: "the group's file, an iommufd in the container's place" },
    unheard: { expected: "unsound", about: "the user has set no eventfd: the host waits for ever" },
    "no-wait": { expected: "unsound", about: "the driver leaves without waiting for the user" },
    "no-drain": {
      expected: "unsound",
      about: "detaching does not wait for a report that is under way",
    },
  },
  setup(kernel: Kernel, variant: string) {
    const { path, hears, waits, device: deviceOptions } = rules[variant]!;
    const iopf = new Iopf(kernel);
    const group = new IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
    const iommu = new AbstractDevice(new AbstractUnit(kernel, iopf), {
      ...{ ...deviceOptions, name: NAME, group: group.deviceGroup },
    });
    const device = group.make({ name: NAME, iommu });
    const vfio = new Vfio72(kernel, { waits });
    const iommufd = new Iommufd(kernel, { iopf });
    const request = new UnplugRequest(kernel);
    if (hears) request.setEventfd();
    const user = { vfio, iommufd, context: new PhysicalIommufd(iommufd), device };
    kernel.atEnd(() => {
      assertUnowned(group);
    });
    kernel.spawn("host", function* () {
      if (yield* device.bind(vfioDriver(vfio, { request: request.request }))) return;
      const close = yield* path === "cdev" ? openCdev(user) : openGroup(user);
      if (close !== undefined) {
        if (path === "cdev") kernel.spawn("device", () => iommu.request(PAGE));
        if (hears) {
          kernel.spawn("user", function* () {
            yield* request.wait();
            yield* close();
          });
        }
      }
      yield* device.unplug();
    });
  },
};

interface User {
  readonly vfio: Vfio72;
  readonly iommufd: Iommufd;
  readonly context: PhysicalIommufd;
  readonly device: HostDevice;
}

/** Opens the device's own file, and attaches a domain whose faults nobody reads; answers how to close everything. */
function* openCdev(user: User): Routine<(() => Routine) | undefined> {
  const { vfio, iommufd, context, device } = user;
  const file = yield* vfio.cdev.open(device);
  if (file instanceof Errno) return undefined;
  const dev_id = yield* vfio.bindIommufd(file, { iommufd: context });
  const close = function* (): Routine {
    yield* vfio.closeDevice(file);
    yield* destroyAll(iommufd);
  };
  const hwpt = dev_id instanceof Errno ? dev_id : yield* makeFaultable(iommufd, dev_id);
  if (
    !(hwpt instanceof Errno) &&
    typeof (yield* vfio.cdev.attach(file, { pt: hwpt })) === "number"
  ) {
    return close;
  }
  yield* close();
  return undefined;
}

function* makeFaultable(iommufd: Iommufd, dev_id: number): Routine<number | Errno> {
  const ioas = yield* iommufd.ioasAlloc();
  if (ioas instanceof Errno) return ioas;
  const queue = yield* iommufd.faultQueueAlloc();
  if (queue instanceof Errno) return queue;
  const made = yield* iommufd.hwptAlloc({
    ...{ dev_id, pt_id: ioas.out_ioas_id, fault_id: queue.out_fault_id },
    flags: uapi.HWPT_ALLOC.FAULT_ID_VALID,
  });
  return made instanceof Errno ? made : made.out_hwpt_id;
}

/** Opens the device through its group, with the context as container. */
function* openGroup(user: User): Routine<(() => Routine) | undefined> {
  const { vfio, iommufd, context, device } = user;
  const group = yield* vfio.openGroup(device.group);
  if (group instanceof Errno) return undefined;
  const set = yield* vfio.setContainer(group, context);
  const file = set ?? (yield* vfio.deviceFile(group, device.name));
  const close = function* (): Routine {
    if (!(file instanceof Errno)) yield* vfio.closeDevice(file);
    yield* vfio.closeGroup(group);
    yield* destroyAll(iommufd);
  };
  if (!(file instanceof Errno)) return close;
  yield* close();
  return undefined;
}

/** Closes the files of iommufd, and destroys its objects. */
function* destroyAll(iommufd: Iommufd): Routine {
  const { process } = iommufd;
  for (const fd of process.openDescriptors) yield* process.close(fd);
  for (let left = Infinity; iommufd.objects.length < left;) {
    left = iommufd.objects.length;
    for (const { id } of iommufd.objects) yield* iommufd.destroy({ id });
  }
}

/** E-owner, at the end: nobody owns DMA of the group. */
function assertUnowned({ ownership }: IommuGroup): void {
  const { count, domain } = ownership.state;
  assertInvariant(
    count === 0 && domain === "default",
    "E-owner",
    () => `DMA of the group has ${count} owners, and its domain is "${domain}"`,
  );
}
