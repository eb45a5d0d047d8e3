import { describe, expect, it } from "vitest";
import { Errno, vfio } from "viommu/driver";
import { DEVICE, machine72, nic, openAll, SIBLING, unprivileged } from "./machine.js";

type It = ReturnType<typeof machine72>;

function openGroup(it: It): vfio.GroupFile72 {
  return it.machine.ok(it.model.openGroup(it.group));
}

function context(it: It, options: vfio.PlainIommufdOptions = {}): vfio.PlainIommufd {
  return new vfio.PlainIommufd(it.kernel, options);
}

/** The device's own file, bound to a context. */
function bound(it: It, iommufd = context(it)) {
  const file = it.machine.ok(it.model.cdev.open(it.device));
  const devid = it.machine.ok(it.model.bindIommufd(file, { iommufd }));
  return { file, iommufd, devid };
}

describe("open(/dev/vfio/N) of 7.2 (E.3)", () => {
  it("E.3-open drivers == 0: ENODEV", () => {
    const it = machine72();
    it.machine.result(it.device.unbind());
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("ENODEV");
  });

  it("E.3-open noiommu without CAP_SYS_RAWIO: EPERM", () => {
    const it = machine72({ noiommu: true });
    expect(it.machine.call(it.model.openGroup(it.group, unprivileged))).toBe("EPERM");
  });

  it("E.3-open cdev_device_open_cnt > 0: EBUSY", () => {
    const it = machine72();
    bound(it);
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("EBUSY");
  });

  it("E.3-open opened_file set: EBUSY", () => {
    const it = machine72();
    openGroup(it);
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("EBUSY");
  });

  it("E.3-open: opened_file is the file", () => {
    const it = machine72();
    const file = openGroup(it);
    expect(file.group.openedFile.value).toBe(file);
  });
});

describe("SET_CONTAINER and UNSET_CONTAINER of 7.2 (E.3)", () => {
  it("E.3-SET_CONTAINER of a bad fd: EBADF", () => {
    const it = machine72();
    expect(it.machine.call(it.model.setContainer(openGroup(it), undefined))).toBe("EBADF");
  });

  it("E.3-SET_CONTAINER with a container or an iommufd set: EINVAL", () => {
    const it = machine72();
    const { file } = openAll(it);
    expect(it.machine.call(it.model.setContainer(file, context(it)))).toBe("EINVAL");
    it.machine.ok(it.model.unsetContainer(file));
    it.machine.ok(it.model.setContainer(file, context(it)));
    const other = it.machine.ok(it.model.openContainer("other"));
    expect(it.machine.call(it.model.setContainer(file, other))).toBe("EINVAL");
  });

  it("E.3-SET_CONTAINER when the last driver has left: ENODEV", () => {
    const it = machine72();
    const file = openGroup(it);
    it.machine.result(it.device.unbind());
    expect(it.machine.call(it.model.setContainer(file, context(it)))).toBe("ENODEV");
  });

  it("E.3-SET_CONTAINER noiommu without CAP_SYS_RAWIO: EPERM", () => {
    const it = machine72({ noiommu: true });
    const file = openGroup(it);
    const container = it.machine.ok(it.model.openContainer("container"));
    expect(it.machine.call(it.model.setContainer(file, container, unprivileged))).toBe("EPERM");
  });

  it("E.3-SET_CONTAINER of groups of both kinds: EPERM", () => {
    const it = machine72();
    const { container } = openAll(it);
    const { kernel, machine, model } = it;
    const bare = new vfio.IommuGroup(kernel, {
      name: "bare",
      guard: "dma-ownership",
      noiommu: true,
    });
    machine.give(model, bare.make({ name: "00:03.0" }));
    const file = machine.ok(model.openGroup(bare));
    expect(machine.call(model.setContainer(file, container))).toBe("EPERM");
  });

  it("E.3-SET_CONTAINER where DMA belongs to a driver of the kernel: the error of the claim", () => {
    const it = machine72();
    it.machine.ok(it.sibling.bind(nic));
    const container = it.machine.ok(it.model.openContainer("container"));
    expect(it.machine.call(it.model.setContainer(openGroup(it), container))).toBe("EPERM");
  });

  it("E.3-SET_CONTAINER that cannot be attached: its error, and DMA is released again", () => {
    const it = machine72();
    const { machine, model, kernel } = it;
    const { container } = openAll(it, { setIommu: false });
    const attachGroup = (group: vfio.IommuGroup) =>
      group.name === "other" ? new Errno("ENODEV", "no") : undefined;
    machine.ok(model.setIommu(container, { name: "picky", attachGroup }));
    const other = new vfio.IommuGroup(kernel, { name: "other", guard: "dma-ownership" });
    machine.give(model, other.make({ name: "00:03.0" }));
    const file = machine.ok(model.openGroup(other));
    expect(machine.call(model.setContainer(file, container))).toBe("ENODEV");
    expect(other.ownership.state).toMatchObject({ count: 0, domain: "default" });
  });

  it("E.3-SET_CONTAINER of an iommufd makes a compatibility IOAS", () => {
    const it = machine72();
    const iommufd = context(it);
    it.machine.ok(it.model.setContainer(openGroup(it), iommufd));
    expect(iommufd.compat.value).toBe(0);
  });

  it("E.3-SET_CONTAINER of a file of another kind: EBADFD", () => {
    const it = machine72();
    expect(it.machine.call(it.model.setContainer(openGroup(it), "another file"))).toBe("EBADFD");
  });

  it("E.3-UNSET_CONTAINER without one: EINVAL", () => {
    const it = machine72();
    expect(it.machine.call(it.model.unsetContainer(openGroup(it)))).toBe("EINVAL");
  });

  it("E.3-UNSET_CONTAINER container_users != 1: EBUSY", () => {
    const it = machine72();
    const { file } = openAll(it);
    it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.machine.call(it.model.unsetContainer(file))).toBe("EBUSY");
  });

  it("E.3-UNSET_CONTAINER of an iommufd: it is only let go", () => {
    const it = machine72();
    const file = openGroup(it);
    it.machine.ok(it.model.setContainer(file, context(it)));
    it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.machine.call(it.model.unsetContainer(file))).toBeUndefined();
    expect(file.group.iommufd).toBeUndefined();
  });
});

describe("GET_STATUS of 7.2 (E.3)", () => {
  it("E.3-GET_STATUS argsz short: EINVAL", () => {
    const it = machine72();
    const short = vfio.STATUS_SIZE - 1;
    expect(it.machine.call(it.model.status(openGroup(it), short))).toBe("EINVAL");
  });

  it("E.3-GET_STATUS when the last driver has left: ENODEV", () => {
    const it = machine72();
    const file = openGroup(it);
    it.machine.result(it.device.unbind());
    expect(it.machine.call(it.model.status(file))).toBe("ENODEV");
  });

  it("E.3-GET_STATUS with a container: viable, and set", () => {
    const it = machine72();
    const { file } = openAll(it);
    const status = it.machine.call(it.model.status(file));
    expect(status).toEqual({ viable: true, containerSet: true });
  });

  it("E.3-GET_STATUS without: viable unless a user owns DMA of the group", () => {
    const it = machine72();
    const file = openGroup(it);
    const status = () => it.machine.call(it.model.status(file));
    expect(status()).toEqual({ viable: true, containerSet: false });
    it.machine.ok(it.group.ownership.claimGroup({ name: "another" }));
    expect(status()).toEqual({ viable: false, containerSet: false });
  });
});

describe("GET_DEVICE_FD and close of 7.2 (E.3)", () => {
  it("E.3-GET_DEVICE_FD without container or iommufd: EINVAL", () => {
    const it = machine72();
    expect(it.machine.call(it.model.deviceFile(openGroup(it), DEVICE))).toBe("EINVAL");
  });

  it("E.3-GET_DEVICE_FD without SET_IOMMU: EINVAL", () => {
    const it = machine72();
    const { file } = openAll(it, { setIommu: false });
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EINVAL");
  });

  it("E.3-GET_DEVICE_FD of an unknown name: ENODEV", () => {
    const it = machine72();
    const { file } = openAll(it);
    expect(it.machine.call(it.model.deviceFile(file, SIBLING))).toBe("ENODEV");
  });

  it("E.3-GET_DEVICE_FD while the driver's module goes: ENODEV", () => {
    const it = machine72({ hooks: { isUnloading: true } });
    const { file } = openAll(it);
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("ENODEV");
    expect(file.group.containerUsers).toBe(1);
  });

  it("E.3-GET_DEVICE_FD of a device that does not open: its error, and nothing is held", () => {
    // eslint-disable-next-line require-yield -- it fails at once
    const openDevice = function* () {
      return new Errno("EIO", "the device does not answer");
    };
    const it = machine72({ hooks: { openDevice } });
    const { file } = openAll(it);
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EIO");
    expect([file.group.containerUsers, file.refs.value]).toEqual([1, 1]);
  });

  it("E.3-GET_DEVICE_FD noiommu by an iommufd: needs the capability and no compatibility IOAS", () => {
    const it = machine72({ noiommu: true });
    const { machine, model } = it;
    const file = openGroup(it);
    const iommufd = context(it);
    machine.ok(model.setContainer(file, iommufd));
    expect(machine.call(model.deviceFile(file, DEVICE, unprivileged))).toBe("EPERM");
    const device = machine.ok(model.deviceFile(file, DEVICE));
    machine.result(model.closeDevice(device));
    machine.result(iommufd.compat.store(1));
    expect(machine.call(model.deviceFile(file, DEVICE))).toBe("EPERM");
  });

  it("E.3-GET_DEVICE_FD: container_users + 1 and a reference on the group's file, once a device", () => {
    const it = machine72();
    const { file } = openAll(it);
    const first = it.machine.ok(it.model.deviceFile(file, DEVICE));
    const second = it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect([file.group.containerUsers, file.refs.value]).toEqual([2, 2]);
    it.machine.result(it.model.closeDevice(first));
    expect([file.group.containerUsers, file.refs.value]).toEqual([2, 2]);
    it.machine.result(it.model.closeDevice(second));
    expect([file.group.containerUsers, file.refs.value]).toEqual([1, 1]);
  });

  it("E.3-close of the group's file with a device open: it stays until the device is closed", () => {
    const it = machine72();
    const { file, container } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    it.machine.result(it.model.closeGroup(file));
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("EBUSY");
    it.machine.result(it.model.closeDevice(device));
    expect(container.refs.value).toBe(1);
    expect(it.group.ownership.state).toMatchObject({ count: 0, domain: "default" });
    openGroup(it);
  });

  it("E.3-SET_IOMMU without group, or with a driver: EINVAL", () => {
    const it = machine72();
    const empty = it.machine.ok(it.model.openContainer("empty"));
    expect(it.machine.call(it.model.setIommu(empty))).toBe("EINVAL");
    const { container } = openAll(it);
    expect(it.machine.call(it.model.setIommu(container))).toBe("EINVAL");
  });
});

describe("the device's own file of 7.2 (E.3)", () => {
  it("E.3-open-cdev of a device whose registration is gone: ENODEV", () => {
    const it = machine72();
    it.machine.result(it.device.unbind());
    expect(it.machine.call(it.model.cdev.open(it.device))).toBe("ENODEV");
  });

  it("E.3-open-cdev: no access until it is bound", () => {
    const it = machine72();
    const file = it.machine.ok(it.model.cdev.open(it.device));
    expect(file.accessGranted).toBe(false);
    expect(it.machine.call(it.model.cdev.attach(file, { pt: 1 }))).toBe("EINVAL");
    it.machine.ok(it.model.bindIommufd(file, { iommufd: context(it) }));
    expect(file.accessGranted).toBe(true);
  });

  it.each([
    ["argsz short", { argsz: vfio.BIND_SIZE - 1 }],
    ["unknown flags", { flags: 2 }],
    ["a negative fd", { iommufd: undefined }],
  ])("E.3-BIND_IOMMUFD %s: EINVAL", (_, change) => {
    const it = machine72();
    const file = it.machine.ok(it.model.cdev.open(it.device));
    const request = { iommufd: context(it), ...change };
    expect(it.machine.call(it.model.bindIommufd(file, request))).toBe("EINVAL");
  });

  it("E.3-BIND_IOMMUFD of a file of the group path: EINVAL", () => {
    const it = machine72();
    const { file } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.machine.call(it.model.bindIommufd(device, { iommufd: context(it) }))).toBe("EINVAL");
  });

  it("E.3-BIND_IOMMUFD of a file that is bound: EINVAL", () => {
    const it = machine72();
    const { file, iommufd } = bound(it);
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd }))).toBe("EINVAL");
    expect(file.device.group.cdevDeviceOpenCount.value).toBe(1);
  });

  it("E.3-BIND_IOMMUFD with the group open: EBUSY", () => {
    const it = machine72();
    openGroup(it);
    const file = it.machine.ok(it.model.cdev.open(it.device));
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd: context(it) }))).toBe("EBUSY");
  });

  it("E.3-BIND_IOMMUFD with a token that the driver refuses: its error", () => {
    const it = machine72();
    const file = it.machine.ok(it.model.cdev.open(it.device));
    const tokenError = new Errno("EINVAL", "another token");
    const request = { iommufd: context(it), flags: vfio.BIND_TOKEN, tokenError };
    expect(it.machine.result(it.model.bindIommufd(file, request))).toBe(tokenError);
    expect(file.device.group.cdevDeviceOpenCount.value).toBe(0);
  });

  it("E.3-BIND_IOMMUFD of a device that is open by another file: EINVAL", () => {
    const it = machine72();
    const { iommufd } = bound(it);
    const file = it.machine.ok(it.model.cdev.open(it.device));
    expect(it.machine.call(it.model.bindIommufd(file, { iommufd }))).toBe("EINVAL");
  });

  it.each([
    ["argsz short", { argsz: 4 }, "EINVAL"],
    ["unknown flags", { flags: 2 }, "EINVAL"],
    ["PASID that the driver cannot attach", { pasid: 5, flags: vfio.ATTACH_PASID }, "EOPNOTSUPP"],
    ["a number that nothing has", { pt: 9 }, "ENOENT"],
  ])("E.3-ATTACH_PT %s", (_, change, error) => {
    const it = machine72();
    const { file } = bound(it);
    expect(it.machine.call(it.model.cdev.attach(file, { pt: 1, ...change }))).toBe(error);
  });

  it.each([
    ["argsz short", { argsz: 4 }, "EINVAL"],
    ["unknown flags", { flags: 2 }, "EINVAL"],
    ["PASID that the driver cannot attach", { pasid: 5, flags: vfio.ATTACH_PASID }, "EOPNOTSUPP"],
  ])("E.3-DETACH_PT %s", (_, change, error) => {
    const it = machine72();
    const { file } = bound(it);
    expect(it.machine.call(it.model.cdev.detach(file, change))).toBe(error);
  });

  it("E.3-ATTACH_PT whose answer cannot be written: EFAULT, and detached", () => {
    const it = machine72();
    const { file, iommufd } = bound(it);
    const request = { pt: 1, copyOutFails: true };
    expect(it.machine.call(it.model.cdev.attach(file, request))).toBe("EFAULT");
    expect(iommufd.attached.value.size).toBe(0);
  });

  it("Q13: of a PASID it is the device without PASID that is detached", () => {
    const it = machine72({ hooks: { takesPasids: true } });
    const { file, iommufd } = bound(it);
    it.machine.ok(it.model.cdev.attach(file, { pt: 1 }));
    const request = { pt: 1, pasid: 5, flags: vfio.ATTACH_PASID, copyOutFails: true };
    expect(it.machine.call(it.model.cdev.attach(file, request))).toBe("EFAULT");
    expect([...iommufd.attached.value.keys()]).toEqual([`${DEVICE} PASID 5`]);
    it.machine.result(it.model.closeDevice(file));
    expect(it.group.ownership.state).toMatchObject({ count: 0, domain: "default" });
  });

  it("E.3-close-cdev: unbound, and the group may be opened again", () => {
    const it = machine72();
    const { file, devid } = bound(it);
    expect(devid).toBe(1);
    expect(it.group.ownership.state).toMatchObject({ count: 1, domain: "blocking" });
    it.machine.result(it.model.closeDevice(file));
    expect(it.group.ownership.state).toMatchObject({ count: 0, domain: "default" });
    openGroup(it);
  });
});

describe("unregistration of 7.2 (E.3)", () => {
  it("E.3-unregister: no opens any more, and the driver asks every ten seconds", () => {
    const asked: number[] = [];
    const it = machine72({
      hooks: {
        // eslint-disable-next-line require-yield -- it only takes note
        *request(round) {
          asked.push(round);
        },
      },
    });
    const { file } = bound(it);
    const unbinding = it.machine.begin(it.device.unbind());
    it.machine.result(it.model.clock.tick());
    expect(asked).toEqual([0, 1]);
    expect(it.machine.call(it.model.cdev.open(it.device))).toBe("ENODEV");
    it.machine.result(it.model.closeDevice(file));
    expect(unbinding.returned).toHaveLength(1);
  });

  it("E.3-last-driver: the container is detached although the user has the group open", () => {
    const it = machine72();
    const { file, container } = openAll(it);
    it.machine.result(it.device.unbind());
    expect(container.refs.value).toBe(1);
    expect(it.group.ownership.state).toMatchObject({ count: 0, domain: "default" });
    expect(it.machine.call(it.model.unsetContainer(file))).toBe("EINVAL");
    it.machine.result(it.model.closeGroup(file));
    it.machine.result(it.model.closeContainer(container));
    expect(it.kernel.heap.leaked).toEqual([]);
  });

  it("E.3-register of a device that is registered: a warning and EINVAL", () => {
    const it = machine72();
    expect(it.machine.call(it.model.register(it.device))).toBe("EINVAL");
    expect(it.kernel.warnings).toEqual(["00:02.0 is registered twice"]);
  });
});

describe("WARNs of 7.2 (E.3)", () => {
  it("E-open-count: close with open_count 0", () => {
    const it = machine72();
    const { file } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    device.device.openCount = 0;
    expect(() => it.machine.result(it.model.closeDevice(device))).toThrow(/is not open/);
  });

  it("E-unuse: a device is closed more often than opened", () => {
    const it = machine72();
    const { file } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    file.group.containerUsers = 1;
    expect(() => it.machine.result(it.model.closeDevice(device))).toThrow(/more often than opened/);
  });

  it("E-detach-users: detaching while a device is open", () => {
    const it = machine72();
    const { file } = openAll(it);
    file.group.containerUsers = 2;
    expect(() => it.machine.result(it.model.closeGroup(file))).toThrow(/with 2 users/);
  });

  it("E-link: container and count out of step", () => {
    const it = machine72();
    const file = openGroup(it);
    file.group.containerUsers = 1;
    expect(() => it.machine.result(it.model.unsetContainer(file))).toThrow(/and no container/);
  });

  it("E-exclusive: unblocked more often than blocked; E-release-cdev at the end", () => {
    const it = machine72();
    const { file } = bound(it);
    const { group } = file.device;
    it.machine.result(group.cdevDeviceOpenCount.store(0));
    expect(() => it.machine.result(it.model.closeDevice(file))).toThrow(/more often than blocked/);
    const other = machine72();
    const opened = openGroup(other);
    other.machine.result(opened.group.cdevDeviceOpenCount.store(1));
    other.machine.result(other.device.unbind());
    expect(() => other.machine.result(other.model.closeGroup(opened))).toThrow(/1 devices block/);
  });

  it("E-release-iommu-group: a group ends whose IOMMU group was not let go", () => {
    const it = machine72();
    const file = openGroup(it);
    it.machine.result(it.device.unbind());
    file.group.hasIommuGroup = true;
    expect(() => it.machine.result(it.model.closeGroup(file))).toThrow(/is leaked/);
  });
});
