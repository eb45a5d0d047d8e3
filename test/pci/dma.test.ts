import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { PciBus } from "../../host/pci/bus.js";
import type { MessageSignaledInterrupt } from "../../host/spec/requests.js";
import { Msi } from "../../host/pci/msi.js";
import { FakeUnit } from "./fake-unit.js";
import type { Probe } from "./probe.js";
import { MSI_AT, probeModel } from "./probe.js";

const BDF = 0x0080;
const COMMAND = 0x04;
const BUS_MASTER = 4;

let memory: GuestMemory;
let bus: PciBus;
let unit: FakeUnit;
let interrupts: MessageSignaledInterrupt[];

beforeEach(() => {
  memory = GuestMemory.create({ size: 2 ** 20 });
  bus = new PciBus({ memory });
  unit = new FakeUnit();
  interrupts = [];
  bus.on("interrupt", (message) => interrupts.push(message));
});

function plug(options: { bdf?: number; behindUnit?: boolean } = {}): Probe {
  const { bdf = BDF, behindUnit = true } = options;
  const probes: Probe[] = [];
  bus.addEndpoint({ bdf, model: probeModel(probes) });
  if (behindUnit) bus.addUnit({ port: unit, covers: ({ id }) => id === bdf });
  bus.config.write16(bdf, COMMAND, BUS_MASTER);
  const [probe] = probes;
  if (!probe) throw new Error("the model was not connected");
  return probe;
}

describe("DMA without a remapping unit", () => {
  it("reaches memory at the same address", () => {
    const { dma } = plug({ behindUnit: false });
    expect(dma.write(0x1ffen, Uint8Array.of(1, 2, 3, 4))).toEqual({ status: "ok" });
    expect(memory.read32(0x1ffen)).toBe(0x0403_0201);
    expect(dma.read(0x1fffn, 2)).toEqual({ status: "ok", bytes: Uint8Array.of(2, 3) });
    const atomic = dma.begin({ access: "atomic", address: 0x2000n, length: 8 });
    expect(atomic.finishAtomic((old) => old + 1n)).toEqual({ status: "ok", old: 0x0403n });
    expect(memory.read64(0x2000n)).toBe(0x0404n);
  });

  it("ends with UR outside memory and in poisoned memory, and names the address", () => {
    const { dma } = plug({ behindUnit: false });
    memory.poison(0x3000n, 8);
    expect(dma.read(0x2ff0n, 64)).toEqual({ status: "UR", address: 0x3000n });
    expect(dma.write(0x10_0000n, new Uint8Array(4))).toEqual({ status: "UR", address: 0x10_0000n });
    const atomic = dma.begin({ access: "atomic", address: 0x3000n, length: 8 });
    expect(atomic.finishAtomic((old) => old)).toEqual({ status: "UR", address: 0x3000n });
  });

  it("turns a DWORD write to FEEx_xxxxh into an interrupt, and refuses everything else there", () => {
    const { dma } = plug({ behindUnit: false });
    expect(dma.write(0xfee0_1004n, Uint8Array.of(0x31, 0x40, 0, 0))).toEqual({ status: "ok" });
    expect(interrupts).toEqual([{ address: 0xfee0_1004n, data: 0x4031 }]);
    expect(dma.write(0xfee0_1004n, new Uint8Array(2))).toMatchObject({ status: "UR" });
    expect(dma.write(0xfee0_1002n, new Uint8Array(4))).toMatchObject({ status: "UR" });
    expect(dma.read(0xfeef_fffcn, 4)).toMatchObject({ status: "UR" });
    expect(interrupts).toHaveLength(1);
  });

  it("finds nobody to translate or to serve page requests", () => {
    const { dma } = plug({ behindUnit: false });
    const blocked = { status: "blocked", completion: "UR" };
    expect(dma.requestTranslation({ address: 0n })).toEqual(blocked);
    const request = { address: 0n, read: true, write: false, last: true, group: 0 };
    expect(dma.requestPage(request).status).toBe("dropped");
  });
});

describe("DMA through a remapping unit", () => {
  it("carries the requester id, PASID, privilege and size, split at 4 KiB", () => {
    const { dma } = plug();
    unit.map({ pasid: 5, iova: 0x40_0000n, to: 0x8000n });
    unit.map({ pasid: 5, iova: 0x40_1000n, to: 0x3000n });
    const bytes = Uint8Array.from({ length: 8 }, (_, i) => i);
    const attributes = { pasid: 5, privileged: true, execute: false };
    expect(dma.write(0x40_0ffan, bytes, attributes)).toEqual({ status: "ok" });
    expect([...memory.readBytes(0x8ffan, 6)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...memory.readBytes(0x3000n, 2)]).toEqual([6, 7]);
    const common = { sourceId: BDF, pasid: 5, access: "write", privileged: true };
    expect(unit.requests).toEqual([
      { ...common, address: 0x40_0ffan, size: 6 },
      { ...common, address: 0x40_1000n, size: 2 },
    ]);
    expect(unit.inFlight.size).toBe(0);
  });

  it("ends with the completion of the unit, and names the address that failed", () => {
    const { dma } = plug();
    unit.map({ iova: 0x1000n, to: 0x1000n });
    expect(dma.read(0x1ff0n, 32)).toEqual({ status: "UR", address: 0x2000n });
    unit.map({ iova: 0x2000n, to: 0x2000n, write: false });
    expect(dma.read(0x1ff0n, 32).status).toBe("ok");
    expect(dma.write(0x2000n, Uint8Array.of(1))).toEqual({ status: "UR", address: 0x2000n });
    expect(unit.inFlight.size).toBe(0);
  });

  it("is in flight between begin and end, and moves data at the end", () => {
    const { dma } = plug();
    unit.map({ iova: 0x1000n, to: 0x1000n });
    const read = dma.begin({ access: "read", address: 0x1000n, length: 4 });
    expect(unit.inFlight.size).toBe(1);
    memory.write32(0x1000n, 77);
    expect(read.finishRead()).toEqual({ status: "ok", bytes: Uint8Array.of(77, 0, 0, 0) });
    expect(unit.inFlight.size).toBe(0);
    const write = dma.begin({ access: "write", address: 0x1000n, length: 4 });
    write.cancel();
    expect(unit.inFlight.size).toBe(0);
    expect(memory.read32(0x1000n)).toBe(77);
  });

  it("of translated addresses asks the unit for leave and is not drained", () => {
    const { dma } = plug();
    memory.write32(0x5000n, 9);
    const read = dma.begin({ access: "read", address: 0x5000n, length: 4, translated: true });
    expect(unit.inFlight.size).toBe(0);
    expect(read.finishRead()).toMatchObject({ bytes: Uint8Array.of(9, 0, 0, 0) });
    const expected = { sourceId: BDF, pasid: undefined, access: "read", address: 0x5000n, size: 4 };
    expect(unit.translatedRequests).toEqual([expected]);
    expect(unit.requests).toEqual([]);
  });

  it("delivers a message that the unit calls an interrupt", () => {
    const { dma } = plug();
    dma.write(0xfee0_0000n, Uint8Array.of(0x42, 0, 0, 0));
    expect(interrupts).toEqual([{ address: 0xfee0_0000n, data: 0x42 }]);
  });

  it("is of that unit whose scope has the requester", () => {
    const other = new FakeUnit();
    const { dma } = plug();
    bus.addUnit({ port: other, covers: () => true });
    const second = plug({ bdf: 0x0088, behindUnit: false });
    dma.read(0n, 4);
    second.dma.read(0n, 4);
    expect(unit.requests.map(({ sourceId }) => sourceId)).toEqual([BDF]);
    expect(other.requests.map(({ sourceId }) => sourceId)).toEqual([0x0088]);
  });

  it("carries translation requests, page requests and invalidate completions", () => {
    const { dma } = plug();
    dma.requestTranslation({ pasid: 3, address: 0x1000n, noWrite: true });
    const request = { pasid: 3, address: 0x1000n, read: true, write: false, last: true, group: 7 };
    dma.requestPage(request);
    dma.completeInvalidation(4);
    expect(unit.translationRequests).toEqual([
      { sourceId: BDF, pasid: 3, address: 0x1000n, noWrite: true },
    ]);
    expect(unit.pageRequests).toEqual([{ ...request, sourceId: BDF }]);
    expect(unit.completions).toEqual([{ sourceId: BDF, itag: 4 }]);
  });

  it("is refused as misuse when it is ended twice or as another kind of request", () => {
    const { dma } = plug({ behindUnit: false });
    const read = dma.begin({ access: "read", address: 0x1000n, length: 4 });
    expect(() => read.finishWrite(new Uint8Array(4))).toThrow(/is a read, not a write/);
    read.finishRead();
    expect(() => read.finishRead()).toThrow(/ended already/);
    const write = dma.begin({ access: "write", address: 0x1000n, length: 4 });
    expect(() => write.finishWrite(new Uint8Array(3))).toThrow(/4 bytes, got 3/);
    const odd = dma.begin({ access: "atomic", address: 0x1004n, length: 8 });
    expect(() => odd.finishAtomic((old) => old)).toThrow(/aligned 64-bit word/);
  });
});

describe("Bus Master Enable", () => {
  it("clear: nothing but messages leaves the function", () => {
    const { dma } = plug();
    unit.map({ iova: 0n, to: 0n });
    bus.config.write16(BDF, COMMAND, 0);
    expect(dma.busMaster).toBe(false);
    const blocked = { status: "blocked", address: 8n };
    expect(dma.read(8n, 4)).toEqual(blocked);
    expect(dma.write(8n, new Uint8Array(4))).toEqual(blocked);
    const atomic = dma.begin({ access: "atomic", address: 8n, length: 8 });
    expect(atomic.finishAtomic((old) => old)).toEqual(blocked);
    expect(dma.requestTranslation({ address: 8n }).status).toBe("blocked");
    expect(dma.sendInterrupt({ address: 0xfee0_0000n, data: 1 })).toBe(false);
    expect(unit.requests).toEqual([]);
    expect(unit.translationRequests).toEqual([]);
    dma.completeInvalidation(1);
    expect(unit.completions).toHaveLength(1);
  });

  it("is needed in every bridge above", () => {
    bus.addBridge({ bdf: 0x0008, secondary: 1, subordinate: 1 });
    const { dma } = plug({ bdf: 0x0100, behindUnit: false });
    expect(dma.read(8n, 4).status).toBe("blocked");
    bus.config.write16(0x0008, COMMAND, BUS_MASTER);
    expect(dma.read(8n, 4).status).toBe("ok");
  });
});

describe("MSI", () => {
  function program(address: number, data: number, control = 1): void {
    bus.config.write32(BDF, MSI_AT + 4, address);
    bus.config.write32(BDF, MSI_AT + 8, 0);
    bus.config.write16(BDF, MSI_AT + 12, data);
    bus.config.write16(BDF, MSI_AT + 2, control);
  }
  function msiOf(probe: Probe): Msi {
    return new Msi(probe.config, MSI_AT, (message) => probe.dma.sendInterrupt(message));
  }

  it("is a memory write through the bus", () => {
    const msi = msiOf(plug());
    program(0xfee0_0007, 0x4041);
    expect(msi.raise()).toBe(true);
    expect(interrupts).toEqual([{ address: 0xfee0_0004n, data: 0x4041 }]);
    expect(unit.requests[0]).toMatchObject({ access: "write", size: 4, address: 0xfee0_0004n });
  });

  it("to an address outside FEEx_xxxxh is a write to memory", () => {
    const msi = msiOf(plug({ behindUnit: false }));
    program(0x6000, 0x1234);
    msi.raise();
    expect(memory.read32(0x6000n)).toBe(0x1234);
    expect(interrupts).toEqual([]);
  });

  it("is pending while masked, and sent when the mask goes", () => {
    const msi = msiOf(plug());
    program(0xfee0_0000, 0x41);
    bus.config.write32(BDF, MSI_AT + 16, 1);
    expect(msi.raise()).toBe(false);
    expect(bus.config.read32(BDF, MSI_AT + 20)).toBe(1);
    bus.config.write32(BDF, MSI_AT + 16, 0);
    expect(bus.config.read32(BDF, MSI_AT + 20)).toBe(0);
    expect(interrupts).toHaveLength(1);
  });

  it("waits for bus mastering, and is lost when MSI is disabled", () => {
    const msi = msiOf(plug());
    program(0xfee0_0000, 0x41);
    bus.config.write16(BDF, COMMAND, 0);
    expect(msi.raise()).toBe(false);
    bus.config.write16(BDF, COMMAND, BUS_MASTER);
    expect(msi.retry()).toBe(true);
    program(0xfee0_0000, 0x41, 0);
    expect(msi.raise()).toBe(false);
    program(0xfee0_0000, 0x41, 1);
    expect(interrupts).toHaveLength(1);
  });

  it("reaches a listener until the listener stops", () => {
    const { dma } = plug();
    const seen: number[] = [];
    const stop = bus.on("interrupt", ({ data }) => seen.push(data));
    dma.sendInterrupt({ address: 0xfee0_0000n, data: 1 });
    stop();
    dma.sendInterrupt({ address: 0xfee0_0000n, data: 2 });
    expect(seen).toEqual([1]);
    expect(interrupts).toHaveLength(2);
    expect(() => bus.on("fault" as "interrupt", () => undefined)).toThrow(/"fault"/);
  });
});

describe("hot removal", () => {
  it("ends what is in flight with UR and releases it in the unit", () => {
    const { dma } = plug();
    unit.map({ iova: 0x1000n, to: 0x1000n });
    const read = dma.begin({ access: "read", address: 0x1000n, length: 4 });
    const write = dma.begin({ access: "write", address: 0x1000n, length: 4 });
    bus.remove(BDF);
    expect(unit.inFlight.size).toBe(0);
    expect(read.finishRead()).toEqual({ status: "UR", address: 0x1000n });
    expect(write.finishWrite(Uint8Array.of(1, 1, 1, 1))).toMatchObject({ status: "UR" });
    expect(memory.read32(0x1000n)).toBe(0);
    write.cancel();
  });

  it("makes the function vanish from configuration space and memory space", () => {
    plug();
    bus.config.write32(BDF, 0x10, 0xe800_0000);
    bus.config.write16(BDF, COMMAND, 6);
    expect(bus.read32(0xe800_0000n)).toBe(0x1234_5678);
    bus.remove(BDF);
    expect(bus.config.read32(BDF, 0)).toBe(0xffff_ffff);
    expect(bus.read32(0xe800_0000n)).toBe(0xffff_ffff);
    expect(bus.endpoint(BDF)).toBeUndefined();
    expect(() => {
      bus.remove(BDF);
    }).toThrow("there is no function at 00:10.0");
  });

  it("silences the function in both directions", () => {
    const probe = plug();
    unit.map({ iova: 0n, to: 0n });
    bus.remove(BDF);
    expect(probe.dma.busMaster).toBe(false);
    expect(probe.dma.read(0n, 4)).toEqual({ status: "UR", address: 0n });
    expect(probe.dma.requestTranslation({ address: 0n }).status).toBe("blocked");
    const request = { address: 0n, read: true, write: false, last: true, group: 0 };
    expect(probe.dma.requestPage(request).status).toBe("dropped");
    probe.dma.completeInvalidation(1);
    expect(unit.completions).toEqual([]);
    expect(bus.deliverPageGroupResponse({ sourceId: BDF, group: 0, code: 0 })).toBe(false);
    const invalidate = { sourceId: BDF, address: 0n, sizeBit: false, global: false, itag: 0 };
    expect(bus.deliverDeviceTlbInvalidate(invalidate)).toBe(false);
    expect(probe.responses).toEqual([]);
    expect(probe.invalidations).toEqual([]);
  });

  it("of a bridge takes what is below with it", () => {
    bus.addBridge({ bdf: 0x0008, secondary: 1, subordinate: 1 });
    bus.config.write16(0x0008, COMMAND, BUS_MASTER);
    const { dma } = plug({ bdf: 0x0100 });
    unit.map({ iova: 0n, to: 0n });
    const read = dma.begin({ access: "read", address: 0n, length: 4 });
    bus.remove(0x0008);
    expect(read.finishRead().status).toBe("UR");
    expect(unit.inFlight.size).toBe(0);
    expect(bus.config.read32(0x0100, 0)).toBe(0xffff_ffff);
  });

  it("leaves room for another function", () => {
    plug();
    bus.remove(BDF);
    expect(plug().dma.busMaster).toBe(true);
  });
});

describe("messages of a unit", () => {
  it("reach the function that they name", () => {
    const probe = plug();
    const response = { sourceId: BDF, pasid: 1, group: 2, code: 0 };
    const invalidate = { sourceId: BDF, address: 0n, sizeBit: true, global: false, itag: 3 };
    expect(bus.deliverPageGroupResponse(response)).toBe(true);
    expect(bus.deliverDeviceTlbInvalidate(invalidate)).toBe(true);
    expect(probe.responses).toEqual([response]);
    expect(probe.invalidations).toEqual([invalidate]);
  });
});
