import { describe, expect, it } from "vitest";
import { Errno, vfio } from "viommu/driver";
import { DEVICE, machine72, openAll } from "./machine.js";
import { bound, context, openGroup } from "./open-72.js";

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
