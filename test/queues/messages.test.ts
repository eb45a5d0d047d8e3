import { beforeEach, describe, expect, it } from "vitest";
import type { PageGroupResponse } from "../../host/index.js";
import { PFO, REG } from "../registers/offsets.js";
import { descriptor, plainWait, statusWait } from "./descriptors.js";
import { QueuedUnit } from "./queued-unit.js";
import { DEVICE, ScalableWorld } from "./worlds.js";

const STATUS = 0x800n;
const PASID = 9;

let unit: QueuedUnit;
async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  const world = new ScalableWorld(unit);
  for (const pasid of [0, PASID]) world.pasid(pasid, { kind: "pass-through", domain: 1 });
  world.start();
}
beforeEach(() => start());

/** Response number `n`: every field says which it is. */
const response = (n: number): PageGroupResponse => ({
  sourceId: n & 0xffff,
  pasid: n % 3 === 0 ? undefined : (n * 7) & 0xf_ffff,
  group: n % 512,
  code: [0, 1, 15][n % 3]!,
});

const responseDescriptor = (n: number) => {
  const { sourceId, pasid, group, code } = response(n);
  return descriptor("PAGE_GROUP_RESPONSE", {
    RID: sourceId,
    PRGI: group,
    RC: code,
    ...(pasid !== undefined && { PP: 1, PASID: pasid }),
  });
};

describe("VTD-7.6.1: page group responses", () => {
  it.each([0, 1, 2, 3, 4, 5])("number %i arrives with every field", (n) => {
    unit.enableQueue();
    unit.submit(responseDescriptor(n));
    expect(unit.sent.responses).toEqual([response(n)]);
  });

  it("without PP the PASID field is not part of the message", () => {
    unit.enableQueue();
    unit.submit(descriptor("PAGE_GROUP_RESPONSE", { RID: DEVICE, PASID: 0xf_ffff, PRGI: 1 }));
    expect(unit.sent.responses).toEqual([
      { sourceId: DEVICE, pasid: undefined, group: 1, code: 0 },
    ]);
  });
});

describe("more messages in one call than the unit has room for", () => {
  const COUNT = 4000;

  it.each([false, true])("4000 responses in one write of IQT, trace %s", async (trace) => {
    await start({ trace });
    const offsets: number[] = [];
    unit.iommu.on("trace", (event) => {
      if (event.kind === "descriptor") offsets.push(event.offset);
    });
    unit.enableQueue({ sizeCode: 5 });
    for (let n = 0; n < COUNT; n++) unit.put(responseDescriptor(n));
    unit.submit(statusWait(STATUS, 1));
    expect(unit.sent.responses).toEqual(Array.from({ length: COUNT }, (_, n) => response(n)));
    expect([unit.head, unit.memory.read32(STATUS)]).toEqual([unit.tail, 1]);
    expect(offsets).toEqual(
      trace ? Array.from({ length: COUNT + 1 }, (_, entry) => 32 * entry) : [],
    );
  });

  it("an error behind them stops the queue there", () => {
    unit.enableQueue({ sizeCode: 5 });
    for (let n = 0; n < 1500; n++) unit.put(responseDescriptor(n));
    unit.submit(descriptor("CC_INV", { G: 0 }), responseDescriptor(1500));
    expect([unit.sent.responses.length, unit.head, unit.queueError]).toEqual([1500, 1500 * 32, 4]);
  });

  it("a batch of 3000 requests that all fault delivers every fault event, in order", async () => {
    await start({ faultCollapse: false });
    const addresses: bigint[] = [];
    unit.iommu.on("fault", (fault) => addresses.push(fault.address));
    const records = new Uint8Array(3000 * 32);
    const view = new DataView(records.buffer);
    for (let n = 0; n < 3000; n++) {
      view.setBigUint64(32 * n, BigInt(n) * 0x1000n, true);
      view.setUint32(32 * n + 8, 0x0500, true);
      view.setUint32(32 * n + 12, 0xffff_ffff, true);
      view.setUint32(32 * n + 16, 8 << 16, true);
    }
    expect(unit.iommu.translateBatch(records)).toBe(3000);
    expect(addresses).toEqual(Array.from({ length: 3000 }, (_, n) => BigInt(n) * 0x1000n));
    expect(unit.faultStatus & PFO).toBe(PFO);
  });
});

describe("listeners that call the unit again", () => {
  it("what they cause is delivered behind what is on its way already", () => {
    unit.enableQueue();
    const groups: number[] = [];
    unit.iommu.on("pageGroupResponse", ({ group }) => {
      groups.push(group);
      if (group < 3) unit.submit(descriptor("PAGE_GROUP_RESPONSE", { PRGI: group + 10 }));
    });
    unit.submit(...[1, 2, 3].map((PRGI) => descriptor("PAGE_GROUP_RESPONSE", { PRGI })));
    expect(groups).toEqual([1, 2, 3, 11, 12]);
    expect(unit.head).toBe(unit.tail);
  });

  it("a thousand descriptors deep, one at a time", () => {
    unit.enableQueue();
    let answered = 0;
    unit.iommu.on("pageGroupResponse", () => {
      if (++answered < 1000) unit.submit(responseDescriptor(answered));
    });
    unit.submit(responseDescriptor(0));
    expect([answered, unit.head]).toEqual([1000, unit.tail]);
  });

  it("a device that asks again when it is answered, and a driver that answers when it is asked", () => {
    unit.enableQueue();
    const queue = unit.frames.allocate();
    unit.iommu.write64(REG.PQA, queue);
    unit.unmask(REG.PECTL, { address: 0xfee0_4000, data: 0x81 });
    const ask = (group: number) => {
      const request = { sourceId: DEVICE, address: 0x1000n, read: true, write: true, last: true };
      expect(unit.iommu.requestPage({ ...request, group })).toEqual({ status: "accepted" });
    };
    // §6.4's order: status first, then the queue to its tail.
    unit.iommu.on("interrupt", () => {
      unit.iommu.write32(REG.PRS, 1);
      const head = unit.iommu.read64(REG.PQH);
      expect(unit.iommu.read64(REG.PQT)).toBe((head + 0x20n) % 4096n);
      const group = Number((unit.memory.read64(queue + head + 8n)! >> 3n) & 0x1ffn);
      unit.iommu.write64(REG.PQH, (head + 0x20n) % 4096n);
      unit.submit(descriptor("PAGE_GROUP_RESPONSE", { RID: DEVICE, PRGI: group }));
    });
    const answers: number[] = [];
    unit.iommu.on("pageGroupResponse", ({ group }) => {
      answers.push(group);
      if (group < 300) ask(group + 1);
    });
    ask(0);
    expect(answers).toEqual(Array.from({ length: 301 }, (_, group) => group));
    expect(unit.iommu.read32(REG.PRS)).toBe(0);
  });

  it("a listener that throws does not cost the others their messages", () => {
    unit.enableQueue();
    const stop = unit.iommu.on("pageGroupResponse", () => {
      throw new Error("the device has gone");
    });
    expect(() => unit.submit(...[0, 1, 2].map(responseDescriptor))).toThrow("the device has gone");
    stop();
    unit.submit(plainWait);
    expect(unit.sent.responses).toEqual([0, 1, 2].map(response));
  });

  it("a listener that was taken away hears nothing more", () => {
    unit.enableQueue();
    const heard: number[] = [];
    const stop = unit.iommu.on("pageGroupResponse", ({ group }) => {
      heard.push(group);
      stop();
    });
    unit.submit(...[1, 2].map(responseDescriptor));
    expect(heard).toEqual([1]);
  });
});

describe("the trace", () => {
  it("has a register write ahead of what it causes, and descriptors with all their words", async () => {
    await start({ trace: true });
    unit.enableQueue();
    const words = statusWait(STATUS, 0xabcd_0123, { FN: 1 });
    const tail = unit.put(words);
    const seen: unknown[] = [];
    unit.iommu.on("trace", (event) => seen.push(event));
    unit.iommu.write64(REG.IQT, BigInt(tail));
    unit.iommu.read64(REG.IQH);
    expect(seen).toEqual([
      { kind: "register", access: "write", offset: REG.IQT, size: 8, value: 0x20n },
      { kind: "descriptor", offset: 0, words },
      { kind: "register", access: "read", offset: REG.IQH, size: 8, value: 0x20n },
    ]);
  });

  it("has a descriptor when it is done: not one that is held or refused", async () => {
    await start({ trace: true });
    unit.enableQueue();
    const offsets: number[] = [];
    unit.iommu.on("trace", (event) => {
      if (event.kind === "descriptor") offsets.push(event.offset);
    });
    unit.submit(descriptor("DEV_TLB_INV", { SID: DEVICE }), plainWait, descriptor("CC_INV", {}));
    expect(offsets).toEqual([0]);
    unit.iommu.completeInvalidation({ sourceId: DEVICE, itag: 0 });
    expect([offsets, unit.queueError]).toEqual([[0, 0x20], 4]);
  });

  it("has page requests as they stand in the queue", async () => {
    await start({ trace: true });
    const queue = unit.frames.allocate();
    unit.iommu.write64(REG.PQA, queue);
    const seen: unknown[] = [];
    unit.iommu.on("trace", (event) => seen.push(event));
    const request = { sourceId: DEVICE, pasid: PASID, address: 0x7000n, read: true, write: false };
    unit.iommu.requestPage({ ...request, last: true, group: 5 });
    const words = [0n, 8n].map((at) => unit.memory.read64(queue + at));
    expect(seen).toEqual([{ kind: "pageRequest", offset: 0, words }]);
    expect(words).toEqual([0x0000_0009_0028_0101n, 0x702dn]);
  });
});
