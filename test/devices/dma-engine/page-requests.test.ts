import { beforeEach, describe, expect, it } from "vitest";
import {
  capabilityAt,
  deviceStatus,
  intr,
  operation,
  queueControl,
  queueState,
  reg,
  statusCode,
} from "../../../host/devices/dma-engine/registers.js";
import { fill, IOVA, PageRequestRig, PASID } from "./page-request-rig.js";
import { ASK, BDF, USE_ATS, Rig } from "./rig.js";

let rig: PageRequestRig;

beforeEach(() => {
  rig = new PageRequestRig();
});

describe("page requests", () => {
  it("ask for missing pages in groups, the last one of each with L, and retry after Success", () => {
    rig.submit(0, fill(6));
    rig.runToWait();
    const common = { sourceId: BDF, pasid: PASID, read: false, write: true, group: 0 };
    expect(rig.unit.pageRequests).toMatchObject([
      { ...common, address: IOVA, last: false },
      { ...common, address: IOVA + 0x1000n, last: false },
      { ...common, address: IOVA + 0x2000n, last: false },
      { ...common, address: IOVA + 0x3000n, last: true },
    ]);
    rig.mapRequested();
    rig.respond(0, 0, PASID);
    rig.runToWait();
    expect(rig.unit.pageRequests.slice(4)).toMatchObject([
      { address: IOVA + 0x4000n, last: false, group: 1 },
      { address: IOVA + 0x5000n, last: true, group: 1 },
    ]);
    rig.mapRequested();
    rig.respond(1, 0, PASID);
    rig.runUntil(() => rig.result(0, 0) !== undefined);
    expect(rig.result(0, 0)).toEqual({ code: statusCode.ok, bytes: 6 * 4096, result: 0n });
    expect(rig.memory.read64(0x4_5ff8n)).toBe(0x1122_3344_5566_7788n);
    expect(rig.counter("pageRequestsSent")).toBe(6);
    expect(rig.counter("responsesSuccess")).toBe(2);
    expect(rig.queue(0, "pageRequests")).toBe(6);
    expect(rig.queue(0, "groupIndex")).toBe(1);
  });

  it.each([1, 2, 7, 32])("come in groups of GROUP_SIZE %s", (size) => {
    rig.write(reg.groupSize, size);
    rig.submit(0, fill(40));
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ last }) => last)).toEqual(
      Array.from({ length: size }, (_, i) => i === size - 1),
    );
  });

  it("leave out the pages of the window that are there", () => {
    rig.unit.map({ pasid: PASID, iova: IOVA + 0x1000n, to: 0x4_1000n });
    rig.submit(0, fill(3));
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ address, last }) => [address, last])).toEqual([
      [IOVA, false],
      [IOVA + 0x2000n, true],
    ]);
  });

  it("ask for what the operation needs: read, write, both, execute", () => {
    const wants = () => {
      rig.runToWait();
      const { read, write, execute } = rig.unit.pageRequests.at(-1) ?? {};
      rig.respond(rig.queue(0, "groupIndex"), 1, PASID);
      rig.run(10);
      return [read, write, execute];
    };
    rig.submit(0, { op: operation.verify, flags: ASK, source: IOVA, length: 8 });
    expect(wants()).toEqual([true, false, false]);
    rig.submit(0, { op: operation.atomicAdd, flags: ASK, destination: IOVA, length: 8 });
    expect(wants()).toEqual([true, true, false]);
    rig.submit(0, { op: operation.verify, flags: ASK | (1 << 11), source: IOVA, length: 8 });
    expect(wants()).toEqual([true, false, true]);
  });

  it("of a copy ask for the source first, then for the destination", () => {
    const destination = IOVA + 0x10_0000n;
    rig.submit(0, { op: operation.copy, flags: ASK, source: IOVA, destination, length: 5000 });
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ address }) => address)).toEqual([IOVA, IOVA + 0x1000n]);
    rig.mapRequested();
    rig.respond(0, 0, PASID);
    rig.runToWait();
    expect(rig.unit.pageRequests.slice(2).map(({ address, write }) => [address, write])).toEqual([
      [destination, true],
      [destination + 0x1000n, true],
    ]);
  });

  it("ask for a page that lacks the permission, too", () => {
    rig.unit.map({ pasid: PASID, iova: IOVA, to: 0x4_0000n, write: false });
    rig.submit(0, fill(1));
    rig.runToWait();
    expect(rig.unit.pageRequests).toMatchObject([{ address: IOVA, write: true, last: true }]);
  });

  it("carry no PASID where the queue has none", () => {
    rig.enableQueue(1);
    rig.submit(1, fill(1));
    rig.runToWait(1);
    expect(rig.unit.pageRequests[0]?.pasid).toBeUndefined();
    rig.respond(0, 1);
    rig.runUntil(() => rig.result(1, 0)?.code === statusCode.pageInvalid);
  });

  it("carry the privilege of the queue", () => {
    rig.enableQueue(1, { pasid: PASID, control: queueControl.privileged });
    rig.submit(1, fill(1));
    rig.runToWait(1);
    expect(rig.unit.pageRequests[0]?.privileged).toBe(true);
  });

  it("are not sent without the flag, without ATS, without PRI, without allocation", () => {
    const refused = { code: statusCode.noPermission, bytes: 0, result: IOVA };
    expect(rig.perform(0, fill(1, IOVA, USE_ATS))).toEqual(refused);
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 0);
    expect(rig.perform(0, fill(1))).toEqual(refused);
    rig.enablePri(0);
    expect(rig.perform(0, fill(1))).toEqual(refused);
    rig.enablePri();
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    expect(rig.perform(0, fill(1)).code).toBe(statusCode.ur);
    expect(rig.unit.pageRequests).toEqual([]);
  });

  it("wait RETRY_DELAY ticks after a response", () => {
    rig.write(reg.retryDelay, 7);
    rig.submit(0, fill(1));
    rig.runToWait();
    rig.respond(0, 0, PASID);
    const asked = rig.counter("translationRequests");
    rig.run(1);
    expect(rig.state(0)).toBe(queueState.retryDelay);
    expect(rig.queue(0, "status") >>> 16).toBe(0);
    rig.run(6);
    expect(rig.counter("translationRequests")).toBe(asked);
    rig.run(2);
    expect(rig.counter("translationRequests")).toBe(asked + 1);
    expect(rig.queue(0, "status") >>> 16).toBe(1);
  });

  it("give up after RETRY_LIMIT responses that brought nothing", () => {
    rig.write(reg.retryLimit, 3);
    rig.unit.onPageRequest = ({ group, last }) => {
      if (last) rig.respond(group, 0, PASID);
    };
    expect(rig.perform(0, fill(1))).toEqual({
      code: statusCode.retryLimit,
      bytes: 0,
      result: IOVA,
    });
    expect(rig.counter("responsesSuccess")).toBe(3);
  });

  it("retry beyond any number with RETRY_LIMIT 0", () => {
    rig.write(reg.retryLimit, 0);
    rig.unit.onPageRequest = ({ group }) => {
      rig.respond(group, 0, PASID);
    };
    rig.submit(0, fill(1));
    rig.run(6000);
    expect(rig.counter("responsesSuccess")).toBeGreaterThan(1024);
    expect(rig.result(0, 0)).toBeUndefined();
  });
});

describe("responses", () => {
  it("Invalid Request ends the descriptor", () => {
    rig.submit(0, fill(2, IOVA + 0x1000n));
    rig.runToWait();
    rig.respond(0, 1, PASID);
    rig.runUntil(() => rig.result(0, 0) !== undefined);
    const expected = { code: statusCode.pageInvalid, bytes: 0, result: IOVA + 0x1000n };
    expect(rig.result(0, 0)).toEqual(expected);
    expect(rig.counter("responsesInvalid")).toBe(1);
    expect(rig.read(reg.creditsUsed)).toBe(0);
    expect(rig.perform(0, { op: operation.nop }).code).toBe(statusCode.ok);
  });

  it.each([15, 2])("code %s ends every descriptor that waits, and disables PRI", (code) => {
    rig.enableQueue(1, { pasid: PASID });
    rig.submit(0, fill(1));
    rig.submit(1, fill(1, IOVA + 0x8000n));
    rig.runToWait(0);
    rig.runToWait(1);
    rig.respond(1, code, PASID);
    rig.runUntil(() => [0, 1].every((n) => rig.result(n, 0)?.code === statusCode.pageFailure));
    expect(rig.priStatus()).toBe(0x8101);
    expect(rig.bus.config.read16(BDF, capabilityAt.pri + 4)).toBe(0);
    expect(rig.read(reg.intrStatus)).toBe(intr.responseFailure);
    expect(rig.read(reg.status) & deviceStatus.responseFailure).not.toBe(0);
    expect(rig.read(reg.creditsUsed)).toBe(0);
    expect(rig.perform(0, fill(1)).code).toBe(statusCode.noPermission);
    rig.respond(0, 0, PASID);
    expect(rig.counter("unexpectedResponses")).toBe(0);
    rig.bus.config.write16(BDF, capabilityAt.pri + 6, 1);
    expect(rig.priStatus()).toBe(0x8100);
    rig.enablePri();
    rig.submit(0, fill(1));
    rig.runToWait(0);
  });

  it.each([
    ["another group index", 7, PASID],
    ["another PASID", 0, PASID + 1],
    ["no PASID", 0, undefined],
  ])("with %s sets Unexpected Page Request Group Index", (_name, group, pasid) => {
    rig.submit(0, fill(1));
    rig.runToWait();
    rig.respond(group, 0, pasid);
    expect(rig.priStatus() & 2).toBe(2);
    expect(rig.counter("unexpectedResponses")).toBe(1);
    expect(rig.read(reg.intrStatus)).toBe(intr.unexpectedResponse);
    rig.run(5);
    expect(rig.state(0)).toBe(queueState.waitingResponse);
    rig.bus.config.write16(BDF, capabilityAt.pri + 6, 2);
    expect(rig.priStatus() & 2).toBe(0);
  });

  it("before the group is complete are unexpected", () => {
    rig.submit(0, fill(4));
    rig.runUntil(() => rig.unit.pageRequests.length === 2);
    rig.respond(0, 0, PASID);
    expect(rig.counter("unexpectedResponses")).toBe(1);
    rig.runToWait();
    expect(rig.unit.pageRequests).toHaveLength(4);
  });

  it("may come while the last request is being sent", () => {
    rig.unit.onPageRequest = ({ group, last }) => {
      rig.mapRequested();
      if (last) rig.respond(group, 0, PASID);
    };
    expect(rig.perform(0, fill(9)).code).toBe(statusCode.ok);
  });
});

describe("credits", () => {
  it("limit a group to the allocation", () => {
    rig.enablePri(2);
    rig.submit(0, fill(4));
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ last }) => last)).toEqual([false, true]);
    expect(rig.read(reg.creditsUsed)).toBe(2);
    expect(rig.read(reg.groupsOutstanding)).toBe(1);
    expect(rig.read(reg.status) & deviceStatus.pageRequestsOutstanding).not.toBe(0);
  });

  it("hold a queue back until there are enough for its whole group", () => {
    rig.enablePri(5);
    rig.enableQueue(1, { pasid: PASID });
    rig.submit(0, fill(4));
    rig.runToWait();
    rig.submit(1, fill(2, IOVA + 0x8000n));
    rig.runUntil(() => rig.state(1) === queueState.waitingCredits);
    rig.run(10);
    expect(rig.unit.pageRequests).toHaveLength(4);
    rig.respond(0, 1, PASID);
    rig.runToWait(1);
    expect(rig.unit.pageRequests).toHaveLength(6);
  });

  it("never exceed the capacity, whatever the allocation says", () => {
    const small = new Rig({ pageRequestCapacity: 3 });
    small.enableAts();
    small.enablePri(1000);
    small.enableQueue(0);
    small.submit(0, fill(8));
    small.runToWait();
    expect(small.unit.pageRequests).toHaveLength(3);
  });

  it("that vanish with PRI Enable end the wait", () => {
    rig.enablePri(4);
    rig.enableQueue(1, { pasid: PASID });
    rig.submit(0, fill(4));
    rig.runToWait();
    rig.submit(1, fill(2, IOVA + 0x8000n));
    rig.runUntil(() => rig.state(1) === queueState.waitingCredits);
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 0);
    rig.runUntil(() => rig.result(1, 0) !== undefined);
    expect(rig.result(1, 0)?.code).toBe(statusCode.noPermission);
  });
});

describe("the PRI capability", () => {
  it("is Stopped when it is disabled and nothing is outstanding", () => {
    expect(rig.priStatus()).toBe(0x8000);
    rig.submit(0, fill(1));
    rig.runToWait();
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 0);
    expect(rig.priStatus()).toBe(0x8000);
    expect(rig.read(reg.status) & deviceStatus.priStopped).toBe(0);
    rig.respond(0, 0, PASID);
    expect(rig.priStatus()).toBe(0x8100);
    rig.runUntil(() => rig.result(0, 0)?.code === statusCode.noPermission);
  });

  it("forgets by Reset what is outstanding, if it is disabled", () => {
    rig.submit(0, fill(3));
    rig.runToWait();
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 3);
    expect(rig.read(reg.creditsUsed)).toBe(3);
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 2);
    expect(rig.bus.config.read16(BDF, capabilityAt.pri + 4)).toBe(0);
    expect(rig.read(reg.creditsUsed)).toBe(0);
    expect(rig.priStatus()).toBe(0x8100);
    rig.runUntil(() => rig.result(0, 0) !== undefined);
    expect(rig.result(0, 0)?.code).toBe(statusCode.pageFailure);
  });

  it("finishes a group that had begun when it was disabled", () => {
    rig.submit(0, fill(4));
    rig.runUntil(() => rig.unit.pageRequests.length === 1);
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 0);
    rig.runToWait();
    expect(rig.unit.pageRequests.at(-1)?.last).toBe(true);
  });
});
