import { MOCK_DATA, uapi } from "viommu/driver";

import { DEFAULT, NEST_PARENT, PASID, type Mock, type Row } from "./mock.js";

const NESTED = "iommufd_ioas.alloc_hwpt_nested";
const INVALIDATE = "iommufd_ioas.alloc_hwpt_nested, invalidation";
const PASIDS = "iommufd_device_pasid.pasid_attach";
const FULL = [DEFAULT, DEFAULT, DEFAULT, DEFAULT];

const twoNested = (mock: Mock) => {
  const parent = mock.parent();
  return [mock.nested(parent) as number, mock.nested(parent) as number] as const;
};

/** One invalidation of a nested table, and what is cached afterwards, of it and of another. */
function invalidation(
  what: string,
  args: [Parameters<Mock["invalidate"]>[1], Parameters<Mock["invalidate"]>[2]?],
  then: readonly [error: string | 0, count: number],
  cached: readonly number[] = FULL,
): Row {
  return {
    id: INVALIDATE,
    what,
    run: (mock) => {
      const [nested, other] = twoNested(mock);
      return [mock.invalidate(nested, ...args), mock.iotlb(nested), mock.iotlb(other)];
    },
    then: [then, cached, FULL],
  };
}

const refusal = (what: string, run: Row["run"], then: string): Row => ({
  ...{ id: NESTED, what, run, then },
});

export const nestedRows: readonly Row[] = [
  refusal("a device that is not there", (mock) => mock.hwpt({ dev_id: 99 }), "ENOENT"),
  refusal("on top of a device", (mock) => mock.nested(mock.device), "EINVAL"),
  refusal(
    "no type of data, with a length",
    (mock) => mock.nested(mock.parent(), { type: uapi.HWPT_DATA.NONE }),
    "EINVAL",
  ),
  refusal("a type that nobody knows", (m) => m.nested(m.parent(), { type: 0xffff }), "EOPNOTSUPP"),
  refusal("data that are too short", (m) => m.nested(m.parent(), { length: 3 }), "EINVAL"),
  refusal("a null pointer to the data", (m) => m.nested(m.parent(), { null: true }), "EFAULT"),
  refusal(
    "a nested table as a parent",
    (mock) => mock.nested(mock.parent(), { flags: NEST_PARENT }),
    "EOPNOTSUPP",
  ),
  refusal("a table that is no parent", (mock) => mock.nested(mock.hwpt() as number), "EINVAL"),
  refusal(
    "nested on nested",
    (mock) => mock.nested(mock.nested(mock.parent()) as number),
    "EINVAL",
  ),
  refusal(
    "a parent with children is destroyed",
    (mock) => {
      const parent = mock.parent();
      mock.nested(parent);
      return mock.destroy(parent);
    },
    "EBUSY",
  ),
  {
    id: INVALIDATE,
    what: "a parent",
    run: (mock) => mock.invalidate(mock.parent(), [[0, 0]]),
    then: ["EINVAL", 0],
  },
  invalidation("no entries, of a type that is known", [[]], [0, 0]),
  invalidation("a bad type", [[[0, 0]], { type: 0 }], ["EINVAL", 0]),
  invalidation(
    "entries a byte longer, which is not zero",
    [[[0, 0]], { length: 9 }],
    ["EINVAL", 0],
  ),
  invalidation("entries of one byte", [[[0, 0]], { length: 1 }], ["EINVAL", 0]),
  invalidation("entries longer than a page", [[[0, 0]], { length: 4097 }], ["EINVAL", 0]),
  invalidation("more than 2^19 entries", [[[0, 0]], { count: 2 ** 19 + 1 }], ["EINVAL", 0]),
  invalidation("bad flags", [[[0xffff_ffff, 0]]], ["EOPNOTSUPP", 0]),
  invalidation("a null pointer", [[[0, 0]], { null: true }], ["EINVAL", 0]),
  invalidation("entries without length", [[[0, 0]], { length: 0 }], ["EINVAL", 0]),
  invalidation("a number out of range", [[[0, 4]]], ["EINVAL", 0]),
  invalidation(
    "two entries, of which the second has bad flags",
    [
      [
        [0, 0],
        [0xffff_ffff, 1],
      ],
    ],
    ["EOPNOTSUPP", 1],
    [0, DEFAULT, DEFAULT, DEFAULT],
  ),
  invalidation(
    "two entries, of which the second has a bad number",
    [
      [
        [0, 0],
        [0, 4],
      ],
    ],
    ["EINVAL", 1],
    [0, DEFAULT, DEFAULT, DEFAULT],
  ),
  invalidation("one entry", [[[0, 1]]], [0, 1], [DEFAULT, 0, DEFAULT, DEFAULT]),
  invalidation(
    "two entries",
    [
      [
        [0, 2],
        [0, 3],
      ],
    ],
    [0, 2],
    [DEFAULT, DEFAULT, 0, 0],
  ),
  invalidation("the flag for all", [[[MOCK_DATA.INVALIDATE_FLAG_ALL, 0]]], [0, 1], [0, 0, 0, 0]),
  {
    id: NESTED,
    what: "attached to one nested table, moved to another: each is destroyed",
    run: (mock) => {
      const [first, second] = twoNested(mock);
      mock.attach(first);
      const attached = mock.destroy(first);
      mock.replace(second);
      return [attached, mock.destroy(second), mock.destroy(first)];
    },
    then: ["EBUSY", "EBUSY", 0],
  },
  ...pasidRows(),
];

function pasidRows(): Row[] {
  const tables = (mock: Mock) => ({
    rid: mock.hwpt({ flags: PASID }) as number,
    table: mock.hwpt({ flags: PASID }) as number,
    plain: mock.hwpt() as number,
  });
  const row = (what: string, run: Row["run"], then: unknown): Row => ({
    ...{ id: PASIDS, what, run, then },
  });
  return [
    row(
      "detached without being attached",
      (mock) => {
        mock.detach(100);
        return mock.world.kernel.warnings;
      },
      [],
    ),
    row(
      "a PASID while the RID has a table that is not for PASIDs",
      (mock) => {
        const { table, plain } = tables(mock);
        mock.attach(plain);
        return mock.attach(table, 100);
      },
      "EINVAL",
    ),
    row(
      "the RID's table is replaced by one that is not for PASIDs, while a PASID is attached",
      (mock) => {
        const { rid, table, plain } = tables(mock);
        mock.attach(rid);
        mock.attach(table, 100);
        return mock.replace(plain);
      },
      "EINVAL",
    ),
    row(
      "an IOAS at a PASID; a second attachment; a replacement of nothing; one by an IOAS",
      (mock) => {
        const { rid, table } = tables(mock);
        const { ioas } = mock.world;
        mock.attach(rid);
        const space = mock.attach(ioas, 100);
        const none = mock.replace(table, 100);
        mock.attach(table, 100);
        return [space, none, mock.attach(table, 100), mock.replace(ioas, 100), mock.destroy(table)];
      },
      ["EINVAL", "EINVAL", "EBUSY", "EINVAL", "EBUSY"],
    ),
    row(
      "PASID 1024 cannot be replaced: what it has stays",
      (mock) => {
        const { rid, table } = tables(mock);
        mock.attach(rid);
        mock.attach(rid, 1024);
        const failed = mock.replace(table, 1024);
        mock.detach();
        return [failed, mock.destroy(table), mock.destroy(rid)];
      },
      ["ENOMEM", 0, "EBUSY"],
    ),
    row(
      "a device without PASIDs",
      (mock) => {
        const { table } = tables(mock);
        const without = mock.another({ pasidWidth: 0 });
        mock.attach(table, 0, without);
        return mock.attach(table, 100, without);
      },
      "EINVAL",
    ),
  ];
}
