import { beforeEach, describe, expect, it } from "vitest";
import {
  capabilityAt,
  control,
  manner,
  queueControl,
  queueState,
  reg,
  statusCode,
} from "../../../host/devices/dma-engine/registers.js";
import { fill, IOVA, PageRequestRig, PASID } from "./page-request-rig.js";
import { BDF } from "./rig.js";

let rig: PageRequestRig;

beforeEach(() => {
  rig = new PageRequestRig();
});

describe("disabling a queue with page requests outstanding", () => {
  it("waits for the responses", () => {
    rig.submit(0, fill(2));
    rig.runToWait();
    rig.writeQueue(0, "control", 0);
    rig.run(10);
    expect(rig.state(0)).toBe(queueState.draining);
    expect(rig.result(0, 0)?.code).toBe(statusCode.aborted);
    rig.respond(0, 0, PASID);
    rig.run(1);
    expect(rig.state(0)).toBe(queueState.disabled);
    expect(rig.counter("stopMarkersSent")).toBe(0);
    expect(rig.counter("unexpectedResponses")).toBe(0);
  });

  it("sends the rest of a group that had begun", () => {
    rig.submit(0, fill(4));
    rig.runUntil(() => rig.unit.pageRequests.length === 2);
    rig.writeQueue(0, "control", 0);
    rig.run(10);
    expect(rig.unit.pageRequests.map(({ last }) => last)).toEqual([false, false, false, true]);
  });

  it("with STOP_MARKER sends one behind the requests and does not wait", () => {
    rig.writeQueue(0, "control", queueControl.enable | queueControl.stopMarker);
    rig.submit(0, fill(2));
    rig.runUntil(() => rig.unit.pageRequests.length === 1);
    rig.writeQueue(0, "control", queueControl.stopMarker);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
    expect(rig.unit.pageRequests).toHaveLength(3);
    expect(rig.unit.pageRequests[1]?.last).toBe(true);
    expect(rig.unit.pageRequests[2]).toMatchObject({
      pasid: PASID,
      read: false,
      write: false,
      last: true,
    });
    expect(rig.counter("stopMarkersSent")).toBe(1);
    expect(rig.read(reg.creditsUsed)).toBe(2);
    rig.respond(0, 0, PASID);
    expect(rig.read(reg.creditsUsed)).toBe(0);
    expect(rig.counter("unexpectedResponses")).toBe(0);
  });

  it("sends no stop marker for requests without PASID", () => {
    rig.enableQueue(1, { control: queueControl.stopMarker });
    rig.writeQueue(1, "control", queueControl.stopMarker);
    rig.runUntil(() => rig.state(1) === queueState.disabled);
    expect(rig.unit.pageRequests).toEqual([]);
  });

  it("is not held up later by groups that were given up before", () => {
    rig.writeQueue(0, "control", queueControl.enable | queueControl.stopMarker);
    rig.submit(0, fill(1));
    rig.runToWait();
    rig.writeQueue(0, "control", queueControl.stopMarker);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
    rig.enableQueue(0, { pasid: PASID });
    rig.writeQueue(0, "control", 0);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
  });
});

describe("page requests with bad manners", () => {
  it("DUPLICATE_GROUP uses one index for groups that are outstanding together", () => {
    rig.write(reg.manners, manner.duplicateGroup);
    rig.enableQueue(1, { pasid: PASID });
    rig.submit(0, fill(1));
    rig.submit(1, fill(1, IOVA + 0x8000n));
    rig.runToWait(0);
    rig.runToWait(1);
    expect(rig.unit.pageRequests.map(({ group, last }) => [group, last])).toEqual([
      [0, true],
      [0, true],
    ]);
    rig.respond(0, 1, PASID);
    rig.runUntil(() => rig.result(0, 0)?.code === statusCode.pageInvalid);
    expect(rig.state(1)).toBe(queueState.waitingResponse);
  });

  it("NO_LAST never ends a group; PRI Reset and CONTROL.RESET get out of it", () => {
    rig.write(reg.manners, manner.noLast);
    rig.submit(0, fill(2));
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ last }) => last)).toEqual([false, false]);
    rig.writeQueue(0, "control", 0);
    rig.run(20);
    expect(rig.state(0)).toBe(queueState.draining);
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 2);
    rig.run(1);
    expect(rig.state(0)).toBe(queueState.disabled);
    rig.enablePri();
    rig.enableQueue(0, { pasid: PASID });
    rig.submit(0, fill(2));
    rig.runToWait();
    rig.write(reg.control, control.reset);
    expect(rig.state(0)).toBe(queueState.disabled);
    expect(rig.read(reg.groupsOutstanding)).toBe(0);
  });

  it("FLOOD asks for the whole rest of the buffer past its credits", () => {
    rig.enablePri(2);
    rig.write(reg.manners, manner.flood);
    rig.submit(0, fill(10));
    rig.runToWait();
    expect(rig.unit.pageRequests.map(({ group }) => group)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    expect(rig.unit.pageRequests.filter(({ last }) => last)).toHaveLength(3);
    expect(rig.read(reg.creditsUsed)).toBe(10);
    rig.mapRequested();
    for (const group of [1, 0, 2]) rig.respond(group, 0, PASID);
    rig.runUntil(() => rig.result(0, 0)?.code === statusCode.ok);
  });

  it("FLOOD stops at 512 pages, and survives running out of group indexes", () => {
    rig.write(reg.manners, manner.flood);
    rig.write(reg.groupSize, 1);
    rig.enableQueue(1, { pasid: PASID });
    rig.submit(0, fill(1000));
    rig.submit(1, fill(1000, IOVA + 0x1000_0000n));
    rig.runUntil(() => rig.unit.pageRequests.length === 1024, 5000);
    rig.run(10);
    expect(rig.unit.pageRequests).toHaveLength(1024);
    expect(new Set(rig.unit.pageRequests.map(({ group }) => group)).size).toBe(512);
  });

  it("IGNORE_ENABLES asks though PRI is disabled and nothing was allocated", () => {
    rig.bus.config.write16(BDF, capabilityAt.pri + 4, 0);
    rig.bus.config.write32(BDF, capabilityAt.pri + 12, 0);
    rig.write(reg.manners, manner.ignoreEnables);
    rig.submit(0, fill(1));
    rig.runToWait();
    expect(rig.unit.pageRequests).toHaveLength(1);
  });
});
