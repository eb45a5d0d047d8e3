import type { DmaEngine } from "../../../host/devices/dma-engine/engine.js";
import { beforeEach, describe, expect, it } from "vitest";
import {
  capabilityAt,
  control,
  deviceStatus,
  intr,
  operation,
  QUEUE_BASE,
  queueControl,
  queueReg,
  queueState,
  reg,
  statusCode,
} from "../../../host/devices/dma-engine/registers.js";
import { BDF, Rig } from "./rig.js";

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

describe("registers of dma-engine", () => {
  it("identify the device", () => {
    expect(rig.read(reg.id)).toBe(0x4541_4d44);
    expect(rig.read(reg.version)).toBe(0x0001_0000);
    expect(rig.read(reg.caps)).toBe(4 | (32 << 8) | (64 << 16));
    expect(rig.bus.config.read32(BDF, 0)).toBe(0xd3a1_1234);
    expect(rig.bus.config.read32(BDF, 8)).toBe(0x0880_0001);
  });

  it("lie behind five capabilities", () => {
    const { config } = rig.bus;
    expect([config.read8(BDF, 0x40), config.read8(BDF, 0x80)]).toEqual([0x10, 0x05]);
    const ids = [0x100, 0x110, 0x120].map((at) => config.read16(BDF, at));
    expect(ids).toEqual([0x0f, 0x13, 0x1b]);
    expect(config.read32(BDF, capabilityAt.pri + 8)).toBe(64);
    expect(config.read16(BDF, capabilityAt.pasid + 4)).toBe(0x1406);
    expect(config.read16(BDF, capabilityAt.ats + 4)).toBe(0x60);
    expect(config.read32(BDF, 0x64) & (1 << 21)).not.toBe(0);
  });

  it("are 32 bits wide: other accesses read all ones and write nothing", () => {
    const at = 0xe800_0000n + BigInt(reg.scratch);
    rig.write(reg.scratch, 0x1234_5678);
    rig.bus.write(at, 2, 0n);
    rig.bus.write(at, 8, 0n);
    rig.bus.write(at + 2n, 4, 0n);
    expect(rig.read(reg.scratch)).toBe(0x1234_5678);
    expect(rig.bus.read(at, 1)).toBe(0xffn);
    expect(rig.bus.read(at, 8)).toBe(0xffff_ffff_ffff_ffffn);
    expect(rig.bus.read(at + 2n, 4)).toBe(0xffff_ffffn);
  });

  it("that do not exist read 0", () => {
    rig.write(0x1_fffc, 5);
    expect(rig.read(0x1_fffc)).toBe(0);
    expect(rig.read(QUEUE_BASE + 4 * 0x100)).toBe(0);
  });

  it("keep the group size between 1 and 32", () => {
    const set = (value: number) => {
      rig.write(reg.groupSize, value);
      return rig.read(reg.groupSize);
    };
    expect([set(0), set(7), set(99)]).toEqual([1, 7, 32]);
  });

  it("go back to their reset values by CONTROL.RESET, also with work in flight", () => {
    rig.enableQueue(1);
    rig.write(reg.scratch, 1);
    rig.write(reg.manners, 0xff);
    rig.submit(1, { op: operation.nop });
    rig.run(1);
    expect(rig.unit.inFlight.size).toBe(1);
    rig.write(reg.control, control.reset);
    expect(rig.unit.inFlight.size).toBe(0);
    expect(rig.state(1)).toBe(queueState.disabled);
    expect(rig.queue(1, "ringBase")).toBe(0);
    const values = [
      reg.scratch,
      reg.manners,
      reg.groupSize,
      reg.retryLimit,
      reg.untranslatedRequests,
    ];
    expect(values.map((at) => rig.read(at))).toEqual([0, 0, 4, 1024, 0]);
    rig.run(5);
    expect(rig.result(1, 0)).toBeUndefined();
  });

  it("forget the bytes by a reset, which an account of the run does not", () => {
    const { endpoint } = rig.bus.topology.endpoints()[0]!;
    const { counters } = (endpoint as DmaEngine).context;
    rig.enableQueue(0);
    rig.unit.map({ iova: 0x1_4000n, to: 0x1_4000n });
    rig.perform(0, { op: operation.fill, destination: 0x1_4000n, length: 100 });
    const bytes = [rig.read64(reg.bytesRead), rig.read64(reg.bytesWritten)];
    expect(bytes).toEqual([64n, 116n]);
    rig.write(reg.control, control.reset);
    expect([rig.read64(reg.bytesRead), rig.read64(reg.bytesWritten)]).toEqual([0n, 0n]);
    expect([counters.allBytesRead, counters.allBytesWritten]).toEqual(bytes);
  });

  it("go back to their reset values by a function level reset", () => {
    rig.write(reg.scratch, 1);
    rig.enableAts();
    rig.bus.config.write16(BDF, capabilityAt.pcie + 8, 0x8000);
    rig.bus.config.write32(BDF, 0x10, 0xe800_0000);
    rig.bus.config.write16(BDF, 4, 6);
    expect(rig.read(reg.scratch)).toBe(0);
    expect(rig.read(reg.status)).toBe(deviceStatus.busMaster | deviceStatus.priStopped);
  });

  it("show what is enabled", () => {
    rig.enableAts();
    rig.enablePri();
    rig.enablePasid();
    const { atsEnabled, priEnabled, pasidEnabled, busMaster } = deviceStatus;
    expect(rig.read(reg.status)).toBe(atsEnabled | priEnabled | pasidEnabled | busMaster);
  });
});

describe("a queue", () => {
  it("takes its settings only while disabled", () => {
    rig.enableQueue(0, { pasid: 0xf_ffff });
    rig.writeQueue(0, "pasid", 1);
    rig.writeQueue(0, "ringSize", 1);
    rig.writeQueue(0, "ringBase", 0);
    rig.writeQueue(0, "control", queueControl.enable | queueControl.interruptEnable);
    expect(rig.queue(0, "pasid")).toBe(0xf_ffff);
    expect(rig.queue(0, "ringSize")).toBe(4);
    expect(rig.queue(0, "ringBase")).toBe(0x1_0000);
    const { enable, pasidValid, ringWithoutPasid, interruptEnable } = queueControl;
    expect(rig.queue(0, "control")).toBe(enable | pasidValid | ringWithoutPasid | interruptEnable);
  });

  it("aligns its ring to 64 bytes and keeps both halves of the address", () => {
    rig.writeQueue(2, "ringBase", 0x1_003f);
    rig.write(QUEUE_BASE + 2 * 0x100 + queueReg.ringBase + 4, 0x12);
    expect(rig.read64(QUEUE_BASE + 2 * 0x100 + queueReg.ringBase)).toBe(0x12_0001_0000n);
  });

  it("does one step a tick: a request begins in one and ends in the next", () => {
    rig.enableQueue(0);
    rig.submit(0, { op: operation.nop });
    const seen: [number, number][] = [];
    for (let tick = 0; tick < 6; tick++) {
      rig.run(1);
      seen.push([rig.state(0), rig.unit.inFlight.size]);
    }
    const { fetching, writingResult, idle } = queueState;
    expect(seen).toEqual([
      [fetching, 1],
      [fetching, 0],
      [writingResult, 1],
      [writingResult, 0],
      [idle, 0],
      [idle, 0],
    ]);
  });

  it("shows that a descriptor is active and a request in flight", () => {
    rig.enableQueue(0);
    rig.submit(0, { op: operation.nop });
    const flags = () => {
      rig.run(1);
      return (rig.queue(0, "status") >> 4) & 3;
    };
    expect([flags(), flags(), flags(), flags()]).toEqual([2, 1, 3, 0]);
  });

  it("goes around its ring", () => {
    rig.enableQueue(0);
    for (let i = 0; i < 40; i++) expect(rig.perform(0, { op: operation.nop }).code).toBe(0);
    expect(rig.queue(0, "completed")).toBe(40);
    expect(rig.queue(0, "head")).toBe(40 % 16);
    rig.writeQueue(0, "tail", 0x108);
    expect(rig.queue(0, "tail")).toBe(8);
  });

  it("works beside the others, each at its own descriptors", () => {
    for (let n = 0; n < 4; n++) rig.enableQueue(n);
    for (let n = 0; n < 4; n++) rig.submit(n, { op: operation.nop });
    rig.run(1);
    expect(rig.unit.inFlight.size).toBe(4);
    rig.run(3);
    for (let n = 0; n < 4; n++) expect(rig.result(n, 0)?.code).toBe(statusCode.ok);
  });

  it("ignores the doorbell while disabled", () => {
    rig.writeQueue(0, "tail", 5);
    expect(rig.queue(0, "tail")).toBe(0);
  });

  it("fetches its ring with its PASID unless told otherwise", () => {
    rig.enablePasid();
    rig.unit.map({ pasid: 9, iova: 0x1_0000n, to: 0x1_0000n });
    rig.enableQueue(0, { pasid: 9 });
    rig.perform(0, { op: operation.nop });
    expect(rig.unit.requests.map(({ pasid }) => pasid)).toEqual([undefined, undefined]);
    rig.writeQueue(0, "control", 0);
    rig.run(1);
    const { enable, pasidValid, privileged } = queueControl;
    rig.writeQueue(0, "control", enable | pasidValid | privileged);
    rig.writeQueue(0, "tail", 1);
    rig.memory.fill(0x1_0030n, 16);
    rig.runUntil(() => rig.result(0, 0) !== undefined);
    expect(rig.unit.requests.slice(2)).toMatchObject([
      { pasid: 9, access: "read", size: 64, privileged: true },
      { pasid: 9, access: "write", size: 16, privileged: true },
    ]);
  });

  it("with a ring size that does not exist halts at once", () => {
    rig.writeQueue(0, "ringSize", 13);
    rig.writeQueue(0, "control", queueControl.enable);
    expect(rig.state(0)).toBe(queueState.halted);
    expect(rig.queue(0, "lastStatus")).toBe(statusCode.badDescriptor);
  });

  it("halts when it cannot fetch a descriptor, and goes on after disable and enable", () => {
    rig.enableQueue(0, { control: queueControl.interruptEnable });
    rig.unit.unmap(0x1_0000n);
    rig.submit(0, { op: operation.nop });
    rig.runUntil(() => rig.state(0) === queueState.halted);
    expect(rig.queue(0, "lastStatus")).toBe(statusCode.ur);
    expect(rig.read64(QUEUE_BASE + queueReg.lastResult)).toBe(0x1_0000n);
    expect(rig.read(reg.intrStatus)).toBe(intr.queueError);
    expect(rig.read(reg.status) & deviceStatus.busy).toBe(0);
    rig.unit.map({ iova: 0x1_0000n, to: 0x1_0000n });
    rig.writeQueue(0, "control", 0);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
    rig.enableQueue(0);
    expect(rig.perform(0, { op: operation.nop }).code).toBe(statusCode.ok);
  });

  it("halts when it cannot write a result", () => {
    rig.enableQueue(0);
    rig.memory.poison(0x1_0030n, 16, { reads: false });
    rig.submit(0, { op: operation.nop });
    rig.runUntil(() => rig.state(0) === queueState.halted);
    expect(rig.queue(0, "completed")).toBe(0);
    expect(rig.read64(QUEUE_BASE + queueReg.lastResult)).toBe(0x1_0030n);
  });

  it("ends the descriptor in progress with ABORTED when it is disabled", () => {
    rig.enableQueue(0);
    rig.unit.map({ iova: 0x10_0000n, to: 0x4_0000n });
    rig.submit(0, { op: operation.fill, destination: 0x10_0000n, length: 4096, pattern: 1n });
    rig.runUntil(() => rig.state(0) === queueState.transferring);
    expect(rig.unit.inFlight.size).toBe(1);
    rig.writeQueue(0, "control", 0);
    expect(rig.unit.inFlight.size).toBe(0);
    expect(rig.state(0)).toBe(queueState.draining);
    rig.writeQueue(0, "control", queueControl.enable);
    expect(rig.queue(0, "control") & queueControl.enable).toBe(0);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
    expect(rig.result(0, 0)).toEqual({ code: statusCode.aborted, bytes: 0, result: 0n });
    expect(rig.memory.read8(0x4_0000n)).toBe(0);
  });

  it("pauses without bus mastering, but ends what is in flight", () => {
    rig.enableQueue(0);
    rig.submit(0, { op: operation.nop });
    rig.run(1);
    rig.bus.config.write16(BDF, 4, 2);
    rig.run(1);
    expect(rig.unit.inFlight.size).toBe(0);
    rig.run(3);
    expect(rig.state(0)).toBe(queueState.noBusMaster);
    expect(rig.read(reg.status) & deviceStatus.busMaster).toBe(0);
    rig.bus.config.write16(BDF, 4, 6);
    rig.runUntil(() => rig.result(0, 0) !== undefined);
    expect(rig.result(0, 0)?.code).toBe(statusCode.ok);
  });

  it("is idle, not paused, without bus mastering and without work", () => {
    rig.enableQueue(0);
    rig.bus.config.write16(BDF, 4, 2);
    rig.run(2);
    expect(rig.state(0)).toBe(queueState.idle);
  });
});

describe("hot removal of a dma-engine", () => {
  it("releases what is in flight and leaves its registers", () => {
    rig.enableQueue(0);
    rig.submit(0, { op: operation.nop });
    rig.run(1);
    rig.bus.remove(BDF);
    expect(rig.unit.inFlight.size).toBe(0);
    expect(rig.read(reg.id)).toBe(0xffff_ffff);
  });
});
