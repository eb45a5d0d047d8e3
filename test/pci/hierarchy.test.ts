import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import type { BridgeKind } from "../../host/pci/bridge-kinds.js";
import { PciBus } from "../../host/pci/bus.js";
import { assignResources } from "../../host/pci/resources.js";
import { probeModel, type Probe } from "./probe.js";

const ROOT_PORT = 0x0008;
const UPSTREAM = 0x0100;
const DOWNSTREAM = 0x0208;
const OTHER_DOWNSTREAM = 0x0210;
const LEAF = 0x0300;
const OTHER_LEAF = 0x0400;
const SECONDARY = 0x19;
const SUBORDINATE = 0x1a;
const PCIE = 0x40;

let bus: PciBus;
let probes: Probe[];

beforeEach(() => {
  bus = new PciBus({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  probes = [];
});

function plug(bdf: number, ari = false): Probe {
  bus.addEndpoint({ bdf, model: probeModel(probes), ari });
  const probe = probes.at(-1);
  if (!probe) throw new Error("the model was not connected");
  return probe;
}

/** A root port, a switch with two downstream ports, an endpoint below each. */
function plugSwitch(): void {
  bus.addBridge({ bdf: ROOT_PORT, secondary: 1, subordinate: 4 });
  bus.addBridge({ bdf: UPSTREAM, secondary: 2, subordinate: 4 });
  bus.addBridge({ bdf: DOWNSTREAM, secondary: 3 });
  bus.addBridge({ bdf: OTHER_DOWNSTREAM, secondary: 4 });
  plug(LEAF);
  plug(OTHER_LEAF);
}

const portType = (bdf: number) => (bus.config.read16(bdf, PCIE + 2) >> 4) & 15;

describe("a PCI Express hierarchy", () => {
  it("shows each port with its type, and buses by their numbers", () => {
    plugSwitch();
    expect([ROOT_PORT, UPSTREAM, DOWNSTREAM, LEAF].map(portType)).toEqual([4, 5, 6, 0]);
    expect(bus.config.read32(ROOT_PORT, 0x18) & 0xff_ffff).toBe(0x04_0100);
    expect(bus.config.read32(UPSTREAM, 0x18) & 0xff_ffff).toBe(0x04_0201);
    expect(bus.config.read32(OTHER_DOWNSTREAM, 0x18) & 0xff_ffff).toBe(0x04_0402);
  });

  it("is reached to its leaves through the ports at CF8h and through ECAM", () => {
    plugSwitch();
    bus.addWindow(bus.config.ecamWindow(0xb000_0000n));
    bus.config.portWrite(0xcf8, 4, 0x8000_0000 | (OTHER_LEAF << 8));
    expect(bus.config.portRead(0xcfc, 4)).toBe(0x0001_1234);
    expect(bus.read32(0xb000_0000n + (BigInt(OTHER_LEAF) << 12n))).toBe(0x0001_1234);
    expect(bus.read32(0xb000_0000n + (0x500n << 12n))).toBe(0xffff_ffff);
  });

  it("routes by the bus numbers that software gives to every bridge on the way", () => {
    plugSwitch();
    bus.config.write8(UPSTREAM, SUBORDINATE, 3);
    expect(bus.config.read32(OTHER_LEAF, 0)).toBe(0xffff_ffff);
    expect(bus.config.read32(LEAF, 0)).toBe(0x0001_1234);
    bus.config.write8(ROOT_PORT, SUBORDINATE, 9);
    bus.config.write8(UPSTREAM, SUBORDINATE, 9);
    bus.config.write8(OTHER_DOWNSTREAM, SUBORDINATE, 9);
    bus.config.write8(OTHER_DOWNSTREAM, SECONDARY, 9);
    expect(bus.config.read32(0x0900, 0)).toBe(0x0001_1234);
    expect(bus.config.read32(OTHER_LEAF, 0)).toBe(0xffff_ffff);
    expect(bus.endpoint(0x0900)?.id).toBe(0x0900);
    bus.config.write8(OTHER_DOWNSTREAM, SUBORDINATE, 8);
    expect(bus.config.read32(0x0900, 0)).toBe(0xffff_ffff);
  });

  it("can be numbered anew from scratch, as an operating system does", () => {
    plugSwitch();
    bus.config.write32(ROOT_PORT, 0x18, 0);
    expect(bus.config.read32(UPSTREAM, 0)).toBe(0xffff_ffff);
    bus.config.write32(ROOT_PORT, 0x18, 0xff_1000);
    bus.config.write32(0x1000, 0x18, 0xff_1110);
    bus.config.write32(0x1108, 0x18, 0x12_1211);
    bus.config.write32(0x1110, 0x18, 0x13_1311);
    expect(bus.config.read32(0x1300, 0)).toBe(0x0001_1234);
    expect(bus.endpoint(0x1200)?.id).toBe(0x1200);
  });

  it("has windows at start that nest, and forwards no memory access outside them", () => {
    plugSwitch();
    assignResources(bus.topology, 0xe800_0000);
    const bar = BigInt(bus.config.read32(OTHER_LEAF, 0x10));
    const windowOf = (bdf: number) => [
      bus.config.read16(bdf, 0x20) * 0x1_0000,
      bus.config.read16(bdf, 0x22) * 0x1_0000 + 0xf_ffff,
    ];
    for (const bdf of [ROOT_PORT, UPSTREAM, OTHER_DOWNSTREAM]) {
      const [base = 0, limit = 0] = windowOf(bdf);
      expect(Number(bar)).toBeGreaterThanOrEqual(base);
      expect(Number(bar)).toBeLessThanOrEqual(limit);
    }
    expect(windowOf(DOWNSTREAM)).not.toEqual(windowOf(OTHER_DOWNSTREAM));
    expect(bus.read32(bar)).toBe(0x1234_5678);
    bus.config.write16(UPSTREAM, 0x04, 4);
    expect(bus.read32(bar)).toBe(0xffff_ffff);
  });

  it("refuses windows that run into the interrupt controllers", () => {
    plugSwitch();
    expect(() => {
      assignResources(bus.topology, 0xfeb0_0000);
    }).toThrow(/memory windows end at 0x.*, and only addresses below 0xfec00000/);
  });

  it("blocks DMA while any bridge on the way is no bus master", () => {
    plugSwitch();
    assignResources(bus.topology, 0xe800_0000);
    bus.config.write16(LEAF, 0x04, 6);
    const { dma } = probes[0]!;
    expect(dma.read(8n, 4).status).toBe("ok");
    for (const bdf of [ROOT_PORT, UPSTREAM, DOWNSTREAM]) {
      bus.config.write16(bdf, 0x04, 2);
      expect(dma.read(8n, 4)).toEqual({ status: "blocked", address: 8n });
      expect(dma.sendInterrupt({ address: 0xfee0_0000n, data: 1 })).toBe(false);
      bus.config.write16(bdf, 0x04, 6);
    }
    expect(dma.read(8n, 4).status).toBe("ok");
  });

  it("loses everything below a switch that is taken out", () => {
    plugSwitch();
    assignResources(bus.topology, 0xe800_0000);
    bus.config.write16(LEAF, 0x04, 6);
    const read = probes[0]!.dma.begin({ access: "read", address: 8n, length: 4 });
    bus.remove(UPSTREAM);
    expect(read.finishRead()).toEqual({ status: "UR", address: 8n });
    for (const bdf of [UPSTREAM, DOWNSTREAM, LEAF, OTHER_LEAF]) {
      expect(bus.config.read32(bdf, 0)).toBe(0xffff_ffff);
    }
    expect(bus.topology.all().map(({ id }) => id)).toEqual([ROOT_PORT]);
    plug(0x0100);
    expect(bus.config.read32(0x0100, 0)).toBe(0x0001_1234);
  });

  it("resets everything below a switch that is reset", () => {
    plugSwitch();
    bus.config.write16(ROOT_PORT, 0x3e, 0x40);
    expect(probes.map(({ resets }) => resets)).toEqual([1, 1]);
    expect(bus.config.read32(UPSTREAM, 0x18)).toBe(0);
  });
});

describe("places in a hierarchy", () => {
  const add = (bdf: number, kind: BridgeKind, secondary = 9) => {
    bus.addBridge({ bdf, kind, secondary });
  };

  it("are those that PCI Express allows", () => {
    plugSwitch();
    expect(() => plug(0x0218)).toThrow("02:03.0: only downstream ports stand on the bus inside");
    expect(() => plug(0x0308)).toThrow(/has only device 0, got device 1/);
    expect(() => {
      add(0x0018, "upstream-port");
    }).toThrow('00:03.0: kind "upstream-port" stands on the link below a port, not on bus 0');
    expect(() => {
      add(0x0218, "root-port");
    }).toThrow(/root-port" stands on bus 0, not on the bus inside a switch/);
    expect(() => {
      add(0x0301, "pci-bridge");
    }).toThrow(/on bus 0 or a conventional PCI bus, not on the link below a port/);
    expect(() => {
      bus.addBridge({ bdf: 0x0018, secondary: 9, alias: "device" });
    }).toThrow("00:03.0: a root-port gives no requester ids, so it has no alias");
  });

  it("decide what a bridge is when nobody says", () => {
    plugSwitch();
    add(0x0018, "pcie-to-pci-bridge", 9);
    expect(bus.addBridge({ bdf: 0x0908, secondary: 10 }).kind).toBe("pci-bridge");
    expect(bus.topology.bridges().map(({ kind }) => kind)).toEqual([
      "root-port",
      "upstream-port",
      "downstream-port",
      "downstream-port",
      "pcie-to-pci-bridge",
      "pci-bridge",
    ]);
  });
});

describe("a conventional PCI bus", () => {
  const BRIDGE = 0x0018;

  it("has devices without PCI Express capability, with 256 bytes of configuration space", () => {
    bus.addBridge({ bdf: BRIDGE, kind: "pcie-to-pci-bridge", secondary: 5 });
    plug(0x0500);
    plug(0x05f8);
    expect(portType(BRIDGE)).toBe(7);
    expect(bus.config.read8(0x0500, 0x34)).toBe(0x80);
    expect(bus.config.read8(0x0500, 0x81)).toBe(0);
    expect(bus.config.read32(0x0500, 0xfc)).toBe(0);
    expect(bus.config.read32(0x0500, 0x100)).toBe(0xffff_ffff);
    expect(bus.config.read32(0x05f8, 0)).toBe(0x0001_1234);
  });

  it("has bridges without PCI Express capability", () => {
    bus.addBridge({ bdf: BRIDGE, kind: "pci-bridge", secondary: 5 });
    expect(bus.config.read8(BRIDGE, 0x34)).toBe(0);
    expect(bus.config.read32(BRIDGE, 8) >>> 8).toBe(0x060400);
  });

  it("carries no PASID, no translated address, no AtomicOp, no ATS and no page request", () => {
    bus.addBridge({ bdf: BRIDGE, kind: "pcie-to-pci-bridge", secondary: 5 });
    bus.config.write16(BRIDGE, 0x04, 6);
    const { dma } = plug(0x0500);
    bus.config.write16(0x0500, 0x04, 6);
    expect(dma.read(8n, 4).status).toBe("ok");
    const refused = { status: "UR", address: 8n };
    expect(dma.read(8n, 4, { pasid: 0 })).toEqual(refused);
    expect(dma.read(8n, 4, { translated: true })).toEqual(refused);
    const atomic = dma.begin({ access: "atomic", address: 8n, length: 8 });
    expect(atomic.finishAtomic((old) => old)).toEqual(refused);
    expect(dma.requestTranslation({ address: 8n }).status).toBe("blocked");
    const request = { address: 0n, read: true, write: false, last: true, group: 0 };
    expect(dma.requestPage(request).status).toBe("dropped");
  });
});

describe("Alternative Routing-ID Interpretation", () => {
  const ARI = 0x100;
  const ARI_FORWARDING = 1 << 5;

  function plugAriDevice(): void {
    bus.addBridge({ bdf: ROOT_PORT, secondary: 1 });
    for (const number of [0x00, 0x01, 0x08, 0xff]) plug(0x0100 | number, true);
  }

  it("gives a device function numbers of 8 bits, linked by its capability", () => {
    plugAriDevice();
    bus.config.write16(ROOT_PORT, PCIE + 0x28, ARI_FORWARDING);
    const next = [0x00, 0x01, 0x08, 0xff].map((n) => {
      expect(bus.config.read32(0x0100 | n, ARI)).toBe(0x0001_000e);
      return bus.config.read8(0x0100 | n, ARI + 5);
    });
    expect(next).toEqual([0x01, 0x08, 0xff, 0x00]);
    expect(probes.map((_, at) => bus.topology.endpoints()[at]?.id)).toEqual([
      0x0100, 0x0101, 0x0108, 0x01ff,
    ]);
  });

  it("needs ARI Forwarding Enable in the port for functions above 7", () => {
    plugAriDevice();
    expect(bus.config.read32(ROOT_PORT, PCIE + 0x24) & ARI_FORWARDING).toBe(ARI_FORWARDING);
    expect(bus.config.read32(0x0101, 0)).toBe(0x0001_1234);
    expect(bus.config.read32(0x0108, 0)).toBe(0xffff_ffff);
    const response = { sourceId: 0x0108, group: 0, code: 0 };
    expect(bus.deliverPageGroupResponse(response)).toBe(false);
    bus.config.write16(ROOT_PORT, PCIE + 0x28, ARI_FORWARDING);
    expect(bus.config.read32(0x0108, 0)).toBe(0x0001_1234);
    expect(bus.deliverPageGroupResponse(response)).toBe(true);
  });

  it("closes the list of functions over one that is taken out", () => {
    plugAriDevice();
    bus.remove(0x0108);
    expect(bus.config.read8(0x0101, ARI + 5)).toBe(0xff);
  });

  it("is a matter of the whole device, below a port", () => {
    plugAriDevice();
    expect(() => plug(0x0102)).toThrow(/01:00.2: all functions of a device have the ARI/);
    expect(() => plug(0x0020, true)).toThrow("00:04.0: ari needs a root port or downstream port");
    expect(() => plug(0x0110)).toThrow(/functions above 7 need ari/);
  });
});
