import { Errno } from "../errno.js";
import type { Scenario } from "../explore/index.js";
import type { Kernel, Routine } from "../kernel/index.js";
import {
  IommuGroup,
  Vfio2021,
  Vfio72,
  vfioDriver,
  type HostDriver,
  type Vfio,
} from "../vfio/index.js";

const variants = {
  notifier: { expected: "unsound", about: "the host stops if a user has the group (2021)" },
  "dma-ownership": { expected: "sound", about: "the driver is refused, or the user is (5.19)" },
  "failed-probe": {
    expected: "unsound",
    about:
      "2021, after the probe of a vfio driver failed when it had registered its device: the unbound list keeps it",
  },
} as const;

const DEVICE = "00:02.0";
/** A driver of the kernel's own, which does DMA by the kernel's mappings. */
const nic: HostDriver = { name: "nic" };

/** A user takes a group, while the host binds a driver of its own to another device of it. */
export const siblingBind: Scenario = {
  name: "sibling-bind",
  about: "a driver of the kernel's own is bound to a sibling of a user's device",
  variants,
  setup(kernel: Kernel, variant: string) {
    kernel.panicOnWarning = false;
    if (variant === "dma-ownership") {
      const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
      start(kernel, iommuGroup, new Vfio72(kernel), false);
    } else {
      const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "notifier" });
      start(kernel, iommuGroup, new Vfio2021(kernel), variant === "failed-probe");
    }
  },
};

function start<G, D>(
  kernel: Kernel,
  iommuGroup: IommuGroup,
  vfio: Vfio<G, D>,
  probeFails: boolean,
): void {
  const device = iommuGroup.make({ name: DEVICE });
  const sibling = iommuGroup.make({ name: "00:02.1" });
  kernel.spawn("user", function* () {
    if (yield* device.bind(vfioDriver(vfio))) return;
    if (probeFails) yield* sibling.bind(failingDriver(vfio));
    kernel.spawn("host", function* () {
      if (yield* sibling.bind(nic)) return;
      if (!probeFails) yield* sibling.unbind();
    });
    yield* useDevice(vfio, iommuGroup);
    yield* device.unbind();
  });
}

function failingDriver<G, D>(vfio: Vfio<G, D>): HostDriver {
  return vfioDriver(vfio, {
    // eslint-disable-next-line require-yield -- it fails at once
    *afterRegister() {
      return new Errno("EIO", "the device does not answer");
    },
  });
}

/** A user opens the device, and closes everything. */
function* useDevice<G, D>(vfio: Vfio<G, D>, iommuGroup: IommuGroup): Routine {
  const group = yield* vfio.openGroup(iommuGroup);
  if (group instanceof Errno) return;
  const container = yield* vfio.openContainer("container");
  if (!(container instanceof Errno)) {
    yield* vfio.setContainer(group, container);
    yield* vfio.setIommu(container);
    const file = yield* vfio.deviceFile(group, DEVICE);
    if (!(file instanceof Errno)) yield* vfio.closeDevice(file);
    yield* vfio.closeContainer(container);
  }
  yield* vfio.closeGroup(group);
}
