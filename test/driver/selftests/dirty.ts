import { DIRTY_TRACKING, PASID, type Mock, type Row } from "./mock.js";

const ID = "iommufd_dirty_tracking";
const START = 1n << 24n;
const PAGE = 2048n;
const ENABLE = 1;
const NO_CLEAR = 1;

/** Pages in a large page of the mock. */
const LARGE = 512;

/**
 * The buffers that the selftests map; their bitmaps have half a byte, 1, 4, 8, 20 bytes, 4 KiB and 8 KiB. With "huge"
 * the table has large pages.
 */
const sizes = [
  ...["8K", "16K", "64K", "128K", "320K"],
  ...["64M", "64M huge", "128M", "128M huge"],
];

function bytesOf(size: string): bigint {
  const [, number, unit] = /^(\d+)([KM])/.exec(size)!;
  return BigInt(number!) << (unit === "K" ? 10n : 20n);
}

const track = (mock: Mock, hwpt_id: number, flags: number) =>
  mock.call(() => mock.iommufd.hwptSetDirtyTracking({ hwpt_id, flags }));

/** The whole buffer is mapped, a table made afterwards that tracks, and every second of its pages written. */
function written(mock: Mock, size: string) {
  const { world, iommufd } = mock;
  const length = bytesOf(size);
  const largePages = size.endsWith("huge");
  /** Bits that a page of the table stands for. */
  const span = largePages ? LARGE : 1;
  const user_va = 1n << 32n;
  const map = { ioas_id: world.ioas, flags: 7, user_va, length, iova: START };
  world.ok(() => iommufd.ioasMap(map));
  const device = largePages ? mock.another({ largePages }) : world.idev;
  const hwpt = mock.hwpt({ flags: DIRTY_TRACKING, dev_id: device.id }) as number;
  mock.attach(hwpt, 0, device);
  track(mock, hwpt, ENABLE);
  const table = mock.table(hwpt);
  const pages = Number(length / PAGE);
  world.run(function* () {
    for (let page = 0; page < pages; page += 2 * span) {
      yield* table.write(START + BigInt(page) * PAGE);
    }
  });
  return { hwpt, length, pages, expected: everySecond(pages, span) };
}

/** The bitmap of a table, `offset` bytes behind a page boundary; what lies around it must stay as it was. */
function bitmap(
  mock: Mock,
  { hwpt: hwpt_id, length }: { readonly hwpt: number; readonly length: bigint },
  { offset = 0, flags = 0 } = {},
): string | Uint8Array {
  const bytes = Number((length / PAGE + 7n) / 8n);
  const buffer = mock.world.process.memory.map(offset + bytes + 16);
  const data = buffer.address + BigInt(offset);
  const request = { hwpt_id, flags, iova: START, length, page_size: PAGE, data };
  const result = mock.call(() => mock.iommufd.hwptGetDirtyBitmap(request));
  if (result !== 0) return String(result);
  const around = [...buffer.bytes.slice(0, offset), ...buffer.bytes.slice(offset + bytes)];
  return around.some((byte) => byte !== 0)
    ? "written outside"
    : buffer.bytes.slice(offset, offset + bytes);
}

/** The first `span` bits of each two times as many, and no others. */
export function everySecond(bits: number, span: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) {
    if (bit % (2 * span) < span) bytes[bit >> 3]! |= 1 << (bit & 7);
  }
  return bytes;
}

const equal = (one: string | Uint8Array, other: Uint8Array) =>
  typeof one === "string" ? one : Buffer.compare(one, other) === 0;

export const dirtyRows: readonly Row[] = [
  {
    id: `${ID}.enforce_dirty`,
    what: "a table that tracks, for a device that cannot, and for one that can",
    run: (mock) => {
      const hwpt = mock.hwpt({ flags: DIRTY_TRACKING }) as number;
      const cannot = mock.another({ dirtyTracking: false });
      return [mock.attach(hwpt, 0, cannot), mock.attach(hwpt) === hwpt];
    },
    then: ["EINVAL", true],
  },
  {
    id: `${ID}.enforce_dirty`,
    what: "a device that cannot: a table that tracks",
    run: (mock) => {
      const { id: dev_id } = mock.another({ dirtyTracking: false });
      return mock.hwpt({ dev_id, flags: DIRTY_TRACKING });
    },
    then: "EOPNOTSUPP",
  },
  {
    id: `${ID}.set_dirty_tracking`,
    what: "begun and ended",
    run: (mock) => {
      const hwpt = mock.hwpt({ flags: DIRTY_TRACKING }) as number;
      mock.attach(hwpt);
      return [track(mock, hwpt, ENABLE), track(mock, hwpt, 0)];
    },
    then: [0, 0],
  },
  {
    id: `${ID}.pasid_set_dirty_tracking`,
    what: "at the RID and at PASID 100, and at a PASID of a device that cannot",
    run: (mock) => {
      const hwpt = mock.hwpt({ flags: DIRTY_TRACKING | PASID }) as number;
      mock.attach(hwpt);
      mock.attach(hwpt, 100);
      const cannot = mock.another({ dirtyTracking: false });
      mock.attach(mock.hwpt({ dev_id: cannot.id, flags: PASID }) as number, 0, cannot);
      const set = [track(mock, hwpt, ENABLE), track(mock, hwpt, 0)];
      return [...set, mock.attach(hwpt, 100, cannot)];
    },
    then: [0, 0, "EINVAL"],
  },
  ...sizes.flatMap((size): Row[] => [
    ...[0, 2048, 0xff1].map((offset) => ({
      id: `${ID}.get_dirty_bitmap [${size}]`,
      what: `every second page written, bitmap at byte ${offset}: its bits, and none the next time`,
      run: (mock: Mock) => {
        const made = written(mock, size);
        const first = bitmap(mock, made, { offset });
        const second = bitmap(mock, made, { offset });
        const none = new Uint8Array(Math.ceil(made.pages / 8));
        return [equal(first, made.expected), equal(second, none)];
      },
      then: [true, true],
    })),
    {
      id: `${ID}.get_dirty_bitmap_no_clear [${size}]`,
      what: "twice without clearing: the same",
      run: (mock) => {
        const made = written(mock, size);
        const flags = NO_CLEAR;
        const { expected } = made;
        return [0, 2048, 0xff1].flatMap((offset) => [
          equal(bitmap(mock, made, { offset, flags }), expected),
          equal(bitmap(mock, made, { offset, flags }), expected),
        ]);
      },
      then: [true, true, true, true, true, true],
    },
  ]),
];
