// #region user
import { Errno, Kernel, vfio } from "viommu/driver";

const kernel = new Kernel();
const model = new vfio.Vfio72(kernel);
const group = new vfio.IommuGroup(kernel, { name: "group 7", guard: "dma-ownership" });
const device = group.make({ name: "00:02.0" });
const sibling = group.make({ name: "00:02.1" });

kernel.spawn("user", function* () {
  yield* device.bind(vfio.vfioDriver(model));
  const file = yield* model.openGroup(group);
  const container = yield* model.openContainer("container");
  if (file instanceof Errno || container instanceof Errno) return;
  yield* model.setContainer(file, container);

  const early = yield* model.deviceFile(file, "00:02.0");
  if (early instanceof Errno) console.log(early.name, early.message);
  // => "EINVAL", "VFIO_SET_IOMMU has not been called"

  yield* model.setIommu(container);
  const refused = yield* sibling.bind({ name: "e1000e" });
  console.log(refused?.name, refused?.number); // => "EBUSY", 16
});
kernel.settle();
// #endregion

// #region census
import { containerCensus } from "viommu/driver";

const { outcomes } = await containerCensus("atomic", ["unset", "set"]);
console.log(outcomes.length, outcomes.filter(({ outOfStep }) => outOfStep).length); // => 4, 2

const locked = await containerCensus("locked", ["unset", "set"]);
console.log(locked.outcomes.filter(({ outOfStep }) => outOfStep).length); // => 0
// #endregion
