// #region attach
import {
  AbstractDevice,
  AbstractUnit,
  Errno,
  Iommufd,
  Iopf,
  Kernel,
  MOCK_DATA,
  mockHwInfo,
  uapi,
  type Routine,
} from "viommu/driver";

const kernel = new Kernel();
const iopf = new Iopf(kernel);
const iommufd = new Iommufd(kernel, { iopf });
const { process } = iommufd;
const device = new AbstractDevice(new AbstractUnit(kernel, iopf));

function run<T>(call: () => Routine<T | Errno>): T {
  let result!: T | Errno;
  kernel.spawn("user", function* () {
    result = yield* call();
  });
  kernel.settle();
  if (result instanceof Errno) throw result;
  return result;
}

const idev = run(() => iommufd.bind(device));
const { out_ioas_id: ioas } = run(() => iommufd.ioasAlloc());
const { out_fault_id, out_fault_fd } = run(() => iommufd.faultQueueAlloc());
const { out_hwpt_id: hwpt } = run(() =>
  iommufd.hwptAlloc({
    flags: uapi.HWPT_ALLOC.FAULT_ID_VALID,
    dev_id: idev.id,
    pt_id: ioas,
    fault_id: out_fault_id,
  }),
);
run(() => iommufd.attach(idev, hwpt));
// #endregion

// #region info
const info = process.memory.map(mockHwInfo.bytes);
const asked = { dev_id: idev.id, data_len: info.length, data_uptr: info.address };
const { out_data_type, out_max_pasid_log2, out_capabilities } = run(() => iommufd.getHwInfo(asked));
console.log(out_data_type === MOCK_DATA.HW_INFO, out_max_pasid_log2, out_capabilities); // => true, 20, 9n
console.log(mockHwInfo.decode(info.bytes).test_reg); // => 0xdeadbeef
// #endregion

// #region errors
kernel.spawn("user", function* () {
  const refused = yield* iommufd.destroy({ id: hwpt });
  if (refused instanceof Errno) console.log(refused.name, refused.number, refused.message);
  // => "EBUSY", 16, "hwpt-paging 4 is used by device 1 (1)"
});
kernel.settle();
// #endregion

// #region fault
const page = { address: 0x100_0000n, read: true, write: true };
kernel.spawn("device", () => device.request({ grpid: 7, last: true, ...page }));
kernel.settle();

const buffer = process.memory.map(uapi.hwptPgfault.bytes);
const bytes = run(() => process.read(out_fault_fd, buffer.address, buffer.length));
const message = uapi.hwptPgfault.decode(buffer.bytes);
console.log(bytes, message.addr, message.grpid, message.cookie); // => 40, 0x1000000n, 7, 1

const { READABLE, WRITEABLE, FIXED_IOVA } = uapi.IOAS_MAP;
const flags = READABLE | WRITEABLE | FIXED_IOVA;
const place = { iova: message.addr, user_va: 0x20_0000n, length: 0x1000n };
run(() => iommufd.ioasMap({ flags, ioas_id: ioas, ...place }));

const { cookie } = message;
const answer = process.memory.map(uapi.hwptPageResponse.encode({ cookie, code: 0 }));
console.log(run(() => process.write(out_fault_fd, answer.address, answer.length))); // => 8
console.log(device.pri.received.map(({ code }) => code)); // => ["SUCCESS"]
// #endregion
