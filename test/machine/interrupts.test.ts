import { beforeEach, describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.js";
import type { TreeFunction } from "../../host/machine/options.js";
import { Msi } from "../../host/pci/msi.js";
import {
  FrameAllocator,
  InterruptTable,
  PostedDescriptor,
  remappableMessage,
} from "../../host/tables/index.js";
import { MSI_AT, probeModel, type Probe } from "../pci/probe.js";

const R = { gcmd: 0x18, fsts: 0x34, iqa: 0x90, irta: 0xb8 };
const QIE = 1 << 26;
const IRE = 1 << 25;
const SIRTP = 1 << 24;

/** Units 0 (below 00:1c.0) and 1 (the rest), each with a table of its own. */
let machine: Machine;
let tables: InterruptTable[];
let faults: [unit: number, sourceId: number, reason: number][];

const tree: TreeFunction[] = [
  { at: "1c.0", kind: "root-port" },
  {
    at: "1c.1",
    kind: "root-port",
    below: [{ at: "00.0", kind: "pcie-to-pci-bridge" }],
  },
];

beforeEach(async () => {
  machine = await Machine.create({
    memory: { size: 2 ** 20 },
    units: [{ scope: ["00:1c.0"] }, {}],
    topology: { tree },
  });
  faults = [];
  tables = machine.units.map((unit, index) => {
    const start = 0x1_0000n * BigInt(index + 1);
    const { memory } = machine;
    const frames = new FrameAllocator({ start, end: start + 0x1_0000n });
    const table = InterruptTable.create({ memory, frames });
    unit.on("fault", ({ sourceId, reason }) => faults.push([index, sourceId, reason]));
    unit.write64(R.iqa, frames.allocate());
    unit.write32(R.gcmd, QIE);
    unit.write64(R.irta, table.tableAddress);
    unit.write32(R.gcmd, QIE | SIRTP);
    unit.write32(R.gcmd, QIE | IRE);
    return table;
  });
});

function plug(bdf: number): Probe {
  const probes: Probe[] = [];
  machine.bus.addEndpoint({ bdf, model: probeModel(probes) });
  machine.config.write16(bdf, 0x04, 6);
  return probes[0]!;
}

const taken = () => machine.interrupts.take();

describe("interrupts of endpoints in a machine", () => {
  it("§5.1.4: are remapped by the table of the unit that covers the endpoint", () => {
    const first = plug(0x0100);
    const second = plug(0x0010);
    tables[0]!.remapped(3, { vector: 0x51, destination: 1 });
    tables[1]!.remapped(3, { vector: 0x62, destination: 2 });
    first.dma.sendInterrupt(remappableMessage(3));
    second.dma.sendInterrupt(remappableMessage(3));
    expect(taken().map(({ address, data }) => [address, data & 0xff])).toEqual([
      [0xfee0_1000n, 0x51],
      [0xfee0_2000n, 0x62],
    ]);
    expect(faults).toEqual([]);
  });

  it("§5.1: are those that MSI sends and those that DMA writes", () => {
    const { config, dma } = plug(0x0100);
    tables[0]!.remapped(1, { vector: 0x51, destination: 1 });
    const { address, data } = remappableMessage(0, 1);
    machine.config.write32(0x0100, MSI_AT + 4, Number(address));
    machine.config.write16(0x0100, MSI_AT + 12, data);
    machine.config.write16(0x0100, MSI_AT + 2, 1);
    expect(new Msi(config, MSI_AT, (message) => dma.sendInterrupt(message)).raise()).toBe(true);
    expect(dma.write(address, Uint8Array.of(1, 0, 0, 0))).toEqual({ status: "ok" });
    expect(taken().map((message) => message.data & 0xff)).toEqual([0x51, 0x51]);
  });

  it("§5.1.4.1: that have no entry are lost, and recorded by the unit that covers the endpoint", () => {
    const { dma } = plug(0x0100);
    tables[1]!.remapped(3, { vector: 0x62, destination: 2 });
    const { address } = remappableMessage(3);
    expect(dma.write(address, new Uint8Array(4))).toEqual({ status: "UR", address });
    expect(taken()).toEqual([]);
    expect(faults).toEqual([[0, 0x0100, 0x22]]);
    expect(machine.units.map((unit) => unit.read32(R.fsts) & 2)).toEqual([2, 0]);
  });

  it("§5.1.1: behind a PCIe-to-PCI bridge come from the bridge's secondary bus", () => {
    const { dma } = plug(0x0320);
    const alone = { vector: 0x71, destination: 1 };
    tables[1]!.remapped(4, { ...alone, source: { sourceId: "03:04.0" } });
    tables[1]!.remapped(5, { ...alone, source: { sourceId: "03:00.0" } });
    dma.sendInterrupt(remappableMessage(4));
    expect(faults).toEqual([[1, 0x0300, 0x26]]);
    dma.sendInterrupt(remappableMessage(5));
    expect(taken().map(({ data }) => data & 0xff)).toEqual([0x71]);
  });

  it("§5.2.3: that are posted send the notification of the descriptor, and nothing else", () => {
    const { dma } = plug(0x0100);
    const { memory } = machine;
    const address = 0x8_0000n;
    const descriptor = PostedDescriptor.create({ memory, address, vector: 0xf2, destination: 3 });
    tables[0]!.posted(2, { vector: 0x91, descriptor: address });
    dma.sendInterrupt(remappableMessage(2));
    dma.sendInterrupt(remappableMessage(2));
    expect(taken().map((sent) => [sent.address, sent.data & 0xff])).toEqual([[0xfee0_3000n, 0xf2]]);
    expect(descriptor.posted).toEqual([0x91]);
  });

  it("§5.1: of the unit itself, such as a fault event, are never remapped", () => {
    const [unit] = machine.units;
    unit!.write32(0x3c, 0x42); // FEDATA, FEADDR in remappable format, FECTL
    unit!.write32(0x40, 0xfee0_0010);
    unit!.write32(0x38, 0);
    plug(0x0100).dma.sendInterrupt(remappableMessage(9));
    expect(taken()).toEqual([{ address: 0xfee0_0010n, data: 0x42 }]);
    expect(faults).toHaveLength(1);
  });

  it("§8.3.1.1: of the I/O APIC pass the last unit under the source-id in DMAR", () => {
    const source = { sourceId: 0xf0f8 };
    tables[1]!.remapped(7, { vector: 0x33, destination: 1, level: true, source });
    expect(machine.ioApicInterrupt(remappableMessage(7))).toBe(true);
    expect(taken().map(({ data }) => data & 0xff)).toEqual([0x33]);
    expect(machine.ioApicInterrupt(remappableMessage(8))).toBe(false);
    expect(faults).toEqual([[1, 0xf0f8, 0x22]]);
  });

  it("§5.1.4: in compatibility format are blocked unless software allows them", () => {
    const { dma } = plug(0x0100);
    const message = { address: 0xfee0_1000n, data: 0x41 };
    dma.sendInterrupt(message);
    expect(faults).toEqual([[0, 0x0100, 0x25]]);
    machine.units[0]!.write32(R.gcmd, QIE);
    dma.sendInterrupt(message);
    expect(taken()).toEqual([message]);
  });
});
