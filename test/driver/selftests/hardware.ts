import {
  Errno,
  type IOMMU,
  MOCK_DATA,
  mockHwInfo,
  mockViommuInvalidateData,
  uapi,
} from "viommu/driver";
import type { BoundDevice } from "viommu/driver";

import type { Mock, Row } from "./mock.js";

const INFO = "iommufd_ioas.get_hw_info";
const CACHE = "iommufd_viommu.vdevice_cache";
const QUEUE = "iommufd_viommu.hw_queue";
const VIRTUAL_ID = 0x99;
const FULL = Array<number>(4).fill(MOCK_DATA.CACHE_DEFAULT);
const PAGE = 4096n;
const APERTURE = 1n << 24n;

interface InfoOptions {
  readonly room: number;
  readonly type?: number;
  readonly idev?: BoundDevice;
  readonly dev_id?: number;
}

/** IOMMU_GET_HW_INFO into a buffer that is not empty: the answer, and the words that are there afterwards. */
function info(
  mock: Mock,
  { room, type = 0, idev = mock.world.idev, dev_id = idev.id }: InfoOptions,
) {
  const buffer = mock.world.process.memory.map(new Uint8Array(Math.max(room, 1)).fill(0xaa));
  const flags = type === 0 ? 0 : uapi.HW_INFO_FLAG.INPUT_TYPE;
  const where = { data_len: room, data_uptr: buffer.address };
  const answer = mock.call(() =>
    mock.iommufd.getHwInfo({ flags, dev_id, in_data_type: type, ...where }),
  );
  const words = [...new Uint32Array(buffer.bytes.slice(0, room - (room % 4)).buffer)];
  return typeof answer === "string" ? answer : { ...answer, words };
}

const selftest = { data_len: mockHwInfo.bytes, out_data_type: MOCK_DATA.HW_INFO };
const words = [0, MOCK_DATA.HW_INFO_REGISTER];

export const infoRows: readonly Row[] = [
  ...[
    { what: "no room", room: 0, then: [] },
    { what: "room for all", room: 8, then: words },
    { what: "more room: the rest is zero", room: 16, then: [...words, 0, 0] },
    { what: "room for the first word", room: 4, then: [0] },
    { what: "the type by its number", room: 8, type: MOCK_DATA.HW_INFO, then: words },
  ].map(({ what, then, ...options }): Row => ({
    id: INFO,
    what,
    run: (mock) => info(mock, options),
    then: { ...selftest, words: then, out_max_pasid_log2: 20, out_capabilities: 9n },
  })),
  {
    id: INFO,
    what: "another type, and no device",
    run: (mock) => [
      info(mock, { room: 8, type: MOCK_DATA.HW_INFO + 1 }),
      info(mock, { room: 8, dev_id: 0 }),
      info(mock, { room: 16, dev_id: 0 }),
    ],
    then: ["EOPNOTSUPP", "ENOENT", "ENOENT"],
  },
  {
    id: INFO,
    what: "PASIDs of a device that has none",
    run: (mock) => {
      const idev = mock.another({ pasidWidth: 0 });
      const answer = info(mock, { room: 0, idev });
      return typeof answer === "string" ? answer : answer.out_max_pasid_log2;
    },
    then: 0,
  },
  {
    id: "iommufd_dirty_tracking.device_dirty_capability",
    what: "a device that can track, and one that cannot",
    run: (mock) =>
      [mock.world.idev, mock.another({ dirtyTracking: false })].map((idev) => {
        mock.attach(mock.hwpt({ dev_id: idev.id }) as number, 0, idev);
        const answer = info(mock, { room: 0, idev });
        return typeof answer === "string" ? answer : answer.out_capabilities & 1n;
      }),
    then: [1n, 0n],
  },
];

function viommu(mock: Mock): number {
  const options = { type: MOCK_DATA.VIOMMU, dev_id: mock.device, hwpt_id: mock.parent() };
  return mock.world.ok(() => mock.iommufd.viommuAlloc(options)).out_viommu_id;
}

interface Invalidation {
  readonly type?: number;
  readonly length?: number;
  readonly isNull?: boolean;
}

/** Flags, device and entry. */
type Entry = readonly [flags: number, vdev_id: number, cache_id: number];

/** A vIOMMU with a vDEVICE is told to invalidate: error, count, and what the device caches then. */
function invalidation(
  what: string,
  [entries, options]: readonly [readonly Entry[], Invalidation],
  then: readonly [string | 0, number],
  cached: readonly number[] = FULL,
): Row {
  const { type = MOCK_DATA.VIOMMU_INVALIDATE, length = 12, isNull = false } = options;
  return {
    id: CACHE,
    what,
    run: (mock) => {
      const viommu_id = viommu(mock);
      const { iommufd, world } = mock;
      world.ok(() =>
        iommufd.vdeviceAlloc({ viommu_id, dev_id: mock.device, virt_id: BigInt(VIRTUAL_ID) }),
      );
      const bytes = entries.flatMap(([flags, vdev_id, cache_id]) => [
        ...mockViommuInvalidateData.encode({ flags, vdev_id, cache_id }),
      ]);
      const buffer = world.process.memory.map(
        Uint8Array.of(...bytes, ...Array<number>(16).fill(0)),
      );
      const { entry_num, error } = world.run(() =>
        iommufd.hwptInvalidate({
          ...{ hwpt_id: viommu_id, data_type: type, entry_len: length },
          entry_num: entries.length,
          data_uptr: isNull ? 0n : buffer.address,
        }),
      );
      return [error?.name ?? 0, entry_num, world.device.cache.entries];
    },
    then: [...then, cached],
  };
}

const [D, N] = [MOCK_DATA.CACHE_DEFAULT, VIRTUAL_ID];
const INVALID_TYPE = 0xdad_beef;

export const cacheRows: readonly Row[] = [
  invalidation("no entries: the type is known", [[], {}], [0, 0]),
  invalidation("another type", [[[0, 0, 0]], { type: INVALID_TYPE }], ["EINVAL", 0]),
  invalidation("a byte more than an entry", [[[0, 0, 0]], { length: 13 }], ["EINVAL", 0]),
  invalidation("entries of one byte", [[[0, 0, 0]], { length: 1 }], ["EINVAL", 0]),
  invalidation("flags", [[[0xffff_ffff, N, 0]], {}], ["EOPNOTSUPP", 0]),
  invalidation("a null pointer", [[[0, N, 0]], { isNull: true }], ["EINVAL", 0]),
  invalidation("entries of no bytes", [[[0, N, 0]], { length: 0 }], ["EINVAL", 0]),
  invalidation("entry 4", [[[0, N, 4]], {}], ["EINVAL", 0]),
  invalidation("a device that is not there", [[[0, 9, 0]], {}], ["EINVAL", 0]),
  invalidation(
    "two, of which the second has bad flags: the first took effect",
    [
      [
        [0, N, 0],
        [0xffff_ffff, N, 1],
      ],
      {},
    ],
    ["EOPNOTSUPP", 1],
    [0, D, D, D],
  ),
  invalidation(
    "two, of which the second has no entry: the first took effect",
    [
      [
        [0, N, 0],
        [0, N, 4],
      ],
      {},
    ],
    ["EINVAL", 1],
    [0, D, D, D],
  ),
  invalidation("one", [[[0, N, 1]], {}], [0, 1], [D, 0, D, D]),
  invalidation(
    "two",
    [
      [
        [0, N, 2],
        [0, N, 3],
      ],
      {},
    ],
    [0, 2],
    [D, D, 0, 0],
  ),
  invalidation("all", [[[1, N, 0]], {}], [0, 1], [0, 0, 0, 0]),
];

interface Queue {
  readonly type?: number;
  readonly index?: number;
  readonly iova?: bigint;
  readonly length?: bigint;
}

const queue = (mock: Mock, viommu_id: number, options: Queue = {}): number | string => {
  const { type = MOCK_DATA.HW_QUEUE, index = 0, iova = APERTURE, length = PAGE } = options;
  const place = { nesting_parent_iova: iova, length };
  const made = mock.call(() => mock.iommufd.hwQueueAlloc({ viommu_id, type, index, ...place }));
  return typeof made === "string" ? made : made.out_hw_queue_id;
};

const map = (mock: Mock, iova: bigint) => {
  const place = { user_va: 0x10_0000n + iova, length: PAGE, iova };
  mock.world.ok(() => mock.iommufd.ioasMap({ flags: 7, ioas_id: mock.world.ioas, ...place }));
};

const unmap = (mock: Mock, iova: bigint) =>
  mock.call(function* () {
    const options = { ioas_id: mock.world.ioas, iova, length: PAGE };
    const done = yield* mock.iommufd.ioasUnmap(options);
    return done instanceof Errno ? done : Number(done.length);
  });

export const queueRows: readonly Row[] = [
  {
    id: QUEUE,
    what: "type 0, no length, beyond 2^64, and nothing mapped there",
    run: (mock) => {
      const made = viommu(mock);
      return [
        queue(mock, made, { type: 0 }),
        queue(mock, made, { length: 0n }),
        queue(mock, made, { iova: (1n << 64n) - 1n }),
        queue(mock, made),
      ];
    },
    then: ["EOPNOTSUPP", "EINVAL", "EOVERFLOW", "ENOENT"],
  },
  {
    id: QUEUE,
    what: "queue 1 without queue 0, and queue 2",
    run: (mock) => {
      const made = viommu(mock);
      map(mock, APERTURE);
      return [queue(mock, made, { index: 1 }), queue(mock, made, { index: 2 })];
    },
    then: ["EIO", "EINVAL"],
  },
  {
    id: QUEUE,
    what: "queue 0 twice; its page stays mapped, and the next one need not",
    run: (mock) => {
      const made = viommu(mock);
      map(mock, APERTURE);
      map(mock, APERTURE + PAGE);
      const first = queue(mock, made);
      return [
        typeof first,
        queue(mock, made),
        unmap(mock, APERTURE),
        unmap(mock, APERTURE + PAGE),
        mock.destroy(first as number),
        unmap(mock, APERTURE),
      ];
    },
    then: ["number", "EEXIST", "EBUSY", 4096, 0, 4096],
  },
  {
    id: QUEUE,
    what: "queue 1 in the second half of the page: it goes first",
    run: (mock) => {
      const made = viommu(mock);
      map(mock, APERTURE);
      const first = queue(mock, made) as number;
      const half = PAGE / 2n;
      const second = queue(mock, made, { index: 1, iova: APERTURE + half, length: half });
      const order = [first, second as number, first].map((each) => mock.destroy(each));
      return [typeof second, ...order, unmap(mock, APERTURE)];
    },
    then: ["number", "EBUSY", 0, 0, 4096],
  },
];

/** Commands with the least and the whole size of their structures, and what a structure of zeros comes to. */
export const newCommands = [
  ["IOAS_ALLOW_IOVAS", uapi.iommuIoasAllowIovas, 24, "ENOENT"],
  ["IOAS_COPY", uapi.iommuIoasCopy, 40, "EINVAL"],
  ["IOAS_IOVA_RANGES", uapi.iommuIoasIovaRanges, 32, "ENOENT"],
  ["IOAS_MAP_FILE", uapi.iommuIoasMapFile, 40, "EINVAL"],
  ["OPTION", uapi.iommuOption, 24, "EBUSY"],
  ["VFIO_IOAS", uapi.iommuVfioIoas, 12, "ENODEV"],
  ["GET_HW_INFO", uapi.iommuHwInfo, 32, "ENOENT"],
  ["IOAS_CHANGE_PROCESS", uapi.iommuIoasChangeProcess, 8, 0],
  ["HW_QUEUE_ALLOC", uapi.iommuHwQueueAlloc, 40, "EOPNOTSUPP"],
] as const satisfies readonly (readonly [keyof typeof IOMMU, object, number, string | 0])[];
