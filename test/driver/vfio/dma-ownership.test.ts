import { describe, expect, it } from "vitest";
import { vfio } from "viommu/driver";
import { Machine, nic } from "./machine.js";

function start() {
  const machine = new Machine();
  const group = new vfio.IommuGroup(machine.kernel, { name: "group", guard: "dma-ownership" });
  const { ownership } = group;
  const call = machine.call.bind(machine);
  return { machine, group, ownership, call };
}

const user: vfio.DmaOwner = { name: "user" };
const other: vfio.DmaOwner = { name: "other" };

describe("ownership of DMA (E.2)", () => {
  it("E.2-bind without default domain: EPROBE_DEFER", () => {
    const { machine, ownership, call } = start();
    machine.result(ownership.setDefaultDomain(false));
    expect(call(ownership.useDefaultDomain())).toBe("EPROBE_DEFER");
  });

  it("E.2-bind into a group that a user owns: EBUSY, and the device keeps no driver", () => {
    const { machine, group, ownership, call } = start();
    machine.ok(ownership.claimGroup(user));
    const device = group.make({ name: "00:02.0" });
    expect(call(device.bind(nic))).toBe("EBUSY");
    expect(device.driver.value).toBeUndefined();
  });

  it("E.2-bind with PASIDs attached: EBUSY", () => {
    const { machine, ownership, call } = start();
    machine.ok(ownership.useDefaultDomain());
    machine.result(ownership.changePasids(1));
    expect(call(ownership.useDefaultDomain())).toBe("EBUSY");
  });

  it("E.2-bind: each driver counts, but those that do no DMA of their own", () => {
    const { machine, group, ownership } = start();
    machine.ok(group.make({ name: "00:02.0" }).bind(nic));
    machine.ok(group.make({ name: "00:02.1" }).bind(nic));
    machine.ok(group.make({ name: "00:02.2" }).bind(vfio.pciStub));
    expect(ownership.state).toMatchObject({ count: 2, owner: undefined, domain: "default" });
  });

  it("E.2-bind whose probe fails does not count", () => {
    const { machine, group, ownership, call } = start();
    const device = group.make({ name: "00:02.0" });
    machine.ok(ownership.claimGroup(user));
    const error = machine.result(device.bind(nic));
    machine.result(ownership.release());
    // eslint-disable-next-line require-yield -- it fails at once
    const probe = function* () {
      return error;
    };
    expect(call(device.bind({ name: "failing", probe }))).toBe("EBUSY");
    expect(ownership.state.count).toBe(0);
  });

  it("E.2-claim by group with owner_cnt != 0: EPERM", () => {
    const { machine, ownership, call } = start();
    machine.ok(ownership.useDefaultDomain());
    expect(call(ownership.claimGroup(user))).toBe("EPERM");
  });

  it("E.2-claim by group that is not in its default domain, or has PASIDs: EBUSY", () => {
    const { machine, ownership, call } = start();
    machine.result(ownership.changePasids(1));
    expect(call(ownership.claimGroup(user))).toBe("EBUSY");
  });

  it("E.2-claim by group: blocking domain, count 1, the owner", () => {
    const { machine, ownership } = start();
    machine.ok(ownership.claimGroup(user));
    expect(ownership.state).toEqual({ count: 1, owner: user, domain: "blocking" });
  });

  it("E.2-claim by device: the same owner again counts, another: EPERM", () => {
    const { machine, ownership, call } = start();
    machine.ok(ownership.claimDevice(user));
    machine.ok(ownership.claimDevice(user));
    expect(ownership.state.count).toBe(2);
    expect(call(ownership.claimDevice(other))).toBe("EPERM");
  });

  it("E.2-claim by device with a driver of the kernel bound: EPERM", () => {
    const { machine, ownership, call } = start();
    machine.ok(ownership.useDefaultDomain());
    expect(call(ownership.claimDevice(user))).toBe("EPERM");
  });

  it("E.2-release: the last one returns to the default domain", () => {
    const { machine, ownership } = start();
    machine.ok(ownership.claimDevice(user));
    machine.ok(ownership.claimDevice(user));
    machine.result(ownership.release());
    expect(ownership.state).toEqual({ count: 1, owner: user, domain: "blocking" });
    machine.result(ownership.release());
    expect(ownership.state).toEqual({ count: 0, owner: undefined, domain: "default" });
  });

  it("E-owner: a release of what is not owned, or with PASIDs left, is a violation", () => {
    const unowned = start();
    expect(() => unowned.machine.result(unowned.ownership.release())).toThrow(/nobody uses/);
    const { machine, ownership } = start();
    machine.ok(ownership.claimDevice(user));
    machine.result(ownership.changePasids(1));
    expect(() => machine.result(ownership.release())).toThrow(/1 PASIDs/);
  });
});
