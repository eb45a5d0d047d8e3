import { describe, expect, it } from "vitest";
import { Errno, vfio } from "viommu/driver";
import { DEVICE, machine2021, nic, openAll, SIBLING, unprivileged } from "./machine.js";

describe("container_users of 2021 (E.1)", () => {
  it("E.1-SET_CONTAINER users != 0: EINVAL", () => {
    const it = machine2021();
    const { file } = openAll(it);
    const second = it.machine.ok(it.model.openContainer("second"));
    expect(it.machine.call(it.model.setContainer(file, second))).toBe("EINVAL");
  });

  it("E.1-SET_CONTAINER of a container with groups of the other kind: EPERM", () => {
    const it = machine2021();
    const { container } = openAll(it);
    const { kernel, machine, model } = it;
    const bare = new vfio.IommuGroup(kernel, { name: "bare", guard: "notifier", noiommu: true });
    machine.give(model, bare.make({ name: "00:03.0" }));
    const file = machine.ok(model.openGroup(bare));
    expect(machine.call(model.setContainer(file, container))).toBe("EPERM");
  });

  it("E.1-SET_CONTAINER where the IOMMU driver refuses the group: its error", () => {
    const it = machine2021();
    const { machine, model, kernel } = it;
    const container = machine.ok(model.openContainer("container"));
    const file = machine.ok(model.openGroup(it.group));
    machine.ok(model.setContainer(file, container));
    const attachGroup = (group: vfio.IommuGroup) =>
      group.name === "other" ? new Errno("ENODEV", "no") : undefined;
    machine.ok(model.setIommu(container, { name: "picky", attachGroup }));
    const other = new vfio.IommuGroup(kernel, { name: "other", guard: "notifier" });
    machine.give(model, other.make({ name: "00:03.0" }));
    const otherFile = machine.ok(model.openGroup(other));
    expect(machine.call(model.setContainer(otherFile, container))).toBe("ENODEV");
    expect(otherFile.group.containerUsers.value).toBe(0);
  });

  it("E.1-SET_CONTAINER: the container is set, users = 1", () => {
    const it = machine2021();
    const { file, container } = openAll(it);
    expect(file.group.container.value).toBe(container);
    expect(file.group.containerUsers.value).toBe(1);
  });

  it("E.1-UNSET_CONTAINER users == 0: EINVAL", () => {
    const it = machine2021();
    const file = it.machine.ok(it.model.openGroup(it.group));
    expect(it.machine.call(it.model.unsetContainer(file))).toBe("EINVAL");
  });

  it("E.1-UNSET_CONTAINER users > 1: EBUSY", () => {
    const it = machine2021();
    const { file } = openAll(it);
    it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(it.machine.call(it.model.unsetContainer(file))).toBe("EBUSY");
  });

  it("E.1-UNSET_CONTAINER users == 1: 0, and no container", () => {
    const it = machine2021();
    const { file, container } = openAll(it);
    expect(it.machine.call(it.model.unsetContainer(file))).toBeUndefined();
    expect(file.group.containerUsers.value).toBe(0);
    expect(file.group.container.value).toBeUndefined();
    expect(container.refs.value).toBe(1);
    expect(container.driver.value).toBeUndefined();
  });

  it("E.1-GET_DEVICE_FD users == 0: EINVAL", () => {
    const it = machine2021();
    const file = it.machine.ok(it.model.openGroup(it.group));
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EINVAL");
  });

  it("E.1-GET_DEVICE_FD without IOMMU driver: EINVAL", () => {
    const it = machine2021();
    const { file } = openAll(it, { setIommu: false });
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EINVAL");
  });

  it("E.1-GET_DEVICE_FD of a group that is not viable: EINVAL", () => {
    const it = machine2021();
    it.machine.ok(it.sibling.bind(nic));
    const { file } = openAll(it);
    expect(it.machine.call(it.model.deviceFile(file, DEVICE))).toBe("EINVAL");
  });

  it("E.1-GET_DEVICE_FD: users + 1, once for each file", () => {
    const it = machine2021();
    const { file } = openAll(it);
    it.machine.ok(it.model.deviceFile(file, DEVICE));
    it.machine.ok(it.model.deviceFile(file, DEVICE));
    expect(file.group.containerUsers.value).toBe(3);
  });

  it("E.1-GET_DEVICE_FD of a name that the group has not: ENODEV, and no user more", () => {
    const it = machine2021();
    const { file } = openAll(it);
    expect(it.machine.call(it.model.deviceFile(file, SIBLING))).toBe("ENODEV");
    expect(file.group.containerUsers.value).toBe(1);
  });

  it("E.1-close of a device, of the group: users - 1, and at 0 the link dissolves", () => {
    const it = machine2021();
    const { file, container } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    it.machine.result(it.model.closeGroup(file));
    expect(file.group.containerUsers.value).toBe(1);
    expect(file.group.container.value).toBe(container);
    it.machine.result(it.model.closeDevice(device));
    expect(file.group.containerUsers.value).toBe(0);
    expect(file.group.container.value).toBeUndefined();
  });

  it("E.1-put of an external user: users - 1, and at 0 the link dissolves", () => {
    const it = machine2021();
    const { file } = openAll(it);
    it.machine.ok(it.model.getExternalUser(file));
    expect(it.machine.call(it.model.unsetContainer(file))).toBe("EBUSY");
    it.machine.result(it.model.closeGroup(file));
    it.machine.result(it.model.putExternalUser(file));
    expect(file.group.container.value).toBeUndefined();
  });

  it("E.1-get of an external user, users == 0 or not viable: EINVAL", () => {
    const it = machine2021();
    const file = it.machine.ok(it.model.openGroup(it.group));
    expect(it.machine.call(it.model.getExternalUser(file))).toBe("EINVAL");
    it.machine.ok(it.sibling.bind(nic));
    const container = it.machine.ok(it.model.openContainer("container"));
    it.machine.ok(it.model.setContainer(file, container));
    it.machine.ok(it.model.setIommu(container));
    expect(it.machine.call(it.model.getExternalUser(file))).toBe("EINVAL");
    expect(file.group.containerUsers.value).toBe(1);
  });

  it("E.1-open of a group that is open: EBUSY", () => {
    const it = machine2021();
    it.machine.ok(it.model.openGroup(it.group));
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("EBUSY");
  });

  it("E.1-open of a group whose container is linked since an earlier open: EBUSY", () => {
    const it = machine2021();
    const { file } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    it.machine.result(it.model.closeGroup(file));
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("EBUSY");
    it.machine.result(it.model.closeDevice(device));
    it.machine.ok(it.model.openGroup(it.group));
  });

  it("E.1-SET_IOMMU without group, or with a driver: EINVAL", () => {
    const it = machine2021();
    const empty = it.machine.ok(it.model.openContainer("empty"));
    expect(it.machine.call(it.model.setIommu(empty))).toBe("EINVAL");
    const { container } = openAll(it);
    expect(it.machine.call(it.model.setIommu(container))).toBe("EINVAL");
  });
});

describe("viability of 2021 (E.1)", () => {
  function statusWith(
    prepare: (it: ReturnType<typeof machine2021>) => void,
  ): vfio.GroupStatus | string {
    const it = machine2021();
    prepare(it);
    const file = it.machine.ok(it.model.openGroup(it.group));
    return it.machine.call(it.model.status(file));
  }

  const viable = { viable: true, containerSet: false };

  it("E.1-viable: a device without driver", () => {
    expect(statusWith(() => undefined)).toEqual(viable);
  });

  it("E.1-viable: pci-stub, and any driver of a bridge", () => {
    const ok = statusWith(({ machine, sibling, group }) => {
      machine.ok(sibling.bind(vfio.pciStub));
      machine.ok(group.make({ name: "00:01.0", isBridge: true }).bind({ name: "pcieport" }));
    });
    expect(ok).toEqual(viable);
  });

  it("E.1-viable: a vfio device", () => {
    expect(statusWith(({ machine, model, sibling }) => machine.give(model, sibling))).toEqual(
      viable,
    );
  });

  it("E.1-viable: not with any other driver", () => {
    const status = statusWith(({ machine, sibling }) => machine.ok(sibling.bind(nic)));
    expect(status).toEqual({ viable: false, containerSet: false });
  });

  it("E.1-unbound-list: from unregistration to the end of unbinding a device counts as viable", () => {
    const it = machine2021();
    const { machine, model, sibling, group } = it;
    const seen: unknown[] = [];
    const driver = vfio.vfioDriver(model);
    machine.ok(
      sibling.bind({
        ...driver,
        *remove(device) {
          yield* driver.remove!(device);
          const file = yield* model.openGroup(group);
          if (file instanceof Errno) throw file;
          seen.push(
            yield* model.status(file),
            file.group.unbound.map((entry) => entry.device),
          );
          yield* model.closeGroup(file);
        },
      }),
    );
    machine.result(sibling.unbind());
    expect(seen).toEqual([viable, [sibling]]);
    const { group: after } = machine.ok(model.openGroup(group));
    expect(after.unbound).toEqual([]);
  });

  it("E.1-unbound-list: without memory for the entry the kernel warns", () => {
    const it = machine2021();
    it.kernel.heap.allocate = function* (kind: string) {
      yield* it.model.clock.act("look for memory on", () => undefined);
      expect(kind).toBe("vfio_unbound_dev");
      return undefined;
    };
    it.machine.result(it.device.unbind());
    expect(it.kernel.warnings).toEqual([
      "there is no memory to note that 00:02.0 is being unbound",
    ]);
  });
});

describe("the notifier of 2021 (E.1)", () => {
  it("E.1-ADD_DEVICE: nothing while there are no users, a warning in a live group", () => {
    const it = machine2021();
    const add = (name: string) => it.machine.result(it.group.add(it.group.describe({ name })));
    add("00:02.2");
    expect(it.kernel.warnings).toEqual([]);
    openAll(it);
    add("00:02.3");
    expect(it.kernel.warnings).toEqual(["00:02.3 is added to a live group"]);
  });

  it("E.1-ADD_DEVICE of a device that is known: a warning", () => {
    const it = machine2021();
    it.machine.result(it.group.notify("ADD_DEVICE", it.device));
    expect(it.kernel.warnings).toEqual(["00:02.0 is added to a group that knows it"]);
  });

  it("E.1-BOUND_DRIVER: nothing while there are no users, the host stops in a live group", () => {
    const it = machine2021();
    it.machine.ok(it.sibling.bind(nic));
    it.machine.result(it.sibling.unbind());
    openAll(it);
    expect(() => it.machine.ok(it.sibling.bind(nic))).toThrow(/the host stops/);
  });

  it("E.1-DEL_DEVICE, BIND_DRIVER, UNBIND_DRIVER: nothing", () => {
    const it = machine2021();
    const { file } = openAll(it);
    for (const action of ["DEL_DEVICE", "BIND_DRIVER", "UNBIND_DRIVER"] as const) {
      it.machine.result(it.group.notify(action, it.sibling));
    }
    expect(it.kernel.warnings).toEqual([]);
    expect(file.group.containerUsers.value).toBe(1);
  });
});

describe("registration of 2021 (E.1)", () => {
  it("E.1-unregister waits for the user, and asks for the device every ten seconds", () => {
    const asked: number[] = [];
    const it = machine2021({
      hooks: {
        // eslint-disable-next-line require-yield -- it only takes note
        *request(round) {
          asked.push(round);
        },
      },
    });
    const { file } = openAll(it);
    const device = it.machine.ok(it.model.deviceFile(file, DEVICE));
    const unbinding = it.machine.begin(it.device.unbind());
    expect(asked).toEqual([0]);
    it.machine.result(it.model.clock.tick());
    it.machine.result(it.model.clock.tick());
    expect(asked).toEqual([0, 1, 2]);
    it.machine.result(it.model.closeDevice(device));
    // The list is empty now: it waits until the group is in no container.
    expect(unbinding.returned).toHaveLength(0);
    it.machine.result(it.model.closeGroup(file));
    expect(unbinding.returned).toHaveLength(1);
    expect(it.machine.call(it.model.openGroup(it.group))).toBe("ENODEV");
  });

  it("E.1-register of a device that is registered: a warning and EBUSY", () => {
    const it = machine2021();
    expect(it.machine.call(it.model.register(it.device))).toBe("EBUSY");
    expect(it.kernel.warnings).toEqual(["00:02.0 is registered twice"]);
  });

  it("E.1-user-notifier: a driver that forgot to stop watching is warned of at the next open", () => {
    const it = machine2021();
    const file = it.machine.ok(it.model.openGroup(it.group));
    it.model.watchGroup(file, 1);
    it.machine.result(it.model.closeGroup(file));
    it.machine.ok(it.model.openGroup(it.group));
    expect(it.kernel.warnings).toEqual(["a driver watches the group of a user that is gone"]);
  });
});

describe("what the end of a group asserts (E.1)", () => {
  type It = ReturnType<typeof machine2021>;
  function end(prepare: (file: vfio.GroupFile2021, it: It) => void): () => void {
    const it = machine2021();
    const file = it.machine.ok(it.model.openGroup(it.group));
    it.machine.result(it.device.unbind());
    prepare(file, it);
    return () => it.machine.result(it.model.closeGroup(file));
  }

  it("E-release-users: no container users", () => {
    const leaveUser = ({ group }: vfio.GroupFile2021, { machine }: It) => {
      machine.result(group.containerUsers.store(2));
    };
    expect(end(leaveUser)).toThrow(/1 container users/);
  });

  it("E-release-notifiers: no driver watches it", () => {
    expect(
      end(({ group }) => {
        group.userNotifiers = 1;
      }),
    ).toThrow(/a driver watches/);
  });

  it("E-release-devices: no devices", () => {
    expect(
      end(({ group }) => {
        group.devices = [{} as (typeof group.devices)[number]];
      }),
    ).toThrow(/has devices/);
  });

  it("nothing of it: the group ends", () => {
    expect(end(() => undefined)).not.toThrow();
  });
});

describe("groups without an IOMMU in 2021", () => {
  it("E.1-noiommu: nobody opens them without CAP_SYS_RAWIO: EPERM", () => {
    const it = machine2021({ noiommu: true });
    expect(it.machine.call(it.model.openGroup(it.group, unprivileged))).toBe("EPERM");
  });
});
