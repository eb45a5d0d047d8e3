import { Errno, IOMMU, MOCK_DATA, uapi } from "viommu/driver";

import { newCommands } from "./hardware.js";
import type { Mock, Row } from "./mock.js";

const NEGATIVE = "iommufd_viommu.viommu_negative_tests";
const EVENTS = "iommufd_viommu.vdevice_alloc (vEVENTQ)";
const VIRTUAL_ID = 0x99;
const MOST = 2 ** 19;
const EVENT_BYTES = 12;

const viommu = (mock: Mock, hwpt_id: number, type: number = MOCK_DATA.VIOMMU) => {
  const options = { type, dev_id: mock.device, hwpt_id };
  const made = mock.call(() => mock.iommufd.viommuAlloc(options));
  return typeof made === "string" ? made : made.out_viommu_id;
};

const vdevice = (mock: Mock, viommu_id: number, virt_id = BigInt(VIRTUAL_ID)) => {
  const options = { viommu_id, dev_id: mock.device, virt_id };
  const made = mock.call(() => mock.iommufd.vdeviceAlloc(options));
  return typeof made === "string" ? made : made.out_vdevice_id;
};

/** An event queue: its file, or an error. */
const queue = (mock: Mock, viommu_id: number, depth: number) => {
  const options = { viommu_id, type: MOCK_DATA.VEVENTQ, depth };
  const made = mock.call(() => mock.iommufd.veventqAlloc(options));
  return typeof made === "string" ? made : made.out_veventq_fd;
};

/** The mock's event is the number that the guest knows the device by. */
const report = (mock: Mock, viommu_id: number) =>
  mock.call(() =>
    mock.iommufd.reportEvent(viommu_id, MOCK_DATA.VEVENTQ, Uint8Array.of(VIRTUAL_ID, 0, 0, 0)),
  );

/** Words of what a read gives, or its error. */
const read = (mock: Mock, fd: number, count: number): number[] | string => {
  const { process } = mock.world;
  const buffer = process.memory.map(Math.max(count, 1));
  const result = mock.world.run(() => process.read(fd, buffer.address, count));
  if (result instanceof Errno) return result.name;
  return Array.from({ length: result / 4 }, (_, n) => buffer.view.getUint32(4 * n, true));
};

/** A command on a structure of zeros of this size, of which the last byte is `last`. */
function command(mock: Mock, number: number, size: number, last = 0): string | number {
  const bytes = new Uint8Array(Math.max(size, 8));
  bytes[size - 1] = last;
  new DataView(bytes.buffer).setUint32(0, size, true);
  const { process } = mock.world;
  const { address } = process.memory.map(bytes);
  return mock.call(() => process.ioctl(mock.world.fd, number, address));
}

/** Commands with the least and the whole size of their structures. */
const commands = [
  ["DESTROY", uapi.iommuDestroy, 8, "ENOENT"],
  ["HWPT_ALLOC", uapi.iommuHwptAlloc, 24, "ENOENT"],
  ["HWPT_SET_DIRTY_TRACKING", uapi.iommuHwptSetDirtyTracking, 16, "ENOENT"],
  ["HWPT_INVALIDATE", uapi.iommuHwptInvalidate, 32, "ENOENT"],
  ["VDEVICE_ALLOC", uapi.iommuVdeviceAlloc, 24, "ENOENT"],
  ...newCommands,
] as const;

export const viommuRows: readonly Row[] = [
  {
    id: NEGATIVE,
    what: "table 0; a table that is no parent; type 0xdead; a parent and a vIOMMU in use",
    run: (mock) => {
      const parent = mock.parent();
      const refused = [
        viommu(mock, 0),
        viommu(mock, mock.hwpt() as number),
        viommu(mock, parent, 0xdead),
      ];
      const made = viommu(mock, parent) as number;
      const used = [mock.destroy(parent)];
      vdevice(mock, made);
      return [...refused, ...used, mock.destroy(made)];
    },
    then: ["ENOENT", "EINVAL", "EOPNOTSUPP", "EBUSY", "EBUSY"],
  },
  {
    id: EVENTS,
    what: "depth 0, 2^19 + 1 and 2^19; a second queue of the type",
    run: (mock) => {
      const made = viommu(mock, mock.parent()) as number;
      const depths = [0, MOST + 1].map((depth) => queue(mock, made, depth));
      const first = typeof queue(mock, made, MOST);
      return [...depths, first, queue(mock, made, MOST)];
    },
    then: ["EINVAL", "EINVAL", "number", "EEXIST"],
  },
  {
    id: EVENTS,
    what: "reads of 0 and 7 bytes; after an event 0, 8, and the right size",
    run: (mock) => {
      const made = viommu(mock, mock.parent()) as number;
      vdevice(mock, made);
      const fd = queue(mock, made, 2) as number;
      const empty = [0, 7, 8].map((count) => read(mock, fd, count));
      report(mock, made);
      return [...empty, ...[0, 8, EVENT_BYTES].map((count) => read(mock, fd, count))];
    },
    then: ["EINVAL", "EINVAL", [], "EINVAL", "EINVAL", [0, 0, VIRTUAL_ID]],
  },
  {
    id: EVENTS,
    what: "depth 2 and three events: the reader sees the loss, and none with the next event",
    run: (mock) => {
      const made = viommu(mock, mock.parent()) as number;
      const fd = queue(mock, made, 2) as number;
      for (let n = 0; n < 3; n++) report(mock, made);
      const lost = read(mock, fd, 100);
      report(mock, made);
      return [lost, read(mock, fd, 100)];
    },
    then: [
      [0, 0, VIRTUAL_ID, 0, 1, VIRTUAL_ID, 1, 2],
      [0, 3, VIRTUAL_ID],
    ],
  },
  {
    id: EVENTS,
    what: "a second vDEVICE of the device, and of the number",
    run: (mock) => {
      const made = viommu(mock, mock.parent()) as number;
      return [typeof vdevice(mock, made), vdevice(mock, made), vdevice(mock, made, 0x9an)];
    },
    then: ["number", "EEXIST", "EEXIST"],
  },
  {
    id: "iommufd_viommu.vdevice_tombstone",
    what: "the device of a vDEVICE is unbound: the number stays taken",
    run: (mock) => {
      const made = vdevice(mock, viommu(mock, mock.parent()) as number) as number;
      mock.world.run(() => mock.iommufd.unbind(mock.world.idev));
      const space = mock.world.ok(() => mock.iommufd.ioasAlloc()).out_ioas_id;
      return [mock.destroy(made), space === made];
    },
    then: ["ENOENT", false],
  },
  {
    id: "iommufd.cmd_fail",
    what: "object 0, a null pointer, a number that is no command",
    run: (mock) => {
      const { process } = mock.world;
      return [
        command(mock, IOMMU.DESTROY, 8),
        mock.call(() => process.ioctl(mock.world.fd, IOMMU.DESTROY, 0n)),
        command(mock, IOMMU.DESTROY - 1, 8),
      ];
    },
    then: ["ENOENT", "EFAULT", "ENOTTY"],
  },
  ...commands.map(([name, struct, least, then]): Row => ({
    id: `iommufd.cmd_length [${name}]`,
    what: "a byte less than the least; the whole; a byte more that is zero, and one that is not",
    run: (mock) => {
      const { bytes } = struct;
      const number = IOMMU[name];
      return [
        command(mock, number, least - 1),
        command(mock, number, bytes),
        command(mock, number, bytes + 1),
        command(mock, number, bytes + 1, 1),
      ];
    },
    then: ["EINVAL", then, then, "E2BIG"],
  })),
];
