import { describe, expect, it } from "vitest";
import {
  AbstractDevice,
  AbstractUnit,
  Iommufd,
  Iopf,
  uapi,
  vfio,
  type AbstractDeviceOptions,
  type IommufdOptions,
  type Routine,
} from "viommu/driver";
import { DEVICE, Machine, nic, SIBLING } from "./machine.js";

const { FAULT_ID_VALID, PASID } = uapi.HWPT_ALLOC;
const { READABLE, WRITEABLE, FIXED_IOVA } = uapi.IOAS_MAP;
const MESSAGE = uapi.hwptPgfault.bytes;

interface Options {
  readonly device?: AbstractDeviceOptions;
  readonly takesPasids?: boolean;
}

/** A group of two devices behind an IOMMU, both with a vfio driver, in Linux 7.2. */
function start({ device: deviceOptions = {}, takesPasids = true }: Options = {}) {
  const machine = new Machine();
  const { kernel } = machine;
  const iopf = new Iopf(kernel);
  const unit = new AbstractUnit(kernel, iopf);
  const group = new vfio.IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
  const iommu = new AbstractDevice(unit, {
    ...deviceOptions,
    ...{ name: DEVICE, group: group.deviceGroup },
  });
  const other = new AbstractDevice(unit, { name: SIBLING, group: group.deviceGroup });
  const device = group.make({ name: DEVICE, iommu });
  const sibling = group.make({ name: SIBLING, iommu: other });
  const model = new vfio.Vfio72(kernel);
  const request = new vfio.UnplugRequest(kernel);
  machine.give(model, device, { takesPasids, request: request.request });

  /** An open /dev/iommu, and how VFIO sees it. */
  const open = (options: Partial<IommufdOptions> = {}) => {
    const iommufd = new Iommufd(kernel, { iopf, ...options });
    const fd = machine.ok(iommufd.open());
    return { iommufd, fd, context: new vfio.PhysicalIommufd(iommufd) };
  };
  const { iommufd, fd, context } = open();
  const { process } = iommufd;

  /** The device's own file, bound to the context. */
  const bind = (host = device, to = context) => {
    const file = machine.ok(model.cdev.open(host));
    const devid = machine.ok(model.bindIommufd(file, { iommufd: to }));
    return { file, devid };
  };
  const ioas = () => machine.ok(iommufd.ioasAlloc()).out_ioas_id;
  /** A HWPT whose page faults go to a new queue. */
  const faultable = (dev_id: number, flags = 0) => {
    const queue = machine.ok(iommufd.faultQueueAlloc());
    const { out_fault_id: fault_id, out_fault_fd } = queue;
    const options = { dev_id, pt_id: ioas(), flags: FAULT_ID_VALID | flags, fault_id };
    return { hwpt: machine.ok(iommufd.hwptAlloc(options)).out_hwpt_id, fd: out_fault_fd };
  };
  const attach = (file: vfio.DeviceFile72, pt: number, pasid?: number) =>
    machine.call(model.cdev.attach(file, { pt, ...(pasid !== undefined && { pasid }) }));
  const close = (file: vfio.DeviceFile72) => {
    machine.result(model.closeDevice(file));
  };
  const { ownership } = group;
  return {
    ...{ machine, kernel, group, ownership, device, sibling, iommu, other, model, request },
    ...{ iommufd, process, fd, context, open, bind, ioas, faultable, attach, close },
  };
}

type It = ReturnType<typeof start>;

/** The device asks for a page. */
function fault(it: It, grpid: number, pasid?: number): void {
  const page = { address: 0x100_0000n, read: true, write: true, last: true };
  it.machine.result(it.iommu.request({ ...page, grpid, ...(pasid !== undefined && { pasid }) }));
}

function read(it: It, fd: number): uapi.HwptPgfault[] {
  const buffer = it.process.memory.map(4 * MESSAGE);
  const bytes = it.machine.ok(it.process.read(fd, buffer.address, buffer.length));
  return Array.from({ length: bytes / MESSAGE }, (_, n) =>
    uapi.hwptPgfault.decode(buffer.bytes.subarray(n * MESSAGE, (n + 1) * MESSAGE)),
  );
}

function answer(it: It, fd: number, cookie: number): number | string {
  const buffer = it.process.memory.map(uapi.hwptPageResponse.encode({ cookie, code: 0 }));
  return it.machine.call(it.process.write(fd, buffer.address, buffer.length));
}

const codes = (it: It) => it.iommu.pri.received.map(({ code }) => code);

describe("BIND_IOMMUFD claims DMA of the group (E.2)", () => {
  it("E.2: the context owns it, and the group is blocked, until the file is closed", () => {
    const it = start();
    const { file, devid } = it.bind();
    expect(it.ownership.state).toMatchObject({ count: 1, domain: "blocking" });
    expect(it.ownership.state.owner?.name).toBe("iommufd");
    expect(it.iommufd.objects.map(({ id, type }) => [id, type])).toEqual([[devid, "device"]]);
    it.close(file);
    expect(it.ownership.state).toEqual({ count: 0, owner: undefined, domain: "default" });
    expect(it.iommufd.objects).toEqual([]);
  });

  it("E.2: the same context may claim by a second device, and owns until both are closed", () => {
    const it = start();
    it.machine.give(it.model, it.sibling);
    const files = [it.bind(it.device).file, it.bind(it.sibling).file];
    expect(it.ownership.state.count).toBe(2);
    it.close(files[0]!);
    expect(it.ownership.state).toMatchObject({ count: 1, domain: "blocking" });
    it.close(files[1]!);
    expect(it.ownership.state).toMatchObject({ count: 0, domain: "default" });
  });

  it("E.2: another context is refused a device of the group: EPERM", () => {
    const it = start();
    it.machine.give(it.model, it.sibling);
    it.bind();
    const { context, iommufd } = it.open({ name: "another" });
    const file = it.machine.ok(it.model.cdev.open(it.sibling));
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd: context }))).toBe("EPERM");
    expect(iommufd.objects).toEqual([]);
    expect(file.device.group.cdevDeviceOpenCount.value).toBe(1);
  });

  it("E.2: with a driver of the kernel's own at a sibling: EPERM; the other way round: EBUSY", () => {
    const it = start();
    it.machine.ok(it.sibling.bind(nic));
    const file = it.machine.ok(it.model.cdev.open(it.device));
    const bind = () => it.machine.call(it.model.bindIommufd(file, { iommufd: it.context }));
    expect(bind()).toBe("EPERM");
    it.machine.result(it.sibling.unbind());
    expect(bind()).toBe(1);
    expect(it.machine.call(it.sibling.bind(nic))).toBe("EBUSY");
    it.close(file);
    expect(it.machine.call(it.sibling.bind(nic))).toBeUndefined();
  });

  it("E.2: a group that is not in its default domain: EBUSY", () => {
    const it = start();
    it.machine.result(it.ownership.changePasids(1));
    const file = it.machine.ok(it.model.cdev.open(it.device));
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd: it.context }))).toBe("EBUSY");
    expect(file.device.group.cdevDeviceOpenCount.value).toBe(0);
  });

  it("E.3: an answer that cannot be written: EFAULT, and nothing is kept", () => {
    const it = start();
    const file = it.machine.ok(it.model.cdev.open(it.device));
    const request = { iommufd: it.context, copyOutFails: true };
    expect(it.machine.call(it.model.bindIommufd(file, request))).toBe("EFAULT");
    expect(it.ownership.state.count).toBe(0);
    expect(it.iommufd.objects).toEqual([]);
    it.machine.ok(it.model.openGroup(it.group));
  });

  it("a device that nothing translates for: ENODEV", () => {
    const it = start();
    const bare = it.group.make({ name: "00:02.2" });
    it.machine.give(it.model, bare);
    const file = it.machine.ok(it.model.cdev.open(bare));
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd: it.context }))).toBe("ENODEV");
  });
});

describe("ATTACH_IOMMUFD_PT over iommufd (C.4, E.3)", () => {
  it("an IOAS: answers the HWPT that is made for it; the group is in a domain of the user", () => {
    const it = start();
    const { file } = it.bind();
    const ioas = it.ioas();
    const hwpt = it.attach(file, ioas);
    expect(it.iommufd.objects.find(({ id }) => id === hwpt)?.type).toBe("hwpt-paging");
    expect(it.ownership.state.domain).toBe("user");
    it.machine.result(it.model.cdev.detach(file));
    expect(it.ownership.state.domain).toBe("blocking");
    expect(it.iommufd.objects.some(({ id }) => id === hwpt)).toBe(false);
  });

  it("what is attached is replaced by a second call", () => {
    const it = start();
    const { file, devid } = it.bind();
    const { hwpt } = it.faultable(devid);
    it.attach(file, it.ioas());
    expect(it.attach(file, hwpt)).toBe(hwpt);
    expect(it.machine.call(it.iommufd.destroy({ id: hwpt }))).toBe("EBUSY");
  });

  it("a number that nothing has: ENOENT; a device: EINVAL", () => {
    const it = start();
    const { file, devid } = it.bind();
    expect(it.attach(file, 99)).toBe("ENOENT");
    expect(it.attach(file, devid)).toBe("EINVAL");
  });

  it("PASIDs: with HWPTs made for that; closing the file detaches all of them", () => {
    const it = start();
    const { file, devid } = it.bind();
    const first = it.faultable(devid, PASID).hwpt;
    const second = it.faultable(devid, PASID).hwpt;
    expect(it.attach(file, it.ioas(), 5)).toBe("EINVAL");
    expect(it.attach(file, first)).toBe(first);
    expect(it.attach(file, first, 5)).toBe(first);
    expect(it.attach(file, second, 5)).toBe(second);
    expect(it.attach(file, first, 6)).toBe(first);
    expect(it.machine.call(it.ownership.useDefaultDomain())).toBe("EBUSY");
    it.close(file);
    expect(it.ownership.state).toMatchObject({ count: 0, domain: "default" });
    expect(it.machine.call(it.iommufd.destroy({ id: first }))).toBe(0);
  });

  it("a PASID for a vfio driver that attaches none: EOPNOTSUPP; and without room for it: EINVAL", () => {
    const it = start({ takesPasids: false });
    expect(it.attach(it.bind().file, it.ioas(), 5)).toBe("EOPNOTSUPP");
    const other = start();
    const { file } = other.bind();
    const { ATTACH_PASID: flags, ATTACH_SIZE: argsz, DETACH_SIZE } = vfio;
    const attach = other.model.cdev.attach(file, { pt: 1, pasid: 5, flags, argsz });
    expect(other.machine.call(attach)).toBe("EINVAL");
    const detach = other.model.cdev.detach(file, { pasid: 5, flags, argsz: DETACH_SIZE });
    expect(other.machine.call(detach)).toBe("EINVAL");
  });

  it("Q13: an answer that cannot be written takes the RID off, although a PASID was attached", () => {
    const it = start();
    const { file, devid } = it.bind();
    const { hwpt } = it.faultable(devid, PASID);
    it.attach(file, hwpt);
    const request = { pt: hwpt, pasid: 5, copyOutFails: true };
    expect(it.machine.call(it.model.cdev.attach(file, request))).toBe("EFAULT");
    expect(it.ownership.state.domain).toBe("blocking");
    fault(it, 1, 5);
    expect(it.iommu.pri.outstanding).toBe(1);
    it.close(file);
    expect(codes(it)).toEqual(["INVALID"]);
  });

  it("E.3: a file of the group path has no such call: ENOTTY", () => {
    const it = start();
    const groupFile = it.machine.ok(it.model.openGroup(it.group));
    it.machine.ok(it.model.setContainer(groupFile, it.context));
    const file = it.machine.ok(it.model.deviceFile(groupFile, DEVICE));
    expect(it.attach(file, it.ioas())).toBe("ENOTTY");
  });
});

describe("an iommufd in a container's place (E.3)", () => {
  function openGroup(it: It) {
    const file = it.machine.ok(it.model.openGroup(it.group));
    it.machine.ok(it.model.setContainer(file, it.context));
    return file;
  }

  it("SET_CONTAINER makes an IOAS; the first GET_DEVICE_FD attaches the device to it", () => {
    const it = start();
    const file = openGroup(it);
    const ioas_id = it.machine.ok(it.iommufd.compatIoas());
    expect(it.ownership.state.count).toBe(0);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.ownership.state).toMatchObject({ count: 1, domain: "user" });
    const page = { ioas_id, iova: 0x100_0000n, user_va: 0x5000n, length: 0x1000n };
    it.machine.ok(it.iommufd.ioasMap({ ...page, flags: READABLE | WRITEABLE | FIXED_IOVA }));
    const second = it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.ownership.state.count).toBe(1);
    it.close(device);
    it.close(second);
    expect(it.ownership.state).toMatchObject({ count: 0, domain: "default" });
  });

  it("two groups share the IOAS", () => {
    const it = start();
    openGroup(it);
    const id = it.machine.ok(it.iommufd.compatIoas());
    const group = new vfio.IommuGroup(it.kernel, { name: "other", guard: "dma-ownership" });
    it.machine.give(it.model, group.make({ name: "00:03.0" }));
    const file = it.machine.ok(it.model.openGroup(group));
    it.machine.ok(it.model.setContainer(file, it.context));
    expect(it.machine.ok(it.iommufd.compatIoas())).toBe(id);
    expect(it.iommufd.objects).toHaveLength(1);
  });

  it("user space may destroy the IOAS: GET_DEVICE_FD is ENODEV then, and keeps nothing", () => {
    const it = start();
    const file = openGroup(it);
    it.machine.ok(it.iommufd.destroy({ id: it.machine.ok(it.iommufd.compatIoas()) }));
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("ENODEV");
    expect(it.ownership.state).toMatchObject({ count: 0, domain: "default" });
    expect(file.refs.value).toBe(1);
  });

  it("with a driver of the kernel's own at a sibling it is GET_DEVICE_FD that is refused: EPERM", () => {
    const it = start();
    it.machine.ok(it.sibling.bind(nic));
    const file = openGroup(it);
    const status = it.machine.ok(it.model.status(file));
    expect(status).toEqual({ viable: true, containerSet: true });
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EPERM");
  });

  it("for groups without IOMMU and for others a context has to be one of two", () => {
    const it = start();
    const { machine, model, kernel } = it;
    const bare = new vfio.IommuGroup(kernel, {
      ...{ name: "bare", guard: "dma-ownership", noiommu: true },
    });
    machine.give(model, bare.make({ name: "00:03.0" }));
    const file = machine.ok(model.openGroup(bare));
    openGroup(it);
    expect(machine.call(model.setContainer(file, it.context))).toBe("EINVAL");
    const { context, iommufd } = it.open();
    machine.ok(model.setContainer(file, context));
    machine.ok(model.deviceFile(file, "00:03.0"));
    expect(machine.call(iommufd.createCompatIoas())).toBe("EINVAL");
    expect(machine.call(iommufd.compatIoas())).toBe("ENODEV");
  });
});

describe("who keeps /dev/iommu open (E.3)", () => {
  it("a device that is bound does: its close is the last", () => {
    const it = start();
    const { file } = it.bind();
    const ioas = it.ioas();
    it.machine.ok(it.process.close(it.fd));
    expect(it.attach(file, ioas)).toBeTypeOf("number");
    it.close(file);
    expect(it.iommufd.objects).toEqual([]);
    expect(it.kernel.warnings).toEqual([]);
  });

  it("a group whose container it is does, until UNSET_CONTAINER; a device open then, until it is closed", () => {
    const it = start();
    const file = it.machine.ok(it.model.openGroup(it.group));
    it.machine.ok(it.model.setContainer(file, it.context));
    it.machine.ok(it.process.close(it.fd));
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    it.machine.ok(it.model.unsetContainer(file));
    expect(it.iommufd.objects.map(({ type }) => type)).toContain("device");
    it.close(device);
    expect(it.iommufd.objects).toEqual([]);
    it.machine.result(it.model.closeGroup(file));
    expect(it.kernel.warnings).toEqual([]);
  });
});

describe("page faults of a device that VFIO attached (C.5 to C.7)", () => {
  it("come to the reader with the number that BIND_IOMMUFD answered, and its answer to the device", () => {
    const it = start();
    const { file, devid } = it.bind();
    const { hwpt, fd } = it.faultable(devid);
    it.attach(file, hwpt);
    fault(it, 7);
    const [message] = read(it, fd);
    expect(message).toMatchObject({ dev_id: devid, grpid: 7, addr: 0x100_0000n });
    expect(answer(it, fd, message!.cookie)).toBe(8);
    expect(codes(it)).toEqual(["SUCCESS"]);
  });

  it.each<[string, (it: It, file: vfio.DeviceFile72) => Routine<unknown>]>([
    ["DETACH_PT", (it: It, file: vfio.DeviceFile72) => it.model.cdev.detach(file)],
    ["close of the device's file", (it: It, file: vfio.DeviceFile72) => it.model.closeDevice(file)],
  ])("%s answers INVALID to groups read and unread, and late answers are EINVAL", (_, call) => {
    const it = start();
    const { file, devid } = it.bind();
    const { hwpt, fd } = it.faultable(devid);
    it.attach(file, hwpt);
    fault(it, 1);
    const [message] = read(it, fd);
    fault(it, 2);
    it.machine.result<unknown>(call(it, file));
    expect(codes(it)).toEqual(["INVALID", "INVALID"]);
    expect(answer(it, fd, message!.cookie)).toBe("EINVAL");
  });

  it("a device whose page requests nobody serves cannot be attached: ENODEV", () => {
    const it = start({ device: { pageRequests: false } });
    const { file, devid } = it.bind();
    expect(it.attach(file, it.faultable(devid).hwpt)).toBe("ENODEV");
    expect(it.ownership.state.domain).toBe("blocking");
  });

  it("C.4: a virtual function that shares page requests with its physical one: EINVAL", () => {
    const it = start({ device: { sharesPageRequests: true } });
    const { file, devid } = it.bind();
    expect(it.attach(file, it.faultable(devid).hwpt)).toBe("EINVAL");
  });
});

describe("hot unplug of a device that a user drives (E.3, F)", () => {
  it("the user hears of it, closes, and the device is gone: answered, unowned, nothing left", () => {
    const it = start();
    const { file, devid } = it.bind();
    const { hwpt, fd } = it.faultable(devid);
    it.attach(file, hwpt);
    fault(it, 1);
    it.request.setEventfd();
    const user = it.machine.begin(
      (function* () {
        yield* it.request.wait();
        yield* it.model.closeDevice(file);
      })(),
    );
    const unplugged = it.machine.begin(it.device.unplug());
    expect([user.returned.length, unplugged.returned.length]).toEqual([1, 1]);
    expect(codes(it)).toEqual(["INVALID"]);
    expect(it.ownership.state).toMatchObject({ count: 0, domain: "default" });
    expect(it.group.devices).toEqual([it.sibling]);
    expect(it.group.deviceGroup.devices).toEqual([it.other]);
    it.machine.ok(it.process.close(fd));
    it.machine.ok(it.process.close(it.fd));
    expect(it.iommufd.objects).toEqual([]);
    expect(it.kernel.warnings).toEqual([]);
    expect(it.kernel.heap.leaked.map(({ label }) => label)).toEqual([]);
  });

  it("a user without eventfd hears of nothing: the host waits until the file is closed", () => {
    const it = start();
    const { file } = it.bind();
    const unplugged = it.machine.begin(it.device.unplug());
    it.machine.result(it.model.clock.tick());
    expect(unplugged.returned).toEqual([]);
    expect(it.group.devices).toContain(it.device);
    it.close(file);
    expect(unplugged.returned).toHaveLength(1);
  });

  it("a device that is being unplugged cannot be opened, though it can still be used", () => {
    const it = start();
    const { file, devid } = it.bind();
    it.machine.begin(it.device.unplug());
    expect(it.machine.call(it.model.cdev.open(it.device))).toBe("ENODEV");
    const { hwpt } = it.faultable(devid);
    expect(it.attach(file, hwpt)).toBe(hwpt);
    it.close(file);
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("ENODEV");
  });

  it("waiting for a request without eventfd is a mistake of the caller", () => {
    expect(() => start().request.wait()).toThrow(/no eventfd was set/);
  });
});
