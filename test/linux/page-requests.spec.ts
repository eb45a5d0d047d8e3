import { describe, expect, it } from "vitest";

import { CONCURRENT, DRAIN, OVERFLOW } from "./checks.js";
import { guest, runGuest } from "./guest.js";
import {
  outstandingGroups,
  PASID_CACHE,
  PASID_DEVICE_TLB,
  PASID_IOTLB,
  PECTL,
  PQH,
  PQT,
  PRO,
  PRS,
  RESPONSE,
  traceFolder,
  WAIT,
  type Descriptor,
  type Recorded,
} from "./unit-record.js";

/** Descriptors that the queue of Linux holds: of its 2048 places one stays empty (§7.4). */
const ROOM = 2047;
/** The groups of a flood of one queue, and what is in each. */
const GROUPS = 64;

describe("Debian's kernel with two processors, under page requests", () => {
  const trace = traceFolder();

  const run = guest(
    "floods, queues and processes at once, drains",
    () =>
      runGuest({
        kernel: "stock",
        flows: ["overflow", "concurrent", "drain"],
        args: ["--smp", "2", "--trace", trace.file],
      }),
    [...OVERFLOW, ...CONCURRENT, ...DRAIN],
  );

  const isPageRequest = (each: Recorded) => each.kind === "pageRequest";
  const isResponse = (each: Recorded) => each.kind === "response";
  const isAnswer = (each: Recorded) => each.kind === "descriptor" && each.type === RESPONSE;
  const isPasidTeardown = (each: Recorded): each is Descriptor =>
    each.kind === "descriptor" && each.type === PASID_CACHE && each.pasid !== 0;
  const clearsOverflow = (each: Recorded) =>
    each.kind === "write" && each.offset === PRS && (each.value & PRO) !== 0n;

  describe("§7.4.1: when the queue runs full", () => {
    /** Until Linux clears the overflow for the first time. */
    const beginning = () => {
      const record = trace.read();
      return record.slice(0, record.findIndex(clearsOverflow));
    };

    it("it holds what fits, and the rest is answered Success while Linux does not look", () => {
      const record = beginning();
      const masked = record.findIndex(
        (each) => each.kind === "write" && each.offset === PECTL && each.value !== 0n,
      );
      const looked = record.findIndex((each) => each.kind === "read" && each.offset === PQT);
      const unattended = record.slice(masked, looked);
      expect(record.filter(isPageRequest)).toHaveLength(ROOM);
      expect(unattended.filter(isAnswer)).toEqual([]);
      const answers = unattended.filter(isResponse);
      expect(answers.length).toBeGreaterThanOrEqual(1 + 2 * GROUPS);
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]));
    });

    it("Linux clears PRO once the queue is empty, and nothing was queued in between", () => {
      const record = beginning();
      const seen = record.findIndex(
        (each) => each.kind === "read" && each.offset === PRS && (each.value & PRO) !== 0n,
      );
      expect(seen).toBeGreaterThan(0);
      const since = record.slice(seen);
      const value = (register: number) =>
        since.flatMap((each) =>
          each.kind === "read" && each.offset === register ? [each.value] : [],
        );
      expect(value(PQH)).toHaveLength(1);
      expect(value(PQH)).toEqual(value(PQT));
      expect(since.filter(isPageRequest)).toEqual([]);
    });

    it("everything that is queued afterwards gets its answer from Linux", () => {
      const record = trace.read();
      const after = record.slice(record.findLastIndex(clearsOverflow));
      expect(after.filter(isPageRequest).length).toBeGreaterThan(1000);
      expect(outstandingGroups(after).at(-1)).toEqual(new Map());
      expect(after.filter(isResponse)).toHaveLength(after.filter(isAnswer).length);
    });

    it("each answer is one of Linux or of the unit, and each page request has one fate", () => {
      const record = trace.read();
      const { counters } = run();
      const [answered = 0, queued = 0, dropped = 0] = ["Answered", "Queued", "Dropped"].map(
        (fate) => counters[`pageRequests${fate}`],
      );
      expect(record.filter(isResponse)).toHaveLength(record.filter(isAnswer).length + answered);
      expect(record.filter(isPageRequest)).toHaveLength(queued);
      expect(counters["pageRequests"]).toBe(answered + queued + dropped);
    });
  });

  it("§7.4: groups of several queues, and of two address spaces, wait for answers at once", () => {
    const record = trace.read();
    const [overflow = 0, concurrent = 0] = record.flatMap((each, at) =>
      isPasidTeardown(each) ? [at] : [],
    );
    const outstanding = outstandingGroups(record.slice(overflow, concurrent));
    const most = (of: (groups: ReadonlyMap<unknown, number>) => number) =>
      Math.max(...outstanding.map(of));
    expect(most((groups) => Math.max(0, ...groups.values()))).toBe(4);
    expect(most((groups) => groups.size)).toBe(2);
  });

  /** Address spaces that go away while page requests of theirs have no answer. */
  const teardowns = (record: readonly Recorded[]) => {
    const outstanding = outstandingGroups(record);
    return record.flatMap((each, at) => {
      if (!isPasidTeardown(each)) return [];
      const groups = outstanding[at]!.get(each.pasid) ?? 0;
      return groups === 0 ? [] : [{ pasid: each.pasid, groups, since: record.slice(at) }];
    });
  };
  const codes = (record: readonly Recorded[], of: number | undefined) =>
    record.flatMap((each) => (each.kind === "response" && each.pasid === of ? [each.code] : []));

  it("§7.10: drains when page requests are in flight as an address space goes away", () => {
    const [{ pasid, groups, since } = never()] = teardowns(trace.read());
    const end = since.findIndex((each) => each.kind === "descriptor" && each.drain);
    const before = since.slice(0, end);
    expect(before.filter(({ kind }) => kind === "descriptor").slice(-3)).toMatchObject([
      { type: WAIT, fence: true },
      { type: PASID_IOTLB, pasid },
      { type: PASID_DEVICE_TLB, pasid },
    ]);
    expect([groups, codes(before, pasid)]).toEqual([8, Array(8).fill(0)]);
  });

  it("§7.1.3: what a process that was killed left running is refused and blocked", () => {
    const record = trace.read();
    const [, { pasid, groups, since } = never()] = teardowns(record);
    const end = since.findIndex((each) => each.kind === "pageRequest" && each.pasid !== pasid);
    const answers = codes(since.slice(0, end), pasid);
    expect(groups).toBe(8);
    // Without a drain, Linux 7.2 refuses each page by itself.
    expect(answers.length).toBeGreaterThanOrEqual(8);
    expect(new Set(answers)).toEqual(new Set([1]));
    const faults = record.filter(({ kind }) => kind === "fault");
    expect(faults).toMatchObject([{ condition: "SPT.2", pasid }]);
  });
});

function never(): never {
  throw new Error("no address space went away with page requests in flight");
}
