import { beforeEach, describe, expect, it } from "vitest";
import {
  capabilityAt,
  control,
  descriptorFlag,
  intr,
  operation,
  queueControl,
  queueState,
  reg,
  statusCode,
} from "../../../host/devices/dma-engine/registers.js";
import { dmaEngine } from "../../../host/devices/dma-engine/model.js";
import { BDF, Rig } from "./rig.js";

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

describe("PASID control of the function", () => {
  function attributes(): { pasid?: number | undefined; privileged?: boolean; execute?: boolean } {
    rig.unit.map({ iova: 0x10_0000n, to: 0x4_0000n });
    rig.unit.map({ pasid: 6, iova: 0x10_0000n, to: 0x4_0000n });
    rig.enableQueue(0, { pasid: 6, control: queueControl.privileged });
    const verify = { op: operation.verify, source: 0x10_0000n, length: 8 };
    rig.perform(0, { ...verify, flags: descriptorFlag.execute });
    return rig.unit.requests.find(({ address }) => address === 0x10_0000n) ?? {};
  }

  it("lets requests carry PASID, privilege and execute", () => {
    rig.enablePasid(7);
    expect(attributes()).toMatchObject({ pasid: 6, privileged: true, execute: true });
  });

  it("without its enables lets them carry none", () => {
    rig.enablePasid(1);
    const { pasid, privileged, execute } = attributes();
    expect({ pasid, privileged: privileged ?? false, execute: execute ?? false }).toEqual({
      pasid: 6,
      privileged: false,
      execute: false,
    });
  });

  it("clear lets no PASID leave the device", () => {
    rig.enablePasid(6);
    expect(attributes().pasid).toBeUndefined();
  });
});

describe("interrupts of dma-engine", () => {
  beforeEach(() => {
    rig.enableMsi();
    rig.write(reg.intrMask, 0x0101);
    rig.write(reg.control, control.interruptEnable);
    rig.enableQueue(0, { control: queueControl.interruptEnable });
  });
  const loud = { op: operation.nop, flags: descriptorFlag.interrupt };

  it("are one message for a descriptor that asks for it", () => {
    rig.perform(0, { op: operation.nop });
    expect(rig.interrupts).toEqual([]);
    rig.perform(0, loud);
    expect(rig.interrupts).toEqual([{ address: 0xfee0_0000n, data: 0x51 }]);
    expect(rig.read(reg.intrStatus)).toBe(intr.queueDone);
    expect(rig.counter("interruptsSent")).toBe(1);
  });

  it("come after the result is in memory and HEAD has moved", () => {
    let seen: unknown;
    rig.bus.on("interrupt", () => {
      seen = { code: rig.result(0, 0)?.code, head: rig.queue(0, "head") };
    });
    rig.perform(0, loud);
    expect(seen).toEqual({ code: statusCode.ok, head: 1 });
  });

  it("come once until the status bit is cleared", () => {
    rig.perform(0, loud);
    rig.perform(0, loud);
    expect(rig.interrupts).toHaveLength(1);
    rig.write(reg.intrStatus, intr.queueDone);
    expect(rig.read(reg.intrStatus)).toBe(0);
    rig.perform(0, loud);
    expect(rig.interrupts).toHaveLength(2);
  });

  it("tell failures without being asked", () => {
    rig.perform(0, { op: 99 });
    expect(rig.read(reg.intrStatus)).toBe(intr.queueError);
    expect(rig.interrupts).toHaveLength(1);
  });

  it("wait for mask and enable", () => {
    rig.write(reg.control, 0);
    rig.write(reg.intrMask, 0);
    rig.perform(0, loud);
    rig.write(reg.control, control.interruptEnable);
    expect(rig.interrupts).toHaveLength(0);
    rig.write(reg.intrMask, 1);
    expect(rig.interrupts).toHaveLength(1);
  });

  it("have a mask and an enable that read back", () => {
    expect(rig.read(reg.intrMask)).toBe(0x0101);
    expect(rig.read(reg.control)).toBe(control.interruptEnable);
  });

  it("are silent for a queue whose interrupts are off", () => {
    rig.enableQueue(1);
    rig.perform(1, loud);
    rig.perform(1, { op: 99 });
    expect(rig.read(reg.intrStatus)).toBe(0);
  });

  it("blocked by bus mastering are sent when it comes back", () => {
    rig.perform(0, loud);
    rig.write(reg.intrStatus, intr.queueDone);
    rig.submit(0, loud);
    rig.runUntil(() => (rig.queue(0, "status") & 0x2f) === (0x20 | queueState.writingResult));
    rig.bus.config.write16(BDF, 4, 2);
    rig.run(1);
    expect(rig.read(reg.intrStatus)).toBe(intr.queueDone);
    expect(rig.interrupts).toHaveLength(1);
    rig.bus.config.write16(BDF, 4, 6);
    rig.run(1);
    expect(rig.interrupts).toHaveLength(2);
  });

  it("may make the listener disable or reset the queue that sent it", () => {
    const stop = rig.bus.on("interrupt", () => {
      rig.writeQueue(0, "control", 0);
    });
    rig.perform(0, loud);
    rig.runUntil(() => rig.state(0) === queueState.disabled);
    stop();
    rig.write(reg.intrStatus, intr.queueDone);
    rig.enableQueue(0, { control: queueControl.interruptEnable });
    rig.bus.on("interrupt", () => {
      rig.write(reg.control, control.reset);
    });
    rig.perform(0, loud);
    expect(rig.state(0)).toBe(queueState.disabled);
    expect(rig.queue(0, "completed")).toBe(0);
  });
});

describe("the options of dma-engine", () => {
  it("size it, within limits", () => {
    const small = new Rig({ queues: 1, tlbEntries: 1, pageRequestCapacity: 2 });
    expect(small.read(reg.caps)).toBe(1 | (32 << 8) | (1 << 16));
    expect(small.bus.config.read32(BDF, capabilityAt.pri + 8)).toBe(2);
    expect(() => dmaEngine({ queues: 9 })).toThrow("queues must be 1 to 8, got 9");
    expect(() => dmaEngine({ tlbEntries: 0 })).toThrow(/tlbEntries/);
    expect(() => dmaEngine({ pageRequestCapacity: 1.5 })).toThrow(/pageRequestCapacity/);
  });
});

describe("whether ticks alone get something done", () => {
  const busy = () => rig.bus.endpoint(BDF)?.endpoint.busy;
  const settle = () => rig.runUntil(() => busy() === false);

  it("is false for an idle device, and true from a doorbell to the result", () => {
    settle();
    rig.enableQueue(0);
    settle();
    rig.submit(0, { op: operation.nop });
    expect(busy()).toBe(true);
    settle();
    expect(rig.result(0, 0)?.code).toBe(statusCode.ok);
  });

  it("is false while software or an answer is waited for, and true when it comes", () => {
    rig.enableAts();
    rig.enablePri();
    rig.enableQueue(0);
    const flags = descriptorFlag.useAts | descriptorFlag.pageRequest;
    rig.submit(0, { op: operation.verify, flags, source: 0x10_0000n, length: 8 });
    settle();
    expect(rig.state(0)).toBe(queueState.waitingResponse);
    rig.writeQueue(0, "control", 0);
    expect(busy()).toBe(true);
    settle();
    expect(rig.state(0)).toBe(queueState.draining);
    rig.respond(0, 0);
    expect(busy()).toBe(true);
    settle();
    expect(rig.state(0)).toBe(queueState.disabled);
  });

  it("is true while an Invalidate Request is not answered", () => {
    rig.enableAts();
    settle();
    rig.invalidate(1, 0n);
    expect(busy()).toBe(true);
    settle();
    expect(rig.unit.completions).toHaveLength(1);
  });
});
