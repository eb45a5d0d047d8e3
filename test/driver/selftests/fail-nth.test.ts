import { describe, expect, it } from "vitest";
import {
  AbstractDevice,
  AbstractUnit,
  Errno,
  Iommufd,
  Iopf,
  Kernel,
  MOCK_DATA,
  mockHwptData,
  uapi,
  UserProcess,
  type BoundDevice,
  type Routine,
} from "viommu/driver";

const { NEST_PARENT, FAULT_ID_VALID, PASID } = uapi.HWPT_ALLOC;
const { FIXED_IOVA, READABLE, WRITEABLE } = uapi.IOAS_MAP;
const APERTURE = 1n << 24n;
const PAGE = 4096n;
const MOST = 70;

/** A world whose task "user" does not get what it asks for at the nth place where it may fail. */
function start(nth: number) {
  const kernel = new Kernel({ fail: { task: "user", nth } });
  kernel.panicOnWarning = false;
  const iopf = new Iopf(kernel);
  const process = new UserProcess(kernel, { copiesFail: true });
  const iommufd = new Iommufd(kernel, { iopf, process });
  const unit = new AbstractUnit(kernel, iopf);
  const run = (name: string, code: () => Routine<void>) => {
    kernel.spawn(name, code);
    kernel.settle();
  };
  return { kernel, process, iommufd, unit, run };
}

type World = ReturnType<typeof start>;

/** Ends the sequence where a call has failed. */
class Failed extends Error {}

function* must<T>(call: Routine<T | Errno>): Routine<T> {
  const result = yield* call;
  if (result instanceof Errno) throw new Failed(result.message);
  return result;
}

/** What a run leaves to whoever ends the process. */
interface Left {
  fd?: number;
  readonly files: number[];
  readonly bound: BoundDevice[];
}

type Sequence = (world: World, left: Left) => Routine<void>;

function* openAndAlloc({ iommufd }: World, left: Left): Routine<number> {
  left.fd = yield* must(iommufd.open());
  return (yield* must(iommufd.ioasAlloc())).out_ioas_id;
}

/** ioas.c. */
function* basic(world: World, left: Left): Routine<void> {
  const { iommufd, process } = world;
  const ioas_id = yield* openAndAlloc(world, left);
  const ranges = process.memory.map(160);
  const where = { allowed_iovas: ranges.address };
  yield* must(iommufd.ioasIovaRanges({ ioas_id, num_iovas: 10, ...where }));
  ranges.bytes.set(uapi.iommuIovaRange.encode({ start: 16n * 1024n, last: (1n << 24n) - 1n }));
  yield* must(iommufd.ioasAllowIovas({ ioas_id, num_iovas: 1, ...where }));
  const length = 1n << 21n;
  const flags = READABLE | WRITEABLE;
  const { iova } = yield* must(iommufd.ioasMap({ flags, ioas_id, user_va: 1n << 32n, length }));
  const both = { dst_ioas_id: ioas_id, src_ioas_id: ioas_id };
  yield* must(iommufd.ioasCopy({ flags, ...both, src_iova: iova, length: 160n }));
  yield* must(iommufd.ioasUnmap({ ioas_id, iova, length }));
  yield* iommufd.ioasUnmap({ ioas_id, iova, length });
}

function* mockDomain({ iommufd, unit }: World, left: Left, pt: number): Routine<BoundDevice> {
  const device = new AbstractDevice(unit, { name: `mock${left.bound.length}` });
  const idev = yield* must(iommufd.bind(device));
  left.bound.push(idev);
  yield* must(iommufd.attach(idev, pt));
  return idev;
}

/** iopt_area_fill_domains() and iopt_area_fill_domain(), for so many devices. */
function mapDomains(devices: number): Sequence {
  return function* (world, left) {
    const { iommufd } = world;
    const ioas_id = yield* openAndAlloc(world, left);
    const attachAll = function* (): Routine<void> {
      for (let n = 0; n < devices; n++) yield* mockDomain(world, left, ioas_id);
    };
    yield* attachAll();
    const flags = READABLE | WRITEABLE;
    const length = 1n << 18n;
    yield* must(iommufd.ioasMap({ flags, ioas_id, user_va: 1n << 32n, length }));
    for (const idev of left.bound.splice(0)) {
      yield* iommufd.detach(idev);
      yield* iommufd.unbind(idev);
    }
    yield* attachAll();
  };
}

/** device.c. */
function* device(world: World, left: Left): Routine<void> {
  const { iommufd, process } = world;
  const spaces = [yield* openAndAlloc(world, left), 0];
  spaces[1] = (yield* must(iommufd.ioasAlloc())).out_ioas_id;
  const [pt_id, second] = spaces as [number, number];
  const flags = FIXED_IOVA | READABLE | WRITEABLE;
  const place = { flags, user_va: 1n << 32n, length: PAGE, iova: APERTURE };
  for (const ioas_id of spaces) yield* must(iommufd.ioasMap({ ioas_id, ...place }));
  const idev = yield* mockDomain(world, left, pt_id);
  const dev_id = idev.id;
  const info = process.memory.map(8);
  yield* must(iommufd.getHwInfo({ dev_id, data_len: 8, data_uptr: info.address }));
  const alloc = function* (flags: number, more: object = {}): Routine<number> {
    return (yield* must(iommufd.hwptAlloc({ dev_id, pt_id, flags, ...more }))).out_hwpt_id;
  };
  const forPasids = yield* alloc(PASID);
  yield* must(iommufd.replace(idev, second));
  yield* must(iommufd.replace(idev, forPasids));
  const parent = yield* alloc(NEST_PARENT | PASID);
  const type = MOCK_DATA.VIOMMU;
  const made = yield* must(iommufd.viommuAlloc({ type, dev_id, hwpt_id: parent }));
  const viommu_id = made.out_viommu_id;
  yield* must(iommufd.vdeviceAlloc({ viommu_id, dev_id, virt_id: 0n }));
  const queue = { type: MOCK_DATA.HW_QUEUE, index: 0, nesting_parent_iova: APERTURE, length: PAGE };
  yield* must(iommufd.hwQueueAlloc({ viommu_id, ...queue }));
  const faults = yield* must(iommufd.faultQueueAlloc());
  left.files.push(faults.out_fault_fd);
  const data = process.memory.map(mockHwptData.encode({ iotlb: MOCK_DATA.IOTLB_DEFAULT }));
  const nested = { data_type: MOCK_DATA.HWPT, data_len: data.length, data_uptr: data.address };
  const fault_id = faults.out_fault_id;
  yield* alloc(FAULT_ID_VALID, { pt_id: parent, fault_id, ...nested });
  const events = { viommu_id, type: MOCK_DATA.VEVENTQ, depth: 2 };
  left.files.push((yield* must(iommufd.veventqAlloc(events))).out_veventq_fd);
  const last = yield* alloc(PASID);
  yield* must(iommufd.attach(idev, parent, 200));
  yield* must(iommufd.replace(idev, last, 200));
  yield* iommufd.detach(idev, 200);
}

/** What the process leaves is closed, and its devices are taken back. */
function* end({ iommufd, process }: World, left: Left): Routine<void> {
  for (const fd of left.files) yield* process.close(fd);
  for (const idev of left.bound) {
    yield* iommufd.detach(idev, 200);
    yield* iommufd.detach(idev);
    yield* iommufd.unbind(idev);
  }
  if (left.fd !== undefined) yield* process.close(left.fd);
}

/** True if every call of the sequence has succeeded: nothing failed any more. */
function runs(sequence: Sequence, nth: number): boolean {
  const world = start(nth);
  const left: Left = { files: [], bound: [] };
  let succeeded = false;
  world.run("user", function* () {
    try {
      yield* sequence(world, left);
      succeeded = true;
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
    }
  });
  world.run("end", () => end(world, left));
  const { kernel, iommufd, process } = world;
  expect({
    nth,
    violation: kernel.violation,
    warnings: kernel.warnings,
    objects: iommufd.objects,
    leaked: kernel.heap.leaked.map(({ label }) => label),
    files: process.openDescriptors,
  }).toEqual({ nth, violation: undefined, warnings: [], objects: [], leaked: [], files: [] });
  return succeeded;
}

/** iommufd_fail_nth.c: allocations and copies fail one after the other; each time everything ends clean. */
describe("basic_fail_nth", () => {
  const sequences: readonly (readonly [name: string, sequence: Sequence, least: number])[] = [
    ["basic", basic, 8],
    ["map_domain", mapDomains(1), 10],
    ["map_two_domains", mapDomains(2), 12],
    ["device", device, 32],
  ];

  it.each(sequences)(
    "%s: whatever fails, nothing leaks and nothing is left",
    (_, sequence, least) => {
      let failures = 0;
      for (let nth = 1; nth < MOST; nth++) if (!runs(sequence, nth)) failures += 1;
      expect(failures).toBeGreaterThanOrEqual(least);
      expect(runs(sequence, MOST)).toBe(true);
    },
  );
});
