import { beforeAll, describe, expect, it } from "vitest";
import {
  Errno,
  Iommufd,
  Kernel,
  prepareUnit,
  TablePages,
  uapi,
  UnitRun,
  vfio,
  VtdDriver,
  VtdIommuDevice,
  vtd,
  type Routine,
  type UnitWorld,
} from "viommu/driver";
import { complete } from "../vtd/complete.js";
import { discover } from "../vtd/discover.js";

const NAME = "00:02.0";
const SOURCE_ID = 0x10;
const PASID = 5;
const PAGE = { iova: 0x100_0000n, user_va: 0x8000n, length: 0x1000n };
const { FAULT_ID_VALID, PASID: FOR_PASIDS } = uapi.HWPT_ALLOC;

let world: UnitWorld;
beforeAll(async () => {
  world = await prepareUnit();
});

/** A device behind a booted unit, whose own VFIO file is bound to an open /dev/iommu. */
function start() {
  const kernel = new Kernel();
  const run = new UnitRun(kernel, world);
  const { unit, memory, iopf } = run;
  const endpoint = run.plug({ name: NAME, sourceId: SOURCE_ID });
  const group = new vfio.IommuGroup(kernel, { name: "group", guard: "dma-ownership" });
  const driver = new VtdDriver(new TablePages(kernel, { memory, frames: unit.booted.frames }));
  const iommufd = new Iommufd(kernel, { iopf });
  const model = new vfio.Vfio72(kernel);
  const call = <T>(code: () => Routine<T>): T => complete(kernel, code);
  const ok = <T>(code: () => Routine<T | Errno>): T => {
    const result = call(code);
    if (result instanceof Errno) throw result;
    return result;
  };
  const probed = ok(() =>
    discover(unit, {
      ...{ name: NAME, sourceId: SOURCE_ID, config: endpoint.bus, group: group.deviceGroup },
    }),
  );
  const iommu = new VtdIommuDevice({ driver, unit, device: probed, group: group.deviceGroup });
  const host = group.make({ name: NAME, iommu });
  const fd = ok(() => iommufd.open());
  ok(() => host.bind(vfio.vfioDriver(model, { takesPasids: true })));
  const file = ok(() => model.cdev.open(host));
  const context = new vfio.PhysicalIommufd(iommufd);
  const dev_id = ok(() => model.bindIommufd(file, { iommufd: context }));
  const ioas = ok(() => iommufd.ioasAlloc()).out_ioas_id;
  const queue = ok(() => iommufd.faultQueueAlloc());
  const { out_hwpt_id: pt } = ok(() =>
    iommufd.hwptAlloc({
      ...{ dev_id, pt_id: ioas, fault_id: queue.out_fault_id },
      flags: FAULT_ID_VALID | FOR_PASIDS,
    }),
  );
  const { process } = iommufd;
  /** The device asks for the page, and a program reads what comes of it. */
  const ask = (pasid: number | undefined): uapi.HwptPgfault => {
    call(() =>
      endpoint.ask({
        ...{ grpid: 3, last: true, address: PAGE.iova, read: true, write: true },
        ...(pasid !== undefined && { pasid }),
      }),
    );
    const buffer = process.memory.map(uapi.hwptPgfault.bytes);
    ok(() => process.read(queue.out_fault_fd, buffer.address, buffer.length));
    return uapi.hwptPgfault.decode(buffer.bytes);
  };
  const answer = (cookie: number) => {
    const buffer = process.memory.map(uapi.hwptPageResponse.encode({ cookie, code: 0 }));
    return ok(() => process.write(queue.out_fault_fd, buffer.address, buffer.length));
  };
  const map = () => ok(() => iommufd.ioasMap({ ...PAGE, ioas_id: ioas, flags: 7 }));
  const translate = (pasid: number | undefined) =>
    run.iommu.translate({
      ...{ sourceId: SOURCE_ID, pasid, address: PAGE.iova, access: "write", size: 4 },
    });
  return {
    ...{ kernel, run, unit, endpoint, group, probed, host, iommufd, model, file, pt, fd, queue },
    ...{ dev_id, call, ok, ask, answer, map, translate },
  };
}

describe("a device that VFIO attached behind a VT-d unit", () => {
  it.each([
    ["requests without PASID", undefined],
    ["a PASID", PASID],
  ])(
    "%s: a page fault comes to the user, who maps the page, and the device goes on",
    (_, pasid) => {
      const it = start();
      const withPasid = pasid !== undefined && { pasid };
      it.ok(() => it.model.cdev.attach(it.file, { pt: it.pt, ...withPasid }));
      expect(it.translate(pasid).status).toBe("fault");
      const message = it.ask(pasid);
      expect(message).toMatchObject({ dev_id: it.dev_id, addr: PAGE.iova, pasid: pasid ?? 0 });
      it.map();
      expect(it.answer(message.cookie)).toBe(8);
      expect(it.endpoint.received).toMatchObject([{ group: 3, code: 0 }]);
      expect(it.translate(pasid)).toMatchObject({ status: "ok", address: PAGE.user_va });
      it.call(() => it.model.closeDevice(it.file));
      expect(it.translate(pasid).status).toBe("fault");
      expect(it.group.ownership.state).toMatchObject({ count: 0, domain: "default" });
    },
  );

  it("is unplugged: its group gets INVALID, nothing is translated for it any more, and nothing is left", () => {
    const it = start();
    it.ok(() => it.model.cdev.attach(it.file, { pt: it.pt }));
    it.map();
    it.ask(undefined);
    expect(it.translate(undefined).status).toBe("ok");
    it.kernel.spawn("user", () => it.model.closeDevice(it.file));
    it.call(() => it.host.unplug());
    expect(it.endpoint.received).toMatchObject([{ group: 3, code: 1 }]);
    expect(it.translate(undefined).status).toBe("fault");
    it.call(function* () {
      yield* vtd.release(it.unit, it.probed);
      yield* vtd.putDevice(it.kernel, it.probed);
    });
    it.ok(() => it.iommufd.process.close(it.queue.out_fault_fd));
    it.ok(() => it.iommufd.process.close(it.fd));
    expect(it.group.deviceGroup.devices).toEqual([]);
    expect(it.kernel.heap.leaked.map(({ label }) => label)).toEqual([]);
  });
});
