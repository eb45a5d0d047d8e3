import type { Scenario } from "../explore/index.js";
import type { Kernel } from "../kernel/index.js";
import {
  IommuGroup,
  pciStub,
  Vfio2021,
  Vfio72,
  vfioDriver,
  type NotifierName,
  type Vfio,
} from "../vfio/index.js";

const variants = {
  "inline-put": {
    expected: "unsound",
    about: "the notifier takes a reference and drops it: the last one waits for the notifier",
  },
  "deferred-put": {
    expected: "unsound",
    about: "a work item drops it (before the patch): without memory for one, nobody does",
  },
  "free-first": {
    expected: "unsound",
    about: "no reference, but the unbound list is freed ahead of unregistration",
  },
  "no-ref": { expected: "sound", about: "no reference (the patch)" },
  "dma-ownership": { expected: "sound", about: "no notifier: drivers ask who owns DMA (7.2)" },
} as const;

/**
 * A vfio driver registers its device and unregisters it, so that a VFIO group is made and ends, while a sibling of the
 * device loses its driver.
 */
export const vfioNotifier: Scenario = {
  name: "vfio-notifier",
  about: "the notifier of an IOMMU group against creation and release of its VFIO group",
  variants,
  setup(kernel: Kernel, variant: string) {
    // The kernel warns of an entry that cannot be allocated, and goes on to what is worse.
    kernel.panicOnWarning = false;
    if (variant === "dma-ownership") {
      const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
      start(kernel, iommuGroup, new Vfio72(kernel));
    } else {
      const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "notifier" });
      start(kernel, iommuGroup, new Vfio2021(kernel, { notifier: variant as NotifierName }));
    }
  },
};

function start<G, D>(kernel: Kernel, iommuGroup: IommuGroup, vfio: Vfio<G, D>): void {
  const device = iommuGroup.make({ name: "00:02.0", driver: vfioDriver(vfio) });
  const sibling = iommuGroup.make({ name: "00:02.1", driver: pciStub });
  kernel.spawn("vfio", function* () {
    if (yield* vfio.register(device)) return;
    yield* vfio.unregister(device);
  });
  kernel.spawn("sibling", () => sibling.unbind());
}
