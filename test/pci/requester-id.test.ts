import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { PciBus, type BridgeOptions } from "../../host/pci/bus.js";
import { FakeUnit } from "./fake-unit.js";
import { probeModel, type Probe } from "./probe.js";

const COMMAND = 0x04;
const MASTER = 6;

let bus: PciBus;
let unit: FakeUnit;

beforeEach(() => {
  bus = new PciBus({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  unit = new FakeUnit();
  bus.addUnit({ port: unit, covers: () => true });
});

function bridge(options: BridgeOptions): void {
  bus.addBridge(options);
  bus.config.write16(options.bdf, COMMAND, MASTER);
}

function plug(bdf: number, ari = false): Probe {
  const probes: Probe[] = [];
  bus.addEndpoint({ bdf, model: probeModel(probes), ari });
  const [probe] = probes as [Probe];
  probe.config.set(COMMAND, 2, MASTER);
  return probe;
}

/** The source-ids of a DMA write and of an interrupt message. */
function sourceIds({ dma }: Probe): number[] {
  unit.requests.length = 0;
  unit.interruptRequests.length = 0;
  dma.write(0x1000n, new Uint8Array(4));
  dma.sendInterrupt({ address: 0xfee0_0000n, data: 0x41 });
  return [unit.requests[0]!.sourceId, unit.interruptRequests[0]!.sourceId];
}

describe("the source-id of a request (§3.4.1, §3.12)", () => {
  it("§3.4.1: is the number of the function, through ports and switches", () => {
    bridge({ bdf: 0x0008, secondary: 1, subordinate: 3 });
    bridge({ bdf: 0x0100, secondary: 2, subordinate: 3 });
    bridge({ bdf: 0x0218, secondary: 3 });
    expect(sourceIds(plug(0x0305))).toEqual([0x0305, 0x0305]);
    expect(sourceIds(plug(0x00a1))).toEqual([0x00a1, 0x00a1]);
  });

  it("§3.4.1: with ARI has the function number in its lower 8 bits", () => {
    bridge({ bdf: 0x0008, secondary: 1 });
    plug(0x0100, true);
    expect(sourceIds(plug(0x01c7, true))).toEqual([0x01c7, 0x01c7]);
  });

  it("§3.4.1: has the bus number that software gave last", () => {
    bridge({ bdf: 0x0008, secondary: 1 });
    const probe = plug(0x0100);
    bus.config.write16(0x0008, 0x19, 0x4040);
    expect(sourceIds(probe)).toEqual([0x4000, 0x4000]);
  });

  it("§3.12.1: behind a PCIe-to-PCI bridge is its secondary bus, device 0, function 0", () => {
    bridge({ bdf: 0x0008, secondary: 1, subordinate: 2 });
    bridge({ bdf: 0x0100, kind: "pcie-to-pci-bridge", secondary: 2 });
    expect(sourceIds(plug(0x0228))).toEqual([0x0200, 0x0200]);
    expect(sourceIds(plug(0x0231))).toEqual([0x0200, 0x0200]);
    bus.config.write16(0x0008, 0x1a, 9);
    bus.config.write16(0x0100, 0x19, 0x0909);
    expect(sourceIds(plug(0x0930))).toEqual([0x0900, 0x0900]);
  });

  it("§3.12.1: behind a PCIe-to-PCI bridge of PCI-X can be that of the device", () => {
    bridge({ bdf: 0x0008, secondary: 1, subordinate: 2 });
    bridge({ bdf: 0x0100, kind: "pcie-to-pci-bridge", alias: "device", secondary: 2 });
    expect(sourceIds(plug(0x0228))).toEqual([0x0228, 0x0228]);
  });

  it("§3.12.2: behind a conventional bridge is that of the bridge", () => {
    bridge({ bdf: 0x00f0, kind: "pci-bridge", secondary: 5 });
    expect(sourceIds(plug(0x0508))).toEqual([0x00f0, 0x00f0]);
  });

  it("§3.12: of several bridges the last on the way decides", () => {
    bridge({ bdf: 0x0008, secondary: 1, subordinate: 3 });
    bridge({
      bdf: 0x0100,
      kind: "pcie-to-pci-bridge",
      alias: "device",
      secondary: 2,
      subordinate: 3,
    });
    bridge({ bdf: 0x0210, kind: "pci-bridge", secondary: 3 });
    expect(sourceIds(plug(0x0318))).toEqual([0x0210, 0x0210]);
    bridge({ bdf: 0x0018, kind: "pcie-to-pci-bridge", secondary: 6, subordinate: 7 });
    bridge({ bdf: 0x0610, kind: "pci-bridge", secondary: 7 });
    expect(sourceIds(plug(0x0718))).toEqual([0x0600, 0x0600]);
  });
});
