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

// #region cdev
import { AbstractDevice, AbstractUnit, Iommufd, Iopf } from "viommu/driver";

const iopf = new Iopf(kernel);
const iommufd = new Iommufd(kernel, { iopf, name: "the user's iommufd" });
const context = new vfio.PhysicalIommufd(iommufd);
const unit = new AbstractUnit(kernel, iopf);

const group8 = new vfio.IommuGroup(kernel, { name: "group 8", guard: "dma-ownership" });
const iommu = new AbstractDevice(unit, { name: "00:03.0", group: group8.deviceGroup });
const nic = group8.make({ name: "00:03.0", iommu });

kernel.spawn("user", function* () {
  yield* nic.bind(vfio.vfioDriver(model));
  const file = yield* model.cdev.open(nic);
  if (file instanceof Errno) return;
  const devid = yield* model.bindIommufd(file, { iommufd: context });
  const { owner, domain } = group8.ownership.state;
  console.log(devid, owner?.name, domain); // => 1, "the user's iommufd", "blocking"

  const ioas = yield* iommufd.ioasAlloc();
  if (ioas instanceof Errno) return;
  const hwpt = yield* model.cdev.attach(file, { pt: ioas.out_ioas_id });
  console.log(hwpt, group8.ownership.state.domain); // => 3, "user"

  yield* model.closeDevice(file);
  console.log(group8.ownership.state.domain); // => "default"
});
kernel.settle();
// #endregion
