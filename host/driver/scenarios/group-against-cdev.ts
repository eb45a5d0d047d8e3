import { Errno } from "../errno.js";
import type { Scenario } from "../explore/index.js";
import type { Kernel } from "../kernel/index.js";
import { IommuGroup, PlainIommufd, Vfio72, vfioDriver, type ExclusionName } from "../vfio/index.js";

/** One user opens the group of a device, another binds the device through its own file, and the host wants it back. */
export const groupAgainstCdev: Scenario = {
  name: "group-against-cdev",
  about: "a VFIO group is opened while a device of it is bound through its own file",
  variants: {
    locked: { expected: "sound", about: "looked at and noted with the group's lock (7.2)" },
    unlocked: { expected: "unsound", about: "looked at, and then noted, without it" },
  },
  setup(kernel: Kernel, variant: string) {
    const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
    const vfio = new Vfio72(kernel, { exclusion: variant as ExclusionName });
    const iommufd = new PlainIommufd(kernel);
    const device = iommuGroup.make({ name: "00:02.0" });
    kernel.spawn("host", function* () {
      if (yield* device.bind(vfioDriver(vfio))) return;
      kernel.spawn("group user", function* () {
        const file = yield* vfio.openGroup(iommuGroup);
        if (!(file instanceof Errno)) yield* vfio.closeGroup(file);
      });
      kernel.spawn("cdev user", function* () {
        const file = yield* vfio.cdev.open(device);
        if (file instanceof Errno) return;
        yield* vfio.bindIommufd(file, { iommufd });
        yield* vfio.closeDevice(file);
      });
      yield* device.unbind();
    });
  },
};
