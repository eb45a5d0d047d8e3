import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { PciBus } from "../../host/pci/bus.js";
import type { IommuPort } from "../../host/pci/iommu-port.js";
import { Msi } from "../../host/pci/msi.js";
import type { Fault, MessageSignaledInterrupt } from "../../host/spec/requests.js";
import { FakeUnit } from "./fake-unit.js";
import { MSI_AT, probeModel, type Probe } from "./probe.js";

const BDF = 0x0080;
const VECTOR_41 = Uint8Array.of(0x41, 0, 0, 0);

let bus: PciBus;
let unit: FakeUnit;
let delivered: MessageSignaledInterrupt[];

beforeEach(() => {
  bus = new PciBus({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  unit = new FakeUnit();
  delivered = [];
  bus.on("interrupt", (message) => delivered.push(message));
});

function plug(port: IommuPort): Probe {
  const probes: Probe[] = [];
  bus.addEndpoint({ bdf: BDF, model: probeModel(probes) });
  bus.addUnit({ port, covers: () => true });
  bus.config.write16(BDF, 0x04, 4);
  return probes[0]!;
}

describe("interrupt messages of an endpoint (§5.1)", () => {
  it("§5.1: are remapped by the unit, whether written by DMA or sent as MSI", () => {
    const { config, dma } = plug(unit);
    unit.onInterrupt = ({ data }) => {
      return { status: "ok", address: 0xfee0_3000n, data: data + 0x100, remapped: true };
    };
    expect(dma.write(0xfee0_0010n, VECTOR_41)).toEqual({ status: "ok" });
    const msi = new Msi(config, MSI_AT, (message) => dma.sendInterrupt(message));
    bus.config.write32(BDF, MSI_AT + 4, 0xfee0_0030);
    bus.config.write16(BDF, MSI_AT + 12, 2);
    bus.config.write16(BDF, MSI_AT + 2, 1);
    expect(msi.raise()).toBe(true);
    expect(unit.interruptRequests).toEqual([
      { sourceId: BDF, address: 0xfee0_0010n, data: 0x41 },
      { sourceId: BDF, address: 0xfee0_0030n, data: 2 },
    ]);
    expect(delivered).toEqual([
      { address: 0xfee0_3000n, data: 0x141 },
      { address: 0xfee0_3000n, data: 0x102 },
    ]);
  });

  it("§5.1.4.1: that the unit blocks reach nobody, and are an unsupported request", () => {
    const { dma } = plug(unit);
    const fault: Fault = {
      status: "fault",
      condition: "interrupt 22h",
      reason: 0x22,
      completion: "UR",
      record: "recorded",
    };
    unit.onInterrupt = () => fault;
    expect(dma.write(0xfee0_0010n, VECTOR_41)).toEqual({ status: "UR", address: 0xfee0_0010n });
    expect(dma.sendInterrupt({ address: 0xfee0_0010n, data: 0x41 })).toBe(true);
    expect(delivered).toEqual([]);
    expect(unit.inFlight.size).toBe(0);
  });

  it("§5.2.3: that are posted reach nobody but through the unit's notification", () => {
    const { dma } = plug(unit);
    unit.onInterrupt = () => {
      bus.deliverInterrupt({ address: 0xfee0_0000n, data: 0xf2 });
      return { status: "posted", notified: true };
    };
    expect(dma.write(0xfee0_0010n, VECTOR_41)).toEqual({ status: "ok" });
    expect(delivered).toEqual([{ address: 0xfee0_0000n, data: 0xf2 }]);
  });

  it("are delivered as they are by a unit that cannot remap", () => {
    const { dma } = plug(withoutRemapping(unit));
    dma.sendInterrupt({ address: 0xfee0_0010n, data: 0x41 });
    expect(unit.interruptRequests).toEqual([]);
    expect(delivered).toEqual([{ address: 0xfee0_0010n, data: 0x41 }]);
  });

  it("§5.1: of the unit itself are never remapped", () => {
    plug(unit);
    bus.deliverInterrupt({ address: 0xfee0_0000n, data: 0x42 });
    expect(unit.interruptRequests).toEqual([]);
    expect(delivered).toEqual([{ address: 0xfee0_0000n, data: 0x42 }]);
  });
});

function withoutRemapping(fake: FakeUnit): IommuPort {
  return {
    translate: (request) => fake.translate(request),
    beginAccess: (request) => fake.beginAccess(request),
    endAccess: (token) => {
      fake.endAccess(token);
    },
    requestTranslation: (request) => fake.requestTranslation(request),
    translateTranslated: (request) => fake.translateTranslated(request),
    requestPage: (request) => fake.requestPage(request),
    completeInvalidation: (completion) => {
      fake.completeInvalidation(completion);
    },
  };
}
