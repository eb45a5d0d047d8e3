import type { Fault } from "viommu/driver";

import { PASID, type Mock, type Row } from "./mock.js";

const ID = "automatic answers";
const COOKIES = [1, 2];

/** Of groups of one request and of two; requests with PASID find their table at it. */
function groups(pasid: number | undefined): Fault[] {
  const request = { pasid, read: true, write: false };
  return [
    { ...request, grpid: 1, last: true, address: 0x1000n },
    { ...request, grpid: 2, last: false, address: 0x2000n },
    { ...request, grpid: 2, last: true, address: 0x3000n },
    { ...request, grpid: 3, last: true, address: 0x4000n },
  ];
}

/** How far a reader has come. */
const points: readonly (readonly [what: string, reach: (mock: Mock) => void])[] = [
  ["nothing was read", () => undefined],
  ["the first was read", (mock) => void mock.world.read(40)],
  ["two were read, and there was no room for the third", (mock) => void mock.world.read(120)],
  ["all were read", (mock) => void mock.world.read(400)],
  ["a copy failed in the second", (mock) => breakCopy(mock)],
  [
    "all were read, and the second answered",
    (mock) => {
      mock.world.read(400);
      mock.world.write([2, 0]);
    },
  ],
];

/** The first group and one message of the second can be copied. */
function breakCopy(mock: Mock): void {
  const { process, faults } = mock.world;
  const buffer = process.memory.map(120);
  buffer.truncate(100);
  mock.world.run(() => process.read(faults.fd, buffer.address, 120));
}

type Ending = (mock: Mock, place: { readonly plain: number; readonly pasid: number }) => void;

const endings: readonly (readonly [what: string, end: Ending])[] = [
  ["replaced", (mock, { plain, pasid }) => void mock.replace(plain, pasid)],
  ["detached", (mock, { pasid }) => mock.detach(pasid)],
];

function endRow(what: string, run: (mock: Mock) => unknown, answered: boolean): Row {
  const all = [1, 2, 3].map((grpid) => [grpid, answered && grpid === 2 ? "SUCCESS" : "INVALID"]);
  return { id: ID, what, run, then: [all, [], COOKIES.map(() => "EINVAL 22"), 0] };
}

/** What the device got, in the order of its groups, and what is left for a reader and for answers. */
function outcome(mock: Mock): unknown[] {
  const { device, read, responses, write } = mock.world;
  const got = responses().sort(([one], [other]) => Number(one) - Number(other));
  return [got, read(400), COOKIES.map((cookie) => write([cookie, 0])), device.pri.outstanding];
}

export const answerRows: readonly Row[] = [undefined, 7].flatMap((pasid) =>
  endings.flatMap(([how, end]) =>
    points.map(([point, reach]) =>
      endRow(
        `${how} at ${pasid === undefined ? "the RID" : `PASID ${pasid}`}: ${point}`,
        (mock) => {
          const [table, plain] = [mock.faultablePaging(), mock.hwpt({ flags: PASID }) as number];
          mock.attach(table, pasid ?? 0);
          mock.world.send(...groups(pasid));
          reach(mock);
          end(mock, { plain, pasid: pasid ?? 0 });
          return outcome(mock);
        },
        point.endsWith("answered"),
      ),
    ),
  ),
);
