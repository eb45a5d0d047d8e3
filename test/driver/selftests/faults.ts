import type { Routine } from "viommu/driver";
import { MOCK_DATA } from "viommu/driver";

import { NEST_PARENT, FAULT_ID_VALID, PASID, type Mock, type Row } from "./mock.js";

const NESTED = "iommufd_ioas.alloc_hwpt_nested";
const IOPF = "iommufd_viommu.viommu_alloc_nested_iopf";

/** The parent stays attached first: its device is moved to a nested table, as the selftests do. */
function attachFaultable(mock: Mock): { parent: number; nested: number } {
  const parent = mock.parent();
  mock.attach(parent);
  const nested = mock.faultable(parent);
  mock.replace(nested);
  return { parent, nested };
}

function viommu(mock: Mock) {
  const parent = mock.parent();
  const made = mock.world.ok(() =>
    mock.iommufd.viommuAlloc({ type: MOCK_DATA.VIOMMU, dev_id: mock.device, hwpt_id: parent }),
  );
  return { parent, viommu: made.out_viommu_id };
}

const vdevice = (mock: Mock, viommu_id: number) =>
  mock.call(function* (): Routine<number> {
    const made = yield* mock.iommufd.vdeviceAlloc({
      viommu_id,
      dev_id: mock.device,
      virt_id: 0x99n,
    });
    if (made instanceof Error) throw made;
    return 0;
  });

export const faultRows: readonly Row[] = [
  {
    id: NESTED,
    what: "a parent of a nest with a fault queue",
    run: (mock) => mock.hwpt({ flags: NEST_PARENT | FAULT_ID_VALID, fault_id: mock.faultId }),
    then: "EOPNOTSUPP",
  },
  {
    id: NESTED,
    what: "a nested table with fault queue 2^32 - 1",
    run: (mock) => mock.nested(mock.parent(), { flags: FAULT_ID_VALID, fault_id: 0xffff_ffff }),
    then: "ENOENT",
  },
  {
    id: NESTED,
    what: "a nested table with a fault queue, which is destroyed again",
    run: (mock) => mock.destroy(mock.faultable(mock.parent())),
    then: 0,
  },
  {
    id: NESTED,
    what: "a device is attached to a faultable nested table: destroying it",
    run: (mock) => mock.destroy(attachFaultable(mock).nested),
    then: "EBUSY",
  },
  {
    id: NESTED,
    what: "a request with PASID 1, which the nested table of the RID has the PASID table of",
    run: (mock) => {
      attachFaultable(mock);
      return [mock.trigger(1), ...mock.handle(), mock.world.responses()];
    },
    then: [0, 40, 8, [[2, "SUCCESS"]]],
  },
  {
    id: NESTED,
    what: "teardown: replace, destroy the tables, close the file, destroy the queue",
    run: (mock) => {
      const { parent, nested } = attachFaultable(mock);
      mock.replace(parent);
      return [mock.destroy(nested), mock.closeFaults(), mock.destroy(mock.faultId)];
    },
    then: [0, 0, 0],
  },
  {
    id: NESTED,
    what: "any other order of teardown",
    run: (mock) => {
      const { parent, nested } = attachFaultable(mock);
      mock.replace(parent);
      const before = mock.destroy(mock.faultId);
      mock.closeFaults();
      return [before, mock.destroy(mock.faultId), mock.destroy(nested)];
    },
    then: ["EBUSY", "EBUSY", 0],
  },
  {
    id: `${NESTED} [no_domain]`,
    what: "no device: an allocation",
    run: (mock) => mock.hwpt({ dev_id: 0 }),
    then: "ENOENT",
  },
  {
    id: IOPF,
    what: "a nested table by a vIOMMU: a fault queue that is not there, and flag 31",
    run: (mock) => {
      const { viommu: id } = viommu(mock);
      return [
        mock.nested(id, { flags: FAULT_ID_VALID, fault_id: 0xffff_ffff }),
        mock.nested(id, { flags: (FAULT_ID_VALID | (2 ** 31)) >>> 0, fault_id: mock.faultId }),
      ];
    },
    then: ["ENOENT", "EOPNOTSUPP"],
  },
  {
    id: IOPF,
    what: "attached without and with a vDEVICE; destroyed while attached; a request",
    run: (mock) => {
      const { viommu: id } = viommu(mock);
      const nested = mock.faultable(id);
      const without = mock.attach(nested);
      const made = vdevice(mock, id);
      const attached = mock.attach(nested) === nested;
      return [without, made, attached, mock.destroy(nested), mock.trigger(1), ...mock.handle()];
    },
    then: ["ENOENT", 0, true, "EBUSY", 0, 40, 8],
  },
  {
    id: "iommufd_device_pasid.pasid_attach [has_pasid]",
    what: "a faultable table at PASID 2048: a request, replaced by a plain one, taken down",
    run: (mock) => {
      const parent = mock.hwpt({ flags: NEST_PARENT | PASID }) as number;
      mock.attach(parent);
      const nested = mock.faultable(parent, { flags: PASID });
      const plain = mock.nested(parent, { flags: PASID }) as number;
      mock.attach(nested, 2048);
      const handled = [mock.trigger(2048), ...mock.handle()];
      const replaced = mock.replace(plain, 2048) === plain;
      const down = [mock.destroy(nested), mock.closeFaults(), mock.destroy(mock.faultId)];
      return [...handled, replaced, ...down];
    },
    then: [0, 40, 8, true, 0, 0, 0],
  },
];

/** What upstream does not cover. */
export const moreFaultRows: readonly Row[] = [
  {
    id: "groups of several requests",
    what: "a group of three: too little room, no whole number of messages, room",
    run: (mock) => {
      attachFaultable(mock);
      const request = { pasid: 1, grpid: 3, read: true, write: false };
      mock.world.send(
        { ...request, last: false, address: 0x3000n },
        { ...request, last: false, address: 0x1000n },
        { ...request, last: true, address: 0x2000n },
      );
      const short = [mock.world.read(0), mock.world.read(80), mock.world.read(121)];
      const messages = mock.world.read(400);
      const addresses = typeof messages === "string" ? [] : messages.map(({ addr }) => addr);
      return [...short, addresses];
    },
    then: ["EINVAL 22", "EINVAL 22", "ESPIPE 29", [0x3000n, 0x1000n, 0x2000n]],
  },
  {
    id: "copy faults",
    what: "the buffer ends in the second message: the group comes once more, whole, with the same cookie",
    run: (mock) => {
      attachFaultable(mock);
      const { world } = mock;
      const request = { pasid: 1, grpid: 3, read: true, write: false };
      world.send({ ...request, last: false, address: 0x1000n });
      world.send({ ...request, last: true, address: 0x2000n });
      const buffer = world.process.memory.map(80);
      buffer.truncate(60);
      const broken = mock.call(() => world.process.read(world.faults.fd, buffer.address, 80));
      const messages = world.read(80);
      return [broken, typeof messages === "string" ? messages : messages.map((m) => m.cookie)];
    },
    then: ["EFAULT", [1, 1]],
  },
  {
    id: "cookie reuse",
    what: "a late answer with a cookie that was given out again answers the other group",
    run: (mock) => {
      attachFaultable(mock);
      const { world } = mock;
      const answers: unknown[] = [];
      for (const grpid of [1, 2]) {
        world.send({ pasid: 1, grpid, last: true, address: 0x1000n, read: true, write: false });
        world.read(40);
        answers.push(world.write([1, grpid - 1]));
      }
      return [...answers, world.responses(), world.write([1, 0])];
    },
    then: [
      8,
      8,
      [
        [1, "SUCCESS"],
        [2, "INVALID"],
      ],
      "EINVAL 22",
    ],
  },
  ...(["replace", "detach"] as const).flatMap((how) =>
    ([false, true] as const).map((read): Row => ({
      id: "automatic answers",
      what: `${how} with a group that was ${read ? "read" : "not read"}`,
      run: (mock) => {
        const { parent } = attachFaultable(mock);
        mock.trigger(1);
        if (read) mock.world.read(40);
        if (how === "replace") mock.replace(parent);
        else mock.detach();
        return [mock.world.responses(), mock.world.read(40), mock.world.write([1, 0])];
      },
      then: [[[2, "INVALID"]], [], "EINVAL 22"],
    })),
  ),
  {
    id: "automatic answers",
    what: "after attaching, and after closing the file, nothing is answered; detaching answers",
    run: (mock) => {
      attachFaultable(mock);
      mock.trigger(1);
      mock.closeFaults();
      const waiting = mock.world.responses();
      mock.detach();
      return [waiting, mock.world.responses()];
    },
    then: [[], [[2, "INVALID"]]],
  },
  {
    id: "the rule of virtual functions",
    what: "a function that shares the page request interface is attached to a faultable table",
    run: (mock) => {
      const { parent } = attachFaultable(mock);
      const shared = mock.another({ sharesPageRequests: true });
      return mock.attach(mock.faultable(parent), 0, shared);
    },
    then: "EINVAL",
  },
];
