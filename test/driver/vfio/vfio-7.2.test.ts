import { describe, expect, it } from "vitest";
import { Errno, vfio } from "viommu/driver";
import { DEVICE, machine72, nic, openAll, SIBLING, unprivileged } from "./machine.js";
import { bound, context, openGroup } from "./open-72.js";

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
