import { describe, expect, it } from "vitest";
import { POLL, uapi, type FaultObject } from "viommu/driver";
import { fault, outcome, startIommufd } from "./world.js";

const { HWPT_ALLOC } = uapi;

/** A device whose faults without PASID go to user space. */
function attached(options: Parameters<typeof startIommufd>[0] = {}) {
  const world = startIommufd(options);
  const { iommufd, idev } = world;
  const hwpt = world.faultable(HWPT_ALLOC.PASID);
  world.ok(() => iommufd.attach(idev, hwpt));
  return { ...world, hwpt };
}

const grpids = (messages: unknown) =>
  Array.isArray(messages) ? messages.map(({ grpid }: uapi.HwptPgfault) => grpid) : messages;

describe("C.1, C.5: read", () => {
  it("gives a request as 40 bytes, little-endian", () => {
    const { device, faults, process, run, send, idev, iommufd, ok, hwpt } = attached();
    ok(() => iommufd.attach(idev, hwpt, 0x12345));
    const privileged = { read: true, write: false, execute: true, privileged: true };
    send(fault(0x1ff, { pasid: 0x12345, address: 0x1122_3344_5566_7000n, ...privileged }));
    expect(device.pri.outstanding).toBe(1);
    const buffer = process.memory.map(40);
    expect(run(() => process.read(faults.fd, buffer.address, 40))).toBe(40);
    // prettier-ignore
    expect([...buffer.bytes]).toEqual([
      3, 0, 0, 0, // flags: PASID_VALID, LAST_PAGE
      idev.id, 0, 0, 0, // dev_id
      0x45, 0x23, 0x01, 0, // pasid
      0xff, 0x01, 0, 0, // grpid
      1 | 4 | 8, 0, 0, 0, // perm: READ, EXEC, PRIV
      0, 0, 0, 0, // reserved
      0x00, 0x70, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, // addr
      0, 0, 0, 0, // length
      1, 0, 0, 0, // cookie
    ]);
  });

  it("gives a group as one: in the order of arrival, with one cookie", () => {
    const { read, send } = attached();
    const partial = (address: bigint) => fault(7, { address, last: false });
    send(partial(0x3000n), partial(0x1000n), fault(7, { address: 0x2000n, write: false }));
    const messages = read(120) as uapi.HwptPgfault[];
    expect(messages.map(({ addr }) => addr)).toEqual([0x3000n, 0x1000n, 0x2000n]);
    expect(messages.map(({ flags }) => flags)).toEqual([0, 0, 2]);
    expect(messages.map(({ perm }) => perm)).toEqual([3, 3, 1]);
    expect(messages.map(({ cookie }) => cookie)).toEqual([1, 1, 1]);
  });

  it("gives whole groups, as many as fit", () => {
    const { read, send } = attached();
    send(fault(1), fault(2, { last: false }), fault(2), fault(3));
    expect(grpids(read(80))).toEqual([1]);
    expect(grpids(read(200))).toEqual([2, 2, 3]);
    expect(read(40)).toEqual([]);
  });

  it("EINVAL: the first group does not fit, not even into nothing; nothing there: 0", () => {
    const { read, send } = attached();
    expect(read(0)).toEqual([]);
    expect(read(40)).toEqual([]);
    send(fault(1, { last: false }), fault(1));
    expect(read(0)).toBe("EINVAL 22");
    expect(read(40)).toBe("EINVAL 22");
    expect(grpids(read(80))).toEqual([1, 1]);
  });

  it.each([1, 39, 41])("ESPIPE: %i bytes are no whole messages", (count) => {
    expect(attached().read(count)).toBe("ESPIPE 29");
  });

  it("ESPIPE: the file has no positions", () => {
    const { faults, process, run } = attached();
    const { address } = process.memory.map(40);
    expect(outcome(run(() => process.read(faults.fd, address, 40, 40n)))).toBe("ESPIPE 29");
    expect(outcome(run(() => process.write(faults.fd, address, 8, 8n)))).toBe("ESPIPE 29");
  });

  it("EFAULT: the group goes back to the head, its cookie is free again, and the order stays", () => {
    const { faults, process, read, run, send } = attached();
    send(fault(1, { last: false }), fault(1), fault(2));
    const buffer = process.memory.map(120);
    buffer.truncate(40);
    const result = run(() => process.read(faults.fd, buffer.address, 120));
    expect(outcome(result)).toBe("EFAULT 14");
    const messages = read() as uapi.HwptPgfault[];
    expect(messages.map(({ grpid, cookie }) => [grpid, cookie])).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
    ]);
  });

  it("a fault of a later group shortens the read, and is not told", () => {
    const { faults, messages, process, read, run, send } = attached();
    send(fault(1), fault(2, { last: false }), fault(2));
    const buffer = process.memory.map(120);
    buffer.truncate(100);
    expect(run(() => process.read(faults.fd, buffer.address, 120))).toBe(40);
    expect(grpids(messages(buffer, 40))).toEqual([1]);
    expect(grpids(read())).toEqual([2, 2]);
  });

  it("ENOMEM: no cookie; the group stays", () => {
    const { read, send } = attached({ fail: { task: "reader", nth: 1 } });
    send(fault(1));
    expect(read()).toBe("ENOMEM 12");
    expect(grpids(read())).toEqual([1]);
  });
});

describe("C.6: write", () => {
  it("answers a group with 8 bytes", () => {
    const { faults, process, read, responses, run, send } = attached();
    send(fault(5), fault(6));
    read();
    const buffer = process.memory.map(Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0));
    expect(run(() => process.write(faults.fd, buffer.address, 8))).toBe(8);
    expect(responses()).toEqual([[6, "INVALID"]]);
  });

  it("answers several, up to the first mistake, and tells how far it came", () => {
    const { read, responses, send, write } = attached();
    send(fault(5), fault(6), fault(7));
    read();
    expect(write([1, 0], [9, 0], [2, 0])).toBe(8);
    expect(responses()).toEqual([[5, "SUCCESS"]]);
    expect(write([3, 0], [2, 1])).toBe(16);
    expect(write()).toBe(0);
  });

  it("EINVAL: a cookie that nobody has, or not any more", () => {
    const { read, send, write } = attached();
    send(fault(1));
    expect(write([1, 0])).toBe("EINVAL 22");
    read();
    expect(write([1, 0])).toBe(8);
    expect(write([1, 0])).toBe("EINVAL 22");
  });

  it("EINVAL: user space cannot answer FAILURE; the group still waits", () => {
    const { read, responses, send, write } = attached();
    send(fault(1));
    read();
    expect(write([1, 2])).toBe("EINVAL 22");
    expect(responses()).toEqual([]);
    expect(write([1, 0])).toBe(8);
  });

  it("ESPIPE: no whole answers; EFAULT: memory that is not there", () => {
    const { faults, process, run } = attached();
    const { address } = process.memory.map(8);
    expect(outcome(run(() => process.write(faults.fd, address, 7)))).toBe("ESPIPE 29");
    expect(outcome(run(() => process.write(faults.fd, 0n, 8)))).toBe("EFAULT 14");
  });

  it("Q10: the lowest cookie is used again at once, so that a late answer goes to another group", () => {
    const { read, responses, send, write } = attached();
    send(fault(1));
    read();
    write([1, 0]);
    send(fault(2));
    expect((read() as uapi.HwptPgfault[])[0]!.cookie).toBe(1);
    expect(write([1, 1])).toBe(8);
    expect(responses()).toEqual([
      [1, "SUCCESS"],
      [2, "INVALID"],
    ]);
  });
});

describe("C.7: poll, close, detach, replace", () => {
  it("can always be written, and read while a group waits that was not read", () => {
    const { poll, read, send } = attached();
    expect(poll()).toBe(POLL.OUT);
    send(fault(1));
    expect(poll()).toBe(POLL.OUT | POLL.IN | POLL.RDNORM);
    read();
    expect(poll()).toBe(POLL.OUT);
  });

  it("wakes who polls", () => {
    const { device, faults, kernel, process } = attached();
    const seen: unknown[] = [];
    kernel.spawn("poller", function* () {
      seen.push(yield* process.pollWait(faults.fd, POLL.IN));
    });
    kernel.settle();
    expect(seen).toEqual([]);
    kernel.spawn("device", () => device.request(fault(1)));
    kernel.settle();
    expect(seen).toEqual([POLL.IN]);
  });

  it.each(["strictLinux72", "fixed"] as const)(
    "detach answers INVALID to what was read and what was not (%s); late answers are EINVAL",
    (behaviour) => {
      const { idev, iommufd, read, responses, run, send, write } = attached({ behaviour });
      send(fault(1), fault(2));
      read(40);
      run(() => iommufd.detach(idev));
      expect(responses().sort()).toEqual([
        [1, "INVALID"],
        [2, "INVALID"],
      ]);
      expect(write([1, 0])).toBe("EINVAL 22");
      expect(read()).toEqual([]);
    },
  );

  it("detach of one PASID leaves the groups of another alone", () => {
    const { hwpt, idev, iommufd, ok, read, responses, run, send, write } = attached();
    ok(() => iommufd.attach(idev, hwpt, 5));
    send(fault(1), fault(2, { pasid: 5 }));
    read();
    run(() => iommufd.detach(idev, 5));
    expect(responses()).toEqual([[2, "INVALID"]]);
    expect(write([1, 0])).toBe(8);
  });

  it("replace answers INVALID to the groups of the old domain", () => {
    const { faultable, idev, iommufd, ok, read, responses, send, write } = attached();
    send(fault(1));
    const other = faultable(HWPT_ALLOC.PASID);
    ok(() => iommufd.replace(idev, other));
    expect(responses()).toEqual([[1, "INVALID"]]);
    send(fault(2));
    expect(grpids(read())).toEqual([2]);
    expect(write([1, 0])).toBe(8);
  });

  it("a replace that fails changes nothing", () => {
    const fails = (call: string) => (call === "replace" ? "ENOMEM" : 0);
    const world = attached({ device: { fails } });
    const { faultable, idev, iommufd, read, responses, run, send } = world;
    send(fault(1));
    const other = faultable(HWPT_ALLOC.PASID);
    expect(outcome(run(() => iommufd.replace(idev, other)))).toBe("ENOMEM 12");
    expect(responses()).toEqual([]);
    send(fault(2));
    expect(grpids(read())).toEqual([1, 2]);
  });

  it("after the file is closed groups wait, and nobody but a detach answers them", () => {
    const { faults, idev, iommufd, process, responses, run, send } = attached();
    run(() => process.close(faults.fd));
    send(fault(1));
    expect(responses()).toEqual([]);
    run(() => iommufd.detach(idev));
    expect(responses()).toEqual([[1, "INVALID"]]);
  });
});

describe("Q8, Q9: what Linux 7.2 shows and a repaired iommufd does not", () => {
  it("Q8: flag bit 2 of requests with PASID", () => {
    const flags = (behaviour: "strictLinux72" | "fixed") => {
      const { idev, iommufd, ok, hwpt, read, send } = attached({ behaviour });
      ok(() => iommufd.attach(idev, hwpt, 5));
      send(fault(1, { pasid: 5 }), fault(2));
      return (read() as uapi.HwptPgfault[]).map((message) => message.flags);
    };
    expect(flags("strictLinux72")).toEqual([7, 2]);
    expect(flags("fixed")).toEqual([3, 2]);
  });
});

describe("C.9: rules that are always checked", () => {
  it("C-I2: a group leaves the list otherwise than by a read or an answer", () => {
    const { iommufd, kernel, send } = attached();
    send(fault(1));
    const object = iommufd.objects.find(({ type }) => type === "fault") as FaultObject;
    object.deliver.pop();
    expect(() => {
      send(fault(2));
    }).toThrow();
    expect(kernel.violation).toMatchObject({ invariant: "C-I2" });
  });
});
