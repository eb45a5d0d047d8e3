import { describe, expect, it } from "vitest";
import { InterruptUnit } from "./interrupt-unit.js";
import { GuestMemory, Iommu } from "../../host/index.js";
import { FrameAllocator, InterruptTable, PostedDescriptor } from "../../host/tables/index.js";

const INDEX = 3;
const VECTOR = 0x91;

async function postingUnit(options: { urgent?: boolean; on?: boolean; suppressed?: boolean } = {}) {
  const unit = await InterruptUnit.create();
  const descriptor = unit.descriptor({ suppressed: options.suppressed ?? false });
  if (options.on === true) descriptor.entry.set({ ON: 1 });
  const { address } = descriptor.entry;
  unit.table.posted(INDEX, {
    vector: VECTOR,
    descriptor: address,
    urgent: options.urgent ?? false,
  });
  return { unit, descriptor };
}

describe("VTD-5.2.3: whether a posted interrupt is notified", () => {
  it.each([
    { on: false, suppressed: false, urgent: false, notified: true },
    { on: false, suppressed: false, urgent: true, notified: true },
    { on: false, suppressed: true, urgent: false, notified: false },
    { on: false, suppressed: true, urgent: true, notified: true },
    { on: true, suppressed: false, urgent: false, notified: false },
    { on: true, suppressed: false, urgent: true, notified: false },
    { on: true, suppressed: true, urgent: false, notified: false },
    { on: true, suppressed: true, urgent: true, notified: false },
  ])("VTD-5.2.3: ON $on, SN $suppressed, URG $urgent: $notified", async (row) => {
    const { unit, descriptor } = await postingUnit(row);
    expect(unit.interrupt(INDEX)).toEqual({ status: "posted", notified: row.notified });
    expect(descriptor.posted).toEqual([VECTOR]);
    expect(descriptor.entry.get("ON") === 1n).toBe(row.on || row.notified);
    // Fixed, physical, edge-triggered: vector E2h to APIC 21h.
    expect(unit.sent).toEqual(row.notified ? [{ address: 0xfee2_1000n, data: 0x40e2 }] : []);
  });
});

describe("VTD-5.2.3: the posted-interrupt descriptor", () => {
  it.each([0, 1, 63, 64, 127, 128, 191, 192, 254, 255])(
    "VTD-5.2.3: vector %i is its own bit of PIR, and no other",
    async (vector) => {
      const { unit, descriptor } = await postingUnit();
      unit.table.posted(INDEX, { vector, descriptor: descriptor.entry.address });
      unit.interrupt(INDEX);
      expect(descriptor.posted).toEqual([vector]);
    },
  );

  it("VTD-5.2.3: collects vectors, and is notified once until ON is clear", async () => {
    const { unit, descriptor } = await postingUnit();
    const { address } = descriptor.entry;
    unit.table.posted(INDEX + 1, { vector: 0x40, descriptor: address });
    expect([INDEX, INDEX + 1, INDEX].map((index) => unit.interrupt(index))).toEqual([
      { status: "posted", notified: true },
      { status: "posted", notified: false },
      { status: "posted", notified: false },
    ]);
    expect(descriptor.take()).toEqual([0x40, VECTOR]);
    expect(unit.interrupt(INDEX)).toEqual({ status: "posted", notified: true });
    expect(unit.sent).toHaveLength(2);
    const { interruptsPosted, interruptNotifications } = unit.iommu.counters();
    expect([interruptsPosted, interruptNotifications]).toEqual([4n, 2n]);
  });

  it("VTD-9.11: with EIME the notification goes to a 32-bit destination", async () => {
    const unit = await InterruptUnit.create({ extended: true });
    const descriptor = unit.descriptor({ destination: 0xabcd_ef01, vector: 0x20 });
    unit.table.posted(INDEX, { vector: 1, descriptor: descriptor.entry.address });
    unit.interrupt(INDEX);
    expect(unit.sent).toEqual([{ address: 0xabcd_ef00_fee0_1000n, data: 0x4020 }]);
  });

  it("VTD-9.10: may lie above 4 GiB", async () => {
    const high = 1n << 33n;
    const memory = GuestMemory.create({ size: 2 ** 20, regions: [{ start: high, size: 4096 }] });
    const iommu = await Iommu.create({ memory });
    const frames = new FrameAllocator({ start: 0x1000n, end: 0x8000n });
    const table = InterruptTable.create({ memory, frames });
    const descriptor = PostedDescriptor.create({
      memory,
      address: high,
      vector: 1,
      destination: 2,
    });
    table.posted(INDEX, { vector: 5, descriptor: high });
    iommu.write64(0xb8, table.tableAddress);
    iommu.write32(0x18, 1 << 24);
    iommu.write32(0x18, 1 << 25);
    const address = 0xfee0_0010n | (BigInt(INDEX) << 5n);
    iommu.remapInterrupt({ sourceId: 0, address, data: 0 });
    expect(descriptor.posted).toEqual([5]);
  });
});

describe("VTD-5.2.3: another agent changes the descriptor at the same time", () => {
  it("VTD-5.2.3: loses nothing: the unit's update is repeated on the new contents", async () => {
    const memory = GuestMemory.create({ size: 2 ** 20 });
    const frames = new FrameAllocator({ start: 0x1000n, end: 0x10000n });
    const table = InterruptTable.create({ memory, frames });
    const descriptor = PostedDescriptor.create({
      memory,
      address: frames.allocate(),
      vector: 9,
      destination: 2,
    });
    const { address } = descriptor.entry;
    table.posted(INDEX, { vector: 5, descriptor: address });
    let disturbances = 2;
    const iommu = await Iommu.create({
      memory: {
        read64: (at) => memory.read64(at),
        write64: (at, value) => memory.write64(at, value),
        compareExchange64: (at, expected, replacement) => {
          if (disturbances > 0) {
            disturbances--;
            // Software posts vector 6 by itself, and then suppresses notifications.
            if (at === address) memory.write64(at, memory.read64(at)! | (1n << 6n));
            else descriptor.entry.set({ SN: 1 });
          }
          return memory.compareExchange64(at, expected, replacement);
        },
      },
    });
    const sent: unknown[] = [];
    iommu.on("interrupt", (message) => sent.push(message));
    iommu.write64(0xb8, table.tableAddress);
    iommu.write32(0x18, 1 << 24);
    iommu.write32(0x18, 1 << 25);
    const request = { sourceId: 0, address: 0xfee0_0010n | (BigInt(INDEX) << 5n), data: 0 };
    expect(iommu.remapInterrupt(request)).toEqual({ status: "posted", notified: true });
    expect(descriptor.posted).toEqual([5, 6]);
    descriptor.entry.set({ ON: 0 });
    disturbances = 1;
    memory.write64(address, memory.read64(address)! | (1n << 5n));
    expect(iommu.remapInterrupt(request)).toEqual({ status: "posted", notified: true });
    expect(sent).toHaveLength(2);
  });
});

describe("VTD-5.2.3: memory that never takes an exchange", () => {
  it.each([
    ["for PIR", (at: bigint, descriptor: bigint) => at < descriptor + 32n],
    ["for ON", (at: bigint, descriptor: bigint) => at === descriptor + 32n],
  ])("VTD-5.2.3: fails the interrupt, and hangs nothing: %s", async (_, refused) => {
    const memory = GuestMemory.create({ size: 2 ** 20 });
    const frames = new FrameAllocator({ start: 0x1000n, end: 0x10000n });
    const table = InterruptTable.create({ memory, frames });
    const address = frames.allocate();
    PostedDescriptor.create({ memory, address, vector: 9, destination: 2 });
    table.posted(INDEX, { vector: 5, descriptor: address });
    const iommu = await Iommu.create({
      memory: {
        read64: (at) => memory.read64(at),
        write64: (at, value) => memory.write64(at, value),
        compareExchange64: (at, expected, replacement) =>
          refused(at, address)
            ? expected ^ (1n << 63n)
            : memory.compareExchange64(at, expected, replacement),
      },
    });
    iommu.write64(0xb8, table.tableAddress);
    iommu.write32(0x18, 1 << 24);
    iommu.write32(0x18, 1 << 25);
    const request = { sourceId: 0, address: 0xfee0_0010n | (BigInt(INDEX) << 5n), data: 0 };
    expect(iommu.remapInterrupt(request)).toMatchObject({ status: "fault", reason: 0x27 });
  });
});
