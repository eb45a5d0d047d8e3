// #region world
import { AbstractDevice, AbstractUnit, Errno, Iommufd, Iopf, Kernel, uapi } from "viommu/driver";

const kernel = new Kernel();
const iopf = new Iopf(kernel);
const iommufd = new Iommufd(kernel, { iopf });
const device = new AbstractDevice(new AbstractUnit(kernel, iopf));

function ok<T>(result: T | Errno): T {
  if (result instanceof Errno) throw result;
  return result;
}

/** Attaches the device to a table whose page faults go to a fault queue. */
function* setUp() {
  ok(yield* iommufd.open());
  const idev = ok(yield* iommufd.bind(device));
  const { out_ioas_id: ioas } = ok(yield* iommufd.ioasAlloc());
  const { out_fault_id: fault_id, out_fault_fd: fd } = ok(yield* iommufd.faultQueueAlloc());
  const flags = uapi.HWPT_ALLOC.FAULT_ID_VALID;
  const options = { dev_id: idev.id, pt_id: ioas, flags, fault_id };
  const { out_hwpt_id: hwpt } = ok(yield* iommufd.hwptAlloc(options));
  ok(yield* iommufd.attach(idev, hwpt));
  return { ioas, fd };
}
// #endregion

// #region handler
import { FaultHandler, processFaultPort } from "viommu/driver";

const PAGE = 2048n; // of the abstract unit
const FORBIDDEN = 0x200_0000n;

function* program() {
  const { ioas, fd } = yield* setUp();
  const port = processFaultPort(iommufd.process, fd, function* ({ address, write }) {
    if (address >= FORBIDDEN) return false;
    const { FIXED_IOVA, READABLE, WRITEABLE } = uapi.IOAS_MAP;
    const mapped = yield* iommufd.ioasMap({
      ioas_id: ioas,
      flags: FIXED_IOVA | READABLE | (write ? WRITEABLE : 0),
      user_va: 0x7000_0000n + address,
      length: PAGE,
      iova: address,
    });
    return !(mapped instanceof Errno) || mapped.name === "EEXIST";
  });
  const handler = new FaultHandler(port);
  kernel.spawn("handler", () => handler.run(), { daemon: true });
  return handler;
}
// #endregion

// #region run
import type { Step } from "viommu/driver";

let handler!: FaultHandler<Step<unknown>>;
kernel.spawn("test", function* () {
  handler = yield* program();
  const rights = { read: true, write: true };
  yield* device.request({ grpid: 1, last: false, address: 0x100_0000n, ...rights });
  yield* device.request({ grpid: 1, last: true, address: 0x100_0800n, ...rights });
  yield* device.request({ grpid: 2, last: true, address: FORBIDDEN, ...rights });
});
kernel.settle();
console.log(handler.handled); // => { groups: 2, messages: 3, refused: 1, late: 0 }
for (const { fault, code } of device.pri.received) console.log(fault.grpid, code);
// => 1, "SUCCESS"
// => 2, "INVALID"
// #endregion

// #region own
import { atOnce, decodeFaults, encodeAnswers, runAtOnce } from "viommu/driver";

// A queue that is a script: one message, which ends its group, with cookie 7.
const reads = [new Uint8Array(40).fill(2, 0, 1).fill(7, 36, 37)];
const queue = {
  read: () => atOnce(reads.shift() ?? new Uint8Array()),
  write: (bytes: Uint8Array) => atOnce(bytes.length),
};

/** A handler that maps nothing. */
function* refuseAll() {
  const faults = decodeFaults(yield* queue.read());
  const last = faults.filter((fault) => fault.last);
  const bytes = encodeAnswers(last.map(({ cookie }) => ({ cookie, code: "INVALID" })));
  return yield* queue.write(bytes);
}
console.log(runAtOnce(refuseAll())); // => 8
// #endregion
