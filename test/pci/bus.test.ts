import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { PciBus } from "../../host/pci/bus.js";
import type { Probe } from "./probe.js";
import { probeModel } from "./probe.js";

const BDF = 0x0080;
const COMMAND = 0x04;
const MEMORY = 2;
const BASE = 0xe800_0000;

let bus: PciBus;
let probes: Probe[];

beforeEach(() => {
  bus = new PciBus({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  probes = [];
});

function plug(bdf = BDF): Probe {
  bus.addEndpoint({ bdf, model: probeModel(probes) });
  const probe = probes.at(-1);
  if (!probe) throw new Error("the model was not connected");
  return probe;
}

describe("the doors to configuration space", () => {
  it("lead to the same bytes: by number, by ports, by ECAM", () => {
    plug();
    bus.addWindow(bus.config.ecamWindow(0xb000_0000n, 0));
    expect(bus.config.read32(BDF, 0)).toBe(0x0001_1234);
    bus.config.portWrite(0xcf8, 4, 0x8000_8000 | 0x3c);
    expect(bus.config.portRead(0xcf8, 4)).toBe(0x8000_803c);
    bus.config.portWrite(0xcfc, 1, 0x5a);
    expect(bus.config.read8(BDF, 0x3c)).toBe(0x5a);
    expect(bus.read32(0xb000_0000n + 0x8_003cn)).toBe(0x5a);
    bus.write(0xb008_003cn, 1, 0xa5n);
    expect(bus.config.portRead(0xcfc, 4)).toBe(0xa5);
    expect(bus.read64(0xb008_0000n)).toBe(0xffff_ffff_ffff_ffffn);
  });

  it("reach bytes of a double word through the ports behind CFCh", () => {
    plug();
    bus.config.portWrite(0xcf8, 4, 0x8000_8000);
    expect(bus.config.portRead(0xcfe, 2)).toBe(0x0001);
    expect(bus.config.portRead(0xcfd, 1)).toBe(0x12);
    bus.config.portWrite(0xcf8, 4, 0x8000_8004);
    bus.config.portWrite(0xcfc, 2, 0x0006);
    expect(bus.config.read16(BDF, COMMAND)).toBe(6);
  });

  it("select nothing while the enable bit of CF8h is clear", () => {
    plug();
    bus.config.portWrite(0xcf8, 4, 0x0000_8000);
    expect(bus.config.portRead(0xcfc, 4)).toBe(0xffff_ffff);
    bus.config.portWrite(0xcfc, 4, 0);
    bus.config.portWrite(0xcf8, 2, 0x8000);
    expect(bus.config.portRead(0xcf8, 4)).toBe(0x8000);
    expect(bus.config.portRead(0xcf8, 1)).toBe(0xff);
  });

  it("reach extended configuration space by number and ECAM", () => {
    const probe = plug();
    probe.config.define({ at: 0xffc, size: 4, value: 0xcafe_f00d });
    expect(bus.config.ecamRead((BDF << 12) | 0xffc, 4)).toBe(0xcafe_f00d);
    expect(bus.config.read16(BDF, 0xffe)).toBe(0xcafe);
    bus.config.ecamWrite((BDF << 12) | COMMAND, 2, MEMORY);
    expect(bus.config.read16(BDF, COMMAND)).toBe(MEMORY);
  });

  it("answer all ones where no function is", () => {
    plug();
    expect(bus.config.read32(0x0000, 0)).toBe(0xffff_ffff);
    expect(bus.config.read16(0x0180, 0)).toBe(0xffff);
    expect(bus.config.read8(BDF + 1, 0)).toBe(0xff);
    bus.config.write32(BDF + 1, 4, 6);
  });
});

describe("the configuration header", () => {
  it("shows identity, class and the capability list", () => {
    plug();
    expect(bus.config.read32(BDF, 8)).toBe(0xff00_0003);
    expect(bus.config.read16(BDF, 6) & 0x10).toBe(0x10);
    expect(bus.config.read8(BDF, 0x34)).toBe(0x40);
    expect(bus.config.read8(BDF, 0x40)).toBe(0x10);
    expect(bus.config.read8(BDF, 0x0e)).toBe(0);
  });

  it("says root complex integrated endpoint on bus 0 and endpoint below a root port", () => {
    bus.addBridge({ bdf: 0x0008, secondary: 1, subordinate: 1 });
    plug();
    plug(0x0100);
    expect((bus.config.read16(BDF, 0x42) >> 4) & 15).toBe(9);
    expect((bus.config.read16(0x0100, 0x42) >> 4) & 15).toBe(0);
    expect((bus.config.read16(0x0008, 0x42) >> 4) & 15).toBe(4);
  });

  it("marks the functions of a device that has several", () => {
    plug();
    plug(BDF + 3);
    expect(bus.config.read8(BDF, 0x0e)).toBe(0x80);
    expect(bus.config.read8(BDF + 3, 0x0e)).toBe(0x80);
  });

  it("refuses two functions in one place", () => {
    plug();
    expect(() => plug()).toThrow("there is a function at 00:10.0 already");
    expect(() => plug(0x1_0000)).toThrow(/16-bit/);
  });
});

describe("base address registers", () => {
  it("tell their size, move, and decode only with Memory Space Enable", () => {
    const probe = plug();
    bus.config.write32(BDF, 0x10, 0xffff_ffff);
    expect(bus.config.read32(BDF, 0x10)).toBe(0xfffe_0000);
    bus.config.write32(BDF, 0x10, BASE + 0x100);
    expect(bus.config.read32(BDF, 0x10)).toBe(BASE);
    expect(bus.read32(BigInt(BASE) + 8n)).toBe(0xffff_ffff);
    bus.config.write16(BDF, COMMAND, MEMORY);
    expect(bus.read32(BigInt(BASE) + 8n)).toBe(0x1234_5678);
    bus.write32(BigInt(BASE) + 0x1_fffcn, -1);
    bus.config.write32(BDF, 0x10, 0xe900_0000);
    expect(bus.read32(BigInt(BASE) + 8n)).toBe(0xffff_ffff);
    bus.write64(0xe900_0000n, 5n);
    expect(probe.accesses).toEqual(["read 0 8 4", "write 0 1fffc 4 ffffffff", "write 0 0 8 5"]);
  });

  it("do not decode at 0, where they are after reset", () => {
    plug();
    bus.config.write16(BDF, COMMAND, MEMORY);
    expect(bus.read32(0n)).toBe(0xffff_ffff);
  });

  it("that do not exist read 0", () => {
    plug();
    bus.config.write32(BDF, 0x14, 0xffff_ffff);
    expect(bus.config.read32(BDF, 0x14)).toBe(0);
  });

  it("can be nailed down: they answer the size probe, and keep decoding where they are", () => {
    const model = probeModel(probes);
    bus.addEndpoint({ bdf: BDF, model, bars: { 0: { address: BASE, fixed: true } } });
    bus.config.write16(BDF, COMMAND, MEMORY);
    bus.config.write32(BDF, 0x10, 0xffff_ffff);
    expect(bus.config.read32(BDF, 0x10)).toBe(0xfffe_0000);
    expect(bus.read32(BigInt(BASE))).toBe(0x1234_5678);
    bus.config.write32(BDF, 0x10, 0xfebc_0000);
    expect(bus.config.read32(BDF, 0x10)).toBe(BASE);
    expect(bus.read32(0xfebc_0000n)).toBe(0xffff_ffff);
  });

  it("can be placed by the host and moved by software", () => {
    bus.addEndpoint({ bdf: BDF, model: probeModel(probes), bars: { 0: { address: BASE } } });
    expect(bus.config.read32(BDF, 0x10)).toBe(BASE);
    bus.config.write32(BDF, 0x10, 0xe900_0000);
    expect(bus.config.read32(BDF, 0x10)).toBe(0xe900_0000);
  });

  it("refuse impossible places and sizes", () => {
    const at = (address: number) => () =>
      bus.addEndpoint({ bdf: BDF, model: probeModel(probes), bars: { 0: { address } } });
    expect(at(0xe800_1000)).toThrow(/0x20000 bytes cannot lie at 0xe8001000/);
    expect(() => bus.addEndpoint({ bdf: BDF, model: probeModel(probes, 100) })).toThrow(
      /power of two/,
    );
    const second = { 1: { address: BASE } };
    expect(() => bus.addEndpoint({ bdf: BDF, model: probeModel(probes), bars: second })).toThrow(
      /no base address register 1/,
    );
  });
});

describe("bridges", () => {
  const PORT = 0x0008;
  const window = { base: 0xe800_0000, limit: 0xe80f_ffff };

  it("lead to the functions of their secondary bus, whose requester ids are their own", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 1, memory: window });
    plug(0x0100);
    plug(0x0103);
    expect(bus.config.read32(0x0100, 0)).toBe(0x0001_1234);
    expect(bus.config.read8(PORT, 0x0e)).toBe(1);
    expect(bus.config.read32(PORT, 8) >>> 8).toBe(0x060400);
    expect(bus.endpoint(0x0103)?.id).toBe(0x0103);
    bus.config.write16(PORT, 0x19, 0x0505);
    expect(bus.config.read32(0x0100, 0)).toBe(0xffff_ffff);
    expect(bus.config.read32(0x0500, 0)).toBe(0x0001_1234);
    expect(bus.endpoint(0x0503)?.id).toBe(0x0503);
  });

  it("can stand below bridges", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 2 });
    bus.addBridge({ bdf: 0x0100, kind: "pcie-to-pci-bridge", secondary: 2 });
    plug(0x0200);
    expect(bus.config.read32(0x0200, 0)).toBe(0x0001_1234);
    expect(bus.config.read8(0x0100, 0x18)).toBe(1);
  });

  it("forward memory accesses in their window while Memory Space Enable is set", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 1, memory: window });
    const bars = { 0: { address: BASE } };
    bus.addEndpoint({ bdf: 0x0100, model: probeModel(probes), bars });
    bus.config.write16(0x0100, COMMAND, MEMORY);
    expect(bus.read32(BigInt(BASE))).toBe(0xffff_ffff);
    bus.config.write16(PORT, COMMAND, MEMORY);
    expect(bus.read32(BigInt(BASE))).toBe(0x1234_5678);
    bus.config.write16(PORT, 0x20, 0xe810);
    expect(bus.read32(BigInt(BASE))).toBe(0xffff_ffff);
  });

  it("reset what is behind them by Secondary Bus Reset", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 1 });
    const probe = plug(0x0100);
    bus.config.write16(0x0100, COMMAND, 6);
    bus.config.write16(PORT, 0x3e, 0x40);
    expect(probe.resets).toBe(1);
    expect(bus.config.read16(0x0100, COMMAND)).toBe(0);
  });

  it("pass a reset from above on to what is behind them", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 2 });
    bus.addBridge({ bdf: 0x0100, kind: "pcie-to-pci-bridge", secondary: 2 });
    const probe = plug(0x0200);
    bus.config.write16(PORT, 0x3e, 0x40);
    expect(probe.resets).toBe(1);
    expect(bus.config.read32(0x0200, 0)).toBe(0xffff_ffff);
  });

  it("have only device 0 on their link, and must exist", () => {
    bus.addBridge({ bdf: PORT, secondary: 1, subordinate: 1 });
    expect(() => plug(0x0108)).toThrow(/only device 0/);
    expect(() => plug(0x0200)).toThrow("no bridge leads to bus 2, needed for 02:00.0");
  });
});

describe("function level reset", () => {
  it("brings configuration space and the device to their reset values", () => {
    const probe = plug();
    bus.config.write32(BDF, 0x10, BASE);
    bus.config.write16(BDF, COMMAND, 6);
    bus.config.write16(BDF, 0x48, 0x8000);
    expect(probe.resets).toBe(1);
    expect(bus.config.read16(BDF, COMMAND)).toBe(0);
    expect(bus.config.read32(BDF, 0x10)).toBe(0);
    expect(bus.config.read16(BDF, 0x48) & 0x8000).toBe(0);
  });

  it("leaves a nailed base address register where it is", () => {
    const model = probeModel(probes);
    bus.addEndpoint({ bdf: BDF, model, bars: { 0: { address: BASE, fixed: true } } });
    bus.config.write16(BDF, 0x48, 0x8000);
    expect(bus.config.read32(BDF, 0x10)).toBe(BASE);
  });
});

describe("fixed windows of memory space", () => {
  it("take the accesses that lie in them completely", () => {
    const log: string[] = [];
    bus.addWindow({
      base: 0xfed9_0000n,
      size: 0x1000,
      read: (offset, size) => BigInt(log.push(`read ${offset} ${size}`)),
      write: (offset, size, value) => log.push(`write ${offset} ${size} ${value}`),
    });
    expect(bus.read32(0xfed9_0ffcn)).toBe(1);
    bus.write64(0xfed9_0008n, 7n);
    expect(bus.read64(0xfed9_0ffcn)).toBe(0xffff_ffff_ffff_ffffn);
    expect(log).toEqual(["read 4092 4", "write 8 8 7"]);
    const clash = { base: 0xfed9_0fffn, size: 1, read: () => 0n, write: () => undefined };
    expect(() => {
      bus.addWindow(clash);
    }).toThrow(/overlaps the one at 0xfed90000/);
  });
});
