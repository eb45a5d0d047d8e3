import { describe, expect, it } from "vitest";
import {
  AbstractDevice,
  IOMMU,
  uapi,
  type Struct,
  type StructField,
  type StructValues,
} from "viommu/driver";
import { fault, outcome, startIommufd } from "./world.js";

const { HWPT_ALLOC } = uapi;

/** A structure as a test goes through it: field by field, whatever they are. */
function any<F extends Record<string, StructField>>(struct: Struct<F>) {
  return {
    bytes: struct.bytes,
    fields: Object.entries<StructField>(struct.fields),
    encode: (name: string, value: number | bigint) =>
      struct.encode({ [name]: value } as Partial<StructValues<F>>),
    decode: (bytes: Uint8Array) => struct.decode(bytes),
  };
}

describe("C.2: references", () => {
  it("a fault object goes after its file and its HWPTs, and not before", () => {
    const { faultable, faults, iommufd, ok, process, run } = startIommufd();
    const hwpt = faultable();
    const destroy = (id: number) => outcome(run(() => iommufd.destroy({ id })));
    expect(destroy(faults.id)).toBe("EBUSY 16");
    ok(() => process.close(faults.fd));
    expect(destroy(faults.id)).toBe("EBUSY 16");
    expect(destroy(hwpt)).toBe(0);
    expect(destroy(faults.id)).toBe(0);
    expect(destroy(faults.id)).toBe("ENOENT 2");
  });

  it("ids begin with 1, and the lowest free one is given out first", () => {
    const { idev, ioas, iommufd, ok } = startIommufd();
    expect([idev.id, ioas]).toEqual([1, 2]);
    const [third, fourth] = [1, 2].map(() => ok(() => iommufd.ioasAlloc()).out_ioas_id);
    ok(() => iommufd.destroy({ id: third! }));
    expect(ok(() => iommufd.ioasAlloc()).out_ioas_id).toBe(third);
    expect(fourth).toBe(third! + 1);
  });

  it("closing /dev/iommu destroys what is left, when the last file of its objects is closed too", () => {
    const { faultable, faults, fd, idev, iommufd, kernel, ok, process, run } = startIommufd();
    faultable();
    run(() => iommufd.unbind(idev));
    ok(() => process.close(fd));
    expect(iommufd.objects.length).toBeGreaterThan(0);
    ok(() => process.close(faults.fd));
    expect(iommufd.objects).toEqual([]);
    expect(kernel.warnings).toEqual([]);
  });

  it("a HWPT that was made for an IOAS goes with its last device", () => {
    const { idev, ioas, iommufd, ok, run } = startIommufd();
    const before = iommufd.objects.length;
    const auto = ok(() => iommufd.attach(idev, ioas));
    expect(iommufd.objects.map(({ id }) => id)).toContain(auto);
    run(() => iommufd.detach(idev));
    expect(iommufd.objects).toHaveLength(before);
  });
});

describe("C.4: attaching", () => {
  it("EINVAL: a virtual function shares page requests with others", () => {
    const { faultable, hwpt, idev, iommufd, ok, run } = startIommufd({
      device: { sharesPageRequests: true },
    });
    const [withFaults, plain] = [faultable(), hwpt()];
    expect(outcome(run(() => iommufd.attach(idev, withFaults)))).toBe("EINVAL 22");
    expect(ok(() => iommufd.attach(idev, plain))).toBe(plain);
  });

  it("ENODEV: page requests of the device are not served; nothing stays attached", () => {
    const { faultable, hwpt, idev, iommufd, ok, run } = startIommufd({
      device: { pageRequests: false },
    });
    const [withFaults, plain] = [faultable(), hwpt()];
    expect(outcome(run(() => iommufd.attach(idev, withFaults)))).toBe("ENODEV 19");
    expect(ok(() => iommufd.attach(idev, plain))).toBe(plain);
  });

  it.each([
    { behaviour: "strictLinux72", named: "the device that was attached first" },
    { behaviour: "fixed", named: "the device that faulted" },
  ] as const)("Q9: of a group, $behaviour names $named", ({ behaviour }) => {
    const world = startIommufd({ behaviour });
    const { device, faultable, idev, iommufd, ok, read, run, unit } = world;
    const twin = new AbstractDevice(unit, { name: "mock1", group: device.group });
    const second = ok(() => iommufd.bind(twin));
    const hwpt = faultable();
    ok(() => iommufd.attach(idev, hwpt));
    ok(() => iommufd.attach(second, hwpt));
    run(() => twin.request(fault(1)));
    const [message] = read() as uapi.HwptPgfault[];
    expect(message!.dev_id).toBe(behaviour === "fixed" ? second.id : idev.id);
  });

  it("of a group: another domain is EINVAL, and the hardware is detached with the last device", () => {
    const { device, hwpt, idev, iommufd, ok, run, unit } = startIommufd();
    const twin = new AbstractDevice(unit, { name: "mock1", group: device.group });
    const second = ok(() => iommufd.bind(twin));
    const [one, other] = [hwpt(), hwpt()];
    ok(() => iommufd.attach(idev, one));
    expect(outcome(run(() => iommufd.attach(second, other)))).toBe("EINVAL 22");
    ok(() => iommufd.attach(second, one));
    run(() => iommufd.detach(idev));
    expect(outcome(run(() => iommufd.destroy({ id: one })))).toBe("EBUSY 16");
    run(() => iommufd.detach(second));
    expect(outcome(run(() => iommufd.destroy({ id: one })))).toBe(0);
  });

  it("each allocation may fail: nothing is left behind, whatever it was", () => {
    for (let nth = 1; ; nth++) {
      const world = startIommufd({ fail: { task: "user", nth } });
      const { device, idev, ioas, iommufd, kernel, process, run } = world;
      const before = [...kernel.heap.leaked].length;
      const done = run(function* () {
        const queue = yield* iommufd.faultQueueAlloc();
        if (queue instanceof Error) return false;
        const flags = HWPT_ALLOC.FAULT_ID_VALID;
        const options = { dev_id: idev.id, pt_id: ioas, flags, fault_id: queue.out_fault_id };
        const hwpt = yield* iommufd.hwptAlloc(options);
        const attached =
          hwpt instanceof Error ? hwpt : yield* iommufd.attach(idev, hwpt.out_hwpt_id);
        if (!(hwpt instanceof Error)) {
          yield* iommufd.detach(idev);
          yield* iommufd.destroy({ id: hwpt.out_hwpt_id });
        }
        yield* process.close(queue.out_fault_fd);
        yield* iommufd.destroy({ id: queue.out_fault_id });
        return !(attached instanceof Error);
      }, "user");
      expect(kernel.heap.leaked.length).toBe(before);
      expect(device.pri.outstanding).toBe(0);
      if (done) break;
      expect(nth).toBeLessThan(20);
    }
  });
});

describe("C.1: commands by their bytes", () => {
  it("IOMMU_FAULT_QUEUE_ALLOC: 16 bytes, with the id at 8 and the descriptor at 12", () => {
    const { fd, ok, process } = startIommufd();
    const command = process.memory.map(Uint8Array.of(16, ...Array<number>(15).fill(0)));
    ok(() => process.ioctl(fd, IOMMU.FAULT_QUEUE_ALLOC, command.address));
    expect([...command.bytes]).toEqual([16, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0]);
  });

  it("C.3: an answer that cannot be copied undoes everything", () => {
    const { fd, iommufd, kernel, ok, process, run } = startIommufd({
      copiesFail: true,
      // After the size, the structure and the allocations of the object and of its file.
      fail: { task: "user", nth: 5 },
    });
    const before = [iommufd.objects.length, kernel.heap.leaked.length, process.openDescriptors];
    const command = process.memory.map(Uint8Array.of(16, ...Array<number>(15).fill(0)));
    const call = () => process.ioctl(fd, IOMMU.FAULT_QUEUE_ALLOC, command.address);
    expect(outcome(run(call, "user"))).toBe("EFAULT 14");
    expect([iommufd.objects.length, kernel.heap.leaked.length, process.openDescriptors]).toEqual(
      before,
    );
    ok(call);
  });

  it.each([
    ["IOMMU_HWPT_ALLOC", any(uapi.iommuHwptAlloc), [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 44], 48],
    [
      "IOMMU_HWPT_GET_DIRTY_BITMAP",
      any(uapi.iommuHwptGetDirtyBitmap),
      [0, 4, 8, 12, 16, 24, 32, 40],
      48,
    ],
    ["IOMMU_HWPT_INVALIDATE", any(uapi.iommuHwptInvalidate), [0, 4, 8, 16, 20, 24, 28], 32],
    ["IOMMU_HWPT_SET_DIRTY_TRACKING", any(uapi.iommuHwptSetDirtyTracking), [0, 4, 8, 12], 16],
    ["IOMMU_VEVENTQ_ALLOC", any(uapi.iommuVeventqAlloc), [0, 4, 8, 12, 16, 20, 24, 28], 32],
    ["iommu_hwpt_vtd_s1", any(uapi.hwptVtdS1), [0, 8, 16, 20], 24],
    ["iommu_hwpt_vtd_s1_invalidate", any(uapi.hwptVtdS1Invalidate), [0, 8, 16, 20], 24],
  ])("%s: each field at its place, and decoded as it was encoded", (_, struct, offsets, bytes) => {
    const { fields } = struct;
    expect(fields.map(([, [offset]]) => offset)).toEqual(offsets);
    expect(struct.bytes).toBe(bytes);
    for (const [name, [offset, size]] of fields) {
      const value = size === 8 ? 0x0102_0304_0506_0708n : 0x0506_0708;
      const encoded = struct.encode(name, value);
      const expected = size === 8 ? [8, 7, 6, 5, 4, 3, 2, 1] : [8, 7, 6, 5];
      expect([...encoded.subarray(offset, offset + size)]).toEqual(expected);
      expect(encoded.filter((byte) => byte !== 0)).toHaveLength(size);
      expect(struct.decode(encoded)).toMatchObject({ [name]: value });
    }
  });

  it("a value that its field cannot hold is refused", () => {
    expect(() => uapi.hwptPageResponse.encode({ cookie: 2 ** 32 })).toThrow(
      "iommu_hwpt_page_response.cookie is 4294967296: expected 32 bits",
    );
  });
});
