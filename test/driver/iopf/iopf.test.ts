import { describe, expect, it } from "vitest";
import { AttachTable, faultsOf, makeDevice, type Group } from "viommu/driver";
import { fault, startIopf } from "./world.js";

const addresses = (group: Group | undefined) => group && faultsOf(group).map((f) => f.address);
const partial = (grpid: number, address: bigint, pasid = 5) =>
  fault(grpid, { last: false, address, pasid });

describe("A.2: a device is added to a queue", () => {
  it("ENODEV: its driver cannot respond", () => {
    const { kernel, iopf, queue, run } = startIopf();
    const mute = makeDevice(kernel, "mute", { group: { attachments: new AttachTable(kernel) } });
    expect(run(() => iopf.addDevice(queue, mute))).toBe("ENODEV");
  });

  it("EBUSY: it is in a queue, be it another", () => {
    const { iopf, queue, device, run } = startIopf();
    expect(run(() => iopf.addDevice(queue, device))).toBe("EBUSY");
    expect(run(() => iopf.addDevice(iopf.makeQueue("other"), device))).toBe("EBUSY");
  });

  it("ENOMEM: nothing is left behind, and the next try succeeds", () => {
    const { iopf, queue, device, run } = startIopf({
      queued: false,
      fail: { task: "add", nth: 1 },
    });
    expect(run(() => iopf.addDevice(queue, device), "add")).toBe("ENOMEM");
    expect(device.lock.locked || queue.lock.locked).toBe(false);
    expect(run(() => iopf.addDevice(queue, device))).toBe(0);
  });
});

describe("A.3: who answers a request, and with what", () => {
  it("nobody is attached to its PASID: INVALID, EINVAL", () => {
    const { report, responses } = startIopf();
    expect(report(fault(1, { pasid: 7 }))).toBe("EINVAL");
    expect(responses()).toEqual([[1, "INVALID"]]);
  });

  it("the domain has no handler: INVALID, EINVAL", () => {
    const { report, responses } = startIopf();
    expect(report(fault(1, { pasid: 6 }))).toBe("EINVAL");
    expect(responses()).toEqual([[1, "INVALID"]]);
  });

  it("without PASID it is for who is attached to PASID 0", () => {
    const { attachments, handle, groups, report, run } = startIopf();
    expect(report(fault(1, { pasid: undefined }))).toBe("EINVAL");
    run(() => attachments.store(handle));
    expect(report(fault(2, { pasid: undefined }))).toBe(0);
    expect(groups).toHaveLength(1);
  });

  it("the device is in no queue: a warning, INVALID, EINVAL", () => {
    const { kernel, report, responses } = startIopf({ queued: false });
    expect(report(fault(1))).toBe("EINVAL");
    expect(kernel.warnings).toHaveLength(1);
    expect(responses()).toEqual([[1, "INVALID"]]);
  });

  it("the group cannot be allocated: FAILURE, and the requests before it are freed", () => {
    const { kernel, report, responses } = startIopf({ fail: { task: "reporter/2", nth: 1 } });
    report(partial(1, 0x1000n));
    expect(report(fault(1))).toBe(0);
    expect(responses()).toEqual([[1, "FAILURE"]]);
    expect(kernel.heap.leaked.map(({ kind }) => kind)).not.toContain("iopf_fault");
  });

  it("the handler refuses: FAILURE", () => {
    const { report, responses } = startIopf({ accepts: false });
    expect(report(fault(1))).toBe(0);
    expect(responses()).toEqual([[1, "FAILURE"]]);
  });

  it("a request that is not the last waits, and has no answer of its own", () => {
    const { report, groups, responses } = startIopf();
    expect(report(partial(1, 0x1000n))).toBe(0);
    expect(groups).toEqual([]);
    expect(responses()).toEqual([]);
  });
});

describe("A-I5, A-I6: a group", () => {
  it("has the requests of its index in the order of arrival, the last one at the end", () => {
    const { report, groups } = startIopf();
    for (const each of [partial(1, 0x3000n), partial(2, 0x9000n), partial(1, 0x2000n)])
      report(each);
    report(fault(1, { address: 0x1000n }));
    expect(addresses(groups[0])).toEqual([0x3000n, 0x2000n, 0x1000n]);
    report(fault(2, { address: 0x8000n }));
    expect(addresses(groups[1])).toEqual([0x9000n, 0x8000n]);
  });

  it("is answered once: a second answer is a violation", () => {
    const { iopf, groups, report, run, responses } = startIopf();
    report(fault(1));
    run(() => iopf.respond(groups[0]!, "SUCCESS"));
    expect(responses()).toEqual([[1, "SUCCESS"]]);
    expect(() => run(() => iopf.respond(groups[0]!, "SUCCESS"))).toThrow("a group goes to");
  });

  it("is not used after it was freed", () => {
    const { iopf, groups, report, run } = startIopf();
    report(fault(1));
    run(() => iopf.freeGroup(groups[0]!));
    expect(() => run(() => iopf.respond(groups[0]!, "SUCCESS"))).toThrow("iopf_group#0.1 is used");
  });
});

describe("A.6: removal", () => {
  it("answers INVALID to what is pending, frees what waits, and takes nothing more", () => {
    const { kernel, iopf, queue, device, groups, report, run, responses } = startIopf();
    report(fault(1));
    report(partial(2, 0x1000n));
    run(() => iopf.removeDevice(queue, device));
    expect(responses()).toEqual([[1, "INVALID"]]);
    expect(kernel.heap.leaked.map(({ kind }) => kind)).not.toContain("iopf_fault");
    expect(report(fault(3))).toBe("EINVAL");
    // The handler still has the group: it frees it, and its answer is not sent.
    run(() => iopf.respond(groups[0]!, "SUCCESS"));
    run(() => iopf.freeGroup(groups[0]!));
    expect(responses()).toEqual([
      [1, "INVALID"],
      [3, "INVALID"],
    ]);
  });

  it("of a device that is in another queue, or in none, warns and does nothing", () => {
    const { kernel, iopf, device, run } = startIopf();
    run(() => iopf.removeDevice(iopf.makeQueue("other"), device));
    expect(kernel.warnings).toEqual(["device is removed from other, where it is not"]);
    expect(device.faultParam.value).toBeDefined();
  });

  it("a flush of a device in no queue warns: ENODEV", () => {
    const { kernel, iopf, device, run } = startIopf({ queued: false });
    expect(run(() => iopf.flushDevice(device))).toBe("ENODEV");
    expect(kernel.warnings).toHaveLength(1);
  });

  it("freeing a queue removes its devices; nothing is left of it", () => {
    const { kernel, iopf, queue, device, run } = startIopf();
    run(() => iopf.freeQueue(queue));
    expect(device.faultParam.value).toBeUndefined();
    expect(kernel.heap.leaked.map(({ kind }) => kind)).toEqual([
      ...["dev_iommu", "attach_handle", "attach_handle"],
    ]);
  });

  it("after an overflow what waits for its last request is forgotten", () => {
    const { iopf, queue, groups, report, run } = startIopf();
    report(partial(1, 0x3000n));
    run(() => iopf.discardPartials(queue));
    report(fault(1));
    expect(addresses(groups[0])).toEqual([0x1000n]);
  });
});

describe("K: what Linux 7.2 does, and a repaired core does not", () => {
  const strict = { behaviour: "strictLinux72" } as const;

  it("Q1: a request that is not the last is answered if nobody handles its PASID", () => {
    for (const [options, answers] of [
      [strict, [[1, "INVALID"]]],
      [{}, []],
    ] as const) {
      const { report, responses } = startIopf(options);
      report(partial(1, 0x1000n, 7));
      expect(responses()).toEqual(answers);
    }
  });

  it("Q2: requests of another PASID get into a group of the same index", () => {
    for (const [options, pages] of [
      [strict, [0x9000n, 0x1000n]],
      [{}, [0x1000n]],
    ] as const) {
      const { attachments, handle, groups, report, run } = startIopf(options);
      run(() => attachments.store(handle, 8));
      report(partial(1, 0x9000n, 8));
      report(fault(1));
      expect(addresses(groups[0])).toEqual(pages);
    }
  });

  it("Q3: requests outlive the domain that they were meant for", () => {
    for (const [options, pages] of [
      [strict, [0x9000n, 0x1000n]],
      [{}, [0x1000n]],
    ] as const) {
      const { iopf, device, groups, report, run } = startIopf(options);
      report(partial(1, 0x9000n));
      run(() => iopf.forgetPartials(device, 5));
      report(fault(1));
      expect(addresses(groups[0])).toEqual(pages);
    }
  });

  it("Q4: a request for which there is no memory is lost, and its group handled without it", () => {
    for (const [options, groupsMade, answers] of [
      [strict, 1, []],
      [{}, 0, [[1, "FAILURE"]]],
    ] as const) {
      const fail = { task: "reporter", nth: 1 };
      const { groups, report, responses } = startIopf({ ...options, fail });
      expect(report(partial(1, 0x9000n))).toBe("ENOMEM");
      report(fault(1));
      expect(groups).toHaveLength(groupsMade);
      expect(responses()).toEqual(answers);
    }
  });

  it("Q6: what user space answers after the removal is sent all the same", () => {
    for (const [options, code] of [
      [strict, "SUCCESS"],
      [{}, "INVALID"],
    ] as const) {
      const { iopf, queue, device, groups, report, run, responses } = startIopf(options);
      report(fault(1));
      run(() => iopf.dequeue(groups[0]!));
      run(() => iopf.removeDevice(queue, device));
      run(() => iopf.respond(groups[0]!, "SUCCESS"));
      expect(responses()).toEqual([[1, code]]);
    }
  });

  it("Q7: removal frees a group under its handler", () => {
    const { iopf, queue, device, groups, report, run } = startIopf(strict);
    report(fault(1));
    run(() => iopf.removeDevice(queue, device));
    expect(() => run(() => iopf.respond(groups[0]!, "SUCCESS"))).toThrow("is used, task freed it");
  });
});

describe("lifetimes of the fault data", () => {
  it.each(["mutex", "refcount-grace", "refcount", "epoch", "reobtain"] as const)(
    "%s: one group, its answer, removal, and nothing is left",
    (lifetime) => {
      const { kernel, iopf, queue, device, groups, report, run, responses } = startIopf({
        lifetime,
      });
      report(partial(1, 0x2000n));
      report(fault(1));
      run(() => iopf.respond(groups[0]!, "SUCCESS"));
      run(() => iopf.freeGroup(groups[0]!));
      run(() => iopf.removeDevice(queue, device));
      expect(responses()).toEqual([[1, "SUCCESS"]]);
      expect(kernel.heap.leaked.map(({ kind }) => kind)).not.toContain("FaultParam");
    },
  );
});
