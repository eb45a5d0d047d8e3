import { beforeAll, describe, expect, it } from "vitest";
import {
  DeviceGroup,
  Errno,
  Iommufd,
  Kernel,
  prepareUnit,
  TablePages,
  uapi,
  UnitRun,
  VtdDriver,
  VtdIommuDevice,
  type Routine,
  type UnitWorld,
} from "viommu/driver";
import { FirstStageTable } from "viommu/tables";
import { complete } from "../vtd/complete.js";
import { discover } from "../vtd/discover.js";

const { HWPT_ALLOC, HWPT_DATA, HWPT_INVALIDATE_DATA, IOAS_MAP } = uapi;
const SOURCE_ID = 0x10;
/** Bytes of memory of a prepared unit. */
const MEMORY = 0x2_0000n;
const READ_WRITE = IOAS_MAP.READABLE | IOAS_MAP.WRITEABLE | IOAS_MAP.FIXED_IOVA;

let world: UnitWorld;
beforeAll(async () => {
  world = await prepareUnit();
});

/** A device behind a booted unit, bound to an open /dev/iommu. */
function start() {
  const kernel = new Kernel();
  const run = new UnitRun(kernel, world);
  const { unit, iommu, memory, iopf } = run;
  const endpoint = run.plug({ name: "00:02.0", sourceId: SOURCE_ID });
  const group = new DeviceGroup(kernel, "group 1");
  const { frames } = unit.booted;
  const driver = new VtdDriver(new TablePages(kernel, { memory, frames }));
  const iommufd = new Iommufd(kernel, { iopf });
  function ok<T>(code: () => Routine<T | Errno>): T {
    const result = complete(kernel, code);
    if (result instanceof Errno) throw result;
    return result;
  }
  const device = ok(() =>
    discover(unit, { name: "00:02.0", sourceId: SOURCE_ID, config: endpoint.bus, group }),
  );
  const bound = new VtdIommuDevice({ driver, unit, device, group });
  const idev = ok(() => iommufd.bind(bound));
  const ioas = ok(() => iommufd.ioasAlloc()).out_ioas_id;
  const map = (iova: bigint, user_va: bigint, length = 0x1000n) =>
    ok(() => iommufd.ioasMap({ flags: READ_WRITE, ioas_id: ioas, iova, user_va, length }));
  const hwpt = (options: object = {}) =>
    ok(() => iommufd.hwptAlloc({ dev_id: idev.id, pt_id: ioas, ...options })).out_hwpt_id;
  const translate = (address: bigint, pasid?: number) =>
    iommu.translate({ sourceId: SOURCE_ID, pasid, address, access: "read", size: 4 });
  return {
    kernel,
    run,
    unit,
    iommu,
    memory,
    frames,
    endpoint,
    iommufd,
    idev,
    ioas,
    ok,
    map,
    hwpt,
    translate,
  };
}

describe("a domain of user space in a VT-d unit", () => {
  it.each([
    ["first stage", 0],
    ["second stage", HWPT_ALLOC.NEST_PARENT],
  ])("%s: what is mapped in the IOAS is translated, until it is unmapped", (_, flags) => {
    const { iommufd, idev, ioas, ok, map, hwpt, translate } = start();
    map(0x10_0000n, 0x8000n);
    expect(translate(0x10_0000n).status).toBe("fault");
    const domain = hwpt({ flags });
    ok(() => iommufd.attach(idev, domain));
    expect(translate(0x10_0004n)).toMatchObject({ status: "ok", address: 0x8004n });
    map(0x20_0000n, 0x9000n);
    expect(translate(0x20_0000n)).toMatchObject({ status: "ok", address: 0x9000n });
    ok(() => iommufd.ioasUnmap({ ioas_id: ioas, iova: 0x20_0000n, length: 0x1000n }));
    expect(translate(0x20_0000n).status).toBe("fault");
    expect(translate(0x10_0000n).status).toBe("ok");
    complete(idev.refs.kernel, () => iommufd.detach(idev));
    expect(translate(0x10_0000n).status).toBe("fault");
  });

  it("replace: the unit forgets what the old domain mapped", () => {
    const { iommufd, idev, ok, map, hwpt, translate } = start();
    map(0x10_0000n, 0x8000n);
    const first = hwpt();
    ok(() => iommufd.attach(idev, first));
    expect(translate(0x10_0000n)).toMatchObject({ address: 0x8000n });
    const other = ok(() => iommufd.ioasAlloc()).out_ioas_id;
    const at = { flags: READ_WRITE, iova: 0x10_0000n, user_va: 0xa000n, length: 0x1000n };
    ok(() => iommufd.ioasMap({ ...at, ioas_id: other }));
    ok(() => iommufd.replace(idev, other));
    expect(translate(0x10_0000n)).toMatchObject({ address: 0xa000n });
  });

  it("a PASID has a domain of its own", () => {
    const { iommufd, idev, ok, map, hwpt, translate } = start();
    map(0x10_0000n, 0x8000n);
    const flags = HWPT_ALLOC.PASID;
    const withPasid = hwpt({ flags });
    ok(() => iommufd.attach(idev, withPasid, 5));
    expect(translate(0x10_0000n).status).toBe("fault");
    expect(translate(0x10_0000n, 5)).toMatchObject({ status: "ok", address: 0x8000n });
  });
});

describe("page requests through user space", () => {
  it("endpoint, unit, thread, iopf, read, map, write, response: the device gets its page", () => {
    const { iommufd, idev, ioas, ok, hwpt, endpoint, iommu, kernel, translate } = start();
    const { process } = iommufd;
    const queue = ok(() => iommufd.faultQueueAlloc());
    const flags = HWPT_ALLOC.FAULT_ID_VALID;
    const faultable = hwpt({ flags, fault_id: queue.out_fault_id });
    ok(() => iommufd.attach(idev, faultable));
    const page = { address: 0x30_0000n, read: true, write: true };
    complete(kernel, () => endpoint.ask({ grpid: 3, last: true, ...page }));
    const buffer = process.memory.map(40);
    expect(ok(() => process.read(queue.out_fault_fd, buffer.address, 40))).toBe(40);
    const message = uapi.hwptPgfault.decode(buffer.bytes);
    expect(message).toMatchObject({ dev_id: idev.id, grpid: 3, addr: 0x30_0000n, perm: 3 });
    const place = { flags: READ_WRITE, ioas_id: ioas, iova: message.addr, length: 0x1000n };
    ok(() => iommufd.ioasMap({ ...place, user_va: 0xb000n }));
    const { cookie } = message;
    const answer = process.memory.map(uapi.hwptPageResponse.encode({ cookie, code: 0 }));
    expect(ok(() => process.write(queue.out_fault_fd, answer.address, 8))).toBe(8);
    expect(endpoint.received).toMatchObject([{ group: 3, code: 0 }]);
    expect(translate(0x30_0000n)).toMatchObject({ status: "ok", address: 0xb000n });
    expect(iommu.read32(0x34) & 1).toBe(0);
  });

  it("detach: what user space has not answered gets INVALID from the unit", () => {
    const { iommufd, idev, ok, hwpt, endpoint, kernel } = start();
    const queue = ok(() => iommufd.faultQueueAlloc());
    const flags = HWPT_ALLOC.FAULT_ID_VALID | HWPT_ALLOC.PASID;
    const faultable = hwpt({ flags, fault_id: queue.out_fault_id });
    ok(() => iommufd.attach(idev, faultable));
    ok(() => iommufd.attach(idev, faultable, 5));
    const page = { address: 0x30_0000n, read: true, write: true };
    complete(kernel, () => endpoint.ask({ grpid: 3, last: true, pasid: 5, ...page }));
    complete(kernel, () => iommufd.detach(idev, 5));
    expect(endpoint.received).toMatchObject([{ group: 3, pasid: 5, code: 1 }]);
  });
});

describe("nested domains: a first stage of user space", () => {
  function nested() {
    const started = start();
    const { iommufd, idev, ok, map, hwpt, memory, frames } = started;
    const { process } = iommufd;
    // Guest memory is mapped one to one, so that a table of the guest is where it says.
    map(0n, 0n, MEMORY);
    const parent = hwpt({ flags: HWPT_ALLOC.NEST_PARENT });
    const table = new FirstStageTable({ memory, frames, levels: 4 });
    table.map(0x40_0000n, 0x8000n, { write: true });
    const data = (values: Partial<uapi.HwptVtdS1> = {}) =>
      process.memory.map(
        uapi.hwptVtdS1.encode({ pgtbl_addr: table.pointer, addr_width: 48, ...values }),
      ).address;
    const alloc = (values?: Partial<uapi.HwptVtdS1>) => ({
      ...{ dev_id: idev.id, pt_id: parent, data_type: HWPT_DATA.VTD_S1, data_len: 24 },
      data_uptr: data(values),
    });
    const nestedHwpt = ok(() => iommufd.hwptAlloc(alloc())).out_hwpt_id;
    ok(() => iommufd.attach(idev, nestedHwpt));
    const invalidate = (entry: Partial<uapi.HwptVtdS1Invalidate>) => {
      const { address } = process.memory.map(uapi.hwptVtdS1Invalidate.encode(entry));
      return complete(started.kernel, () =>
        iommufd.hwptInvalidate({
          ...{ hwpt_id: nestedHwpt, data_type: HWPT_INVALIDATE_DATA.VTD_S1 },
          ...{ entry_len: 24, entry_num: 1, data_uptr: address },
        }),
      );
    };
    return { ...started, parent, table, nestedHwpt, alloc, invalidate };
  }

  it("translates with both stages", () => {
    expect(nested().translate(0x40_0010n)).toMatchObject({ status: "ok", address: 0x8010n });
  });

  it.each([
    ["the page", { addr: 0x40_0000n, npages: 1n }],
    ["the page, leaves only", { addr: 0x40_0000n, npages: 1n, flags: 1 }],
    ["pages around it", { addr: 0x3f_f000n, npages: 3n }],
    ["everything", { addr: 0n, npages: 2n ** 64n - 1n }],
  ])("HWPT_INVALIDATE of %s: the unit forgets what the guest changed", (_, entry) => {
    const { table, translate, invalidate } = nested();
    expect(translate(0x40_0000n)).toMatchObject({ address: 0x8000n });
    table.unmap(0x40_0000n);
    table.map(0x40_0000n, 0x9000n, { write: true });
    expect(translate(0x40_0000n)).toMatchObject({ address: 0x8000n });
    expect(invalidate(entry)).toEqual({ entry_num: 1, error: undefined });
    expect(translate(0x40_0000n)).toMatchObject({ address: 0x9000n });
  });

  it("HWPT_INVALIDATE of another page: the unit keeps what it has", () => {
    const { table, translate, invalidate } = nested();
    translate(0x40_0000n);
    table.unmap(0x40_0000n);
    expect(invalidate({ addr: 0x80_0000n, npages: 1n }).entry_num).toBe(1);
    expect(translate(0x40_0000n).status).toBe("ok");
  });

  it.each([
    ["EINVAL", "an address within a page", { addr: 0x10n, npages: 1n }],
    ["EINVAL", "everything from an address on", { addr: 0x1000n, npages: 2n ** 64n - 1n }],
    ["EOPNOTSUPP", "an unknown flag", { npages: 1n, flags: 2 }],
    ["EOPNOTSUPP", "what is reserved", { npages: 1n, reserved: 1 }],
  ])("HWPT_INVALIDATE, %s: %s", (name, _, entry) => {
    expect(nested().invalidate(entry)).toMatchObject({ entry_num: 0, error: { name } });
  });

  it("unmapping guest memory: the unit forgets what nested translations it has through it", () => {
    const { iommufd, ioas, ok, translate } = nested();
    expect(translate(0x40_0000n).status).toBe("ok");
    ok(() => iommufd.ioasUnmap({ ioas_id: ioas, iova: 0n, length: 2n ** 64n - 1n }));
    expect(translate(0x40_0000n).status).toBe("fault");
  });

  it("a large page in the place of a table: the unit forgets the table in nested translations too", () => {
    const { iommufd, ioas, ok, map, table, translate } = nested();
    table.map(0x80_0000n, 0x60_0000n);
    map(0x60_0000n, 0x8000n);
    expect(translate(0x80_0000n)).toMatchObject({ address: 0x8000n });
    ok(() => iommufd.ioasUnmap({ ioas_id: ioas, iova: 0x60_0000n, length: 0x1000n }));
    // The unit caches where the table is, in which nothing is left.
    expect(translate(0x80_0000n).status).toBe("fault");
    map(0x60_0000n, 0n, 0x20_0000n);
    expect(translate(0x80_0000n)).toMatchObject({ status: "ok", address: 0n });
  });

  it.each([
    ["a first stage of 39 bits", { addr_width: 39 }],
    ["five levels without FS5LP", { addr_width: 57 }],
  ])("EINVAL at attach: %s", (_, values) => {
    const { iommufd, idev, ok, alloc, nestedHwpt, kernel, translate } = nested();
    const other = ok(() => iommufd.hwptAlloc(alloc(values))).out_hwpt_id;
    const result = complete(kernel, () => iommufd.replace(idev, other));
    expect(result).toMatchObject({ name: "EINVAL", number: 22 });
    // What was attached still is.
    expect(translate(0x40_0000n).status).toBe("ok");
    expect(ok(() => iommufd.replace(idev, nestedHwpt))).toBe(nestedHwpt);
  });
});
