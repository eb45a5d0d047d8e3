import { describe, expect, it } from "vitest";

import { dmaEngine } from "../../../host/devices/dma-engine/model.js";
import { attachIommu, type Attachment } from "../../../host/emulators/v86/index.js";
import { checkedCpu } from "../../../host/emulators/v86/internals.js";
import { attach } from "./attached.js";
import { loadGuest } from "./guest.js";
import { guestImage, x86, type Code } from "./guest-code.js";

const UNIT = 0xfed9_0000;
const ECAM = 0xb000_0000;
const BAR = 0xe800_0000;
const ENGINE = 0x10;
const SAVED = 0x8000;

function savedWords(attachment: Attachment, count: number): number[] {
  const bytes = attachment.memory.tryReadBytes(BigInt(SAVED), 4 * count);
  const view = new DataView((bytes ?? new Uint8Array(4 * count)).buffer);
  return Array.from({ length: count }, (_, index) => view.getUint32(4 * index, true));
}

const saveAll = (...loads: Code[]): Code[] =>
  loads.flatMap((load, index) => [load, x86.save(SAVED + 4 * index)]);

describe("a guest", () => {
  it("sees the unit's registers, configuration space of 4 KiB, and an endpoint's registers", async () => {
    const { emulator, attachment } = await attach([
      ...saveAll(
        x86.load32(UNIT),
        x86.load32(UNIT + 8),
        x86.load32(ECAM + (ENGINE << 12)),
        x86.load32(ECAM + (ENGINE << 12) + 0x100),
        x86.load32(BAR),
      ),
      x86.store16(ECAM + (ENGINE << 12) + 4, 2),
      x86.load32(BAR),
      x86.save(SAVED + 20),
      x86.exit(0),
    ]);
    await emulator.run();
    expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
    const [version, cap, identity, firstExtended, before, after] = savedWords(attachment, 6);
    expect(version).toBe(0x60);
    expect(cap).toBe(attachment.iommu.read32(8));
    expect(identity).toBe(0xd3a1_1234);
    expect((firstExtended ?? 0) & 0xffff).toBe(0x000f);
    expect(before).toBe(0xffff_ffff);
    expect(after).toBe(0x4541_4d44);
  });

  it("gets all ones for accesses that the manual leaves undefined, and does no harm by them", async () => {
    const { emulator, attachment } = await attach([
      ...saveAll(x86.load8(UNIT), x86.load32(UNIT + 2), x86.load32(UNIT + 0xffc)),
      x86.store8(UNIT + 0x38, 0x7f),
      x86.exit(0),
    ]);
    const control = attachment.iommu.read32(0x38);
    await emulator.run();
    expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
    const [byte, unaligned] = savedWords(attachment, 2);
    expect((byte ?? 0) & 0xff).toBe(0xff);
    expect(unaligned).toBe(0xffff_ffff);
    expect(attachment.iommu.read32(0x38)).toBe(control);
  });

  it.each([{ disable_jit: true }, { disable_jit: false }])(
    "that does nothing but look at RAM sees the DMA of an endpoint (%j)",
    async (v86Options) => {
      const ring = 0x30_0000;
      const status = ring + 0x30;
      const code = [x86.spinWhileZero(status), x86.exit(0)];
      const { emulator, attachment } = await attach(code, {}, v86Options);
      const { bus, memory } = attachment;
      bus.config.write16(ENGINE, 4, 6);
      memory.write64(BigInt(ring), 2n | (64n << 32n)); // fill 64 bytes
      memory.write64(BigInt(ring + 0x10), 0x31_0000n);
      memory.write64(BigInt(ring + 0x18), 0x1122_3344_5566_7788n);
      const queue = BigInt(BAR + 0x1000);
      bus.write32(queue + 0x0cn, 4);
      bus.write32(queue + 0x10n, ring);
      bus.write32(queue, 1);
      bus.write32(queue + 0x1cn, 1);
      await emulator.run();
      expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
      expect(memory.read64(0x31_0000n)).toBe(0x1122_3344_5566_7788n);
    },
  );

  it("does not see an endpoint any more that was taken out", async () => {
    const { emulator, attachment } = await attach([
      ...saveAll(x86.load32(ECAM + (ENGINE << 12)), x86.load32(BAR)),
      x86.out32(0xcf8, 0x8000_0000 + (ENGINE << 8)),
      ...[x86.in32(0xcfc), x86.save(SAVED + 8)],
      x86.exit(0),
    ]);
    attachment.bus.remove(ENGINE);
    await emulator.run();
    await attachment.ending;
    expect(savedWords(attachment, 3)).toEqual([0xffff_ffff, 0xffff_ffff, 0xffff_ffff]);
  });

  it("finds the ACPI tables in the BIOS area when it has no BIOS", async () => {
    const { attachment } = await attach([x86.exit(0)]);
    const area = Buffer.from(attachment.memory.tryReadBytes(0xe_0000n, 0x2_0000) ?? []);
    const rsdp = area.indexOf("RSD PTR ");
    expect(rsdp % 16).toBe(0);
    const xsdt = area.readUInt32LE(rsdp + 24) - 0xe_0000;
    const entries = (area.readUInt32LE(xsdt + 4) - 36) / 8;
    const tables = Array.from({ length: entries }, (_, index) => {
      const at = area.readUInt32LE(xsdt + 36 + 8 * index) - 0xe_0000;
      return area.toString("latin1", at, at + 4);
    });
    expect(tables).toEqual(["APIC", "MCFG", "DMAR"]);
    const dmar = area.indexOf("DMAR");
    expect(area.readBigUInt64LE(dmar + 48 + 8)).toBe(BigInt(UNIT));
  });

  it("that resets its machine finds the unit reset too, when a BIOS starts again", async () => {
    const bios = new Uint8Array(0x1_0000);
    bios.set([0xea, 0, 0, 0, 0xf0], 0xfff0);
    // Counts in [500h]; the first time it resets the machine by the keyboard controller.
    bios.set([
      ...[0x31, 0xc0, 0x8e, 0xd8, 0xfe, 0x06, 0x00, 0x05, 0x80, 0x3e, 0x00, 0x05, 0x01],
      ...[0x75, 0x06, 0xb0, 0xfe, 0xe6, 0x64, 0xeb, 0xfe, 0x30, 0xc0, 0xe6, 0xf4],
    ]);
    const options = { bios: { buffer: bios.buffer } };
    const { emulator, attachment } = await attach([x86.exit(1)], {}, options);
    attachment.iommu.write32(0x3c, 0x55);
    await emulator.run();
    expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
    expect(attachment.iommu.read32(0x3c)).toBe(0);
  });
});

it("passes one tick for each access of the guest to the unit or an endpoint, and none for others", async () => {
  const { emulator, attachment } = await attach([
    ...[x86.load32(UNIT), x86.store32(UNIT + 0x38, 0)],
    ...[x86.load32(ECAM + (ENGINE << 12)), x86.store32(ECAM + (ENGINE << 12) + 4, 2)],
    ...[x86.load32(BAR), x86.store32(BAR + 0x1c, 5)],
    ...[x86.out32(0xcf8, 0x8000_0000 + (ENGINE << 8)), x86.in32(0xcfc)],
    ...[x86.load32(ECAM), x86.load32(UNIT + 0x4000), x86.in32(0xcf8), x86.print("x")],
    x86.exit(0),
  ]);
  let ticks = 0;
  const { iommu } = attachment;
  const advance = iommu.advance.bind(iommu);
  iommu.advance = (count) => {
    ticks += Number(count);
    advance(count);
  };
  await emulator.run();
  await attachment.ending;
  expect(ticks).toBe(7);
});

it("hands the tables to SeaBIOS as firmware configuration files", async () => {
  const bios = { buffer: new ArrayBuffer(0x1_0000) };
  const { emulator } = await attach([x86.exit(0)], {}, { bios });
  const files = checkedCpu(emulator).option_roms;
  const names = files.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["acpi/dmar.bin", "acpi/mcfg.bin", "etc/e820"]));
  const e820 = files.find(({ name }) => name === "etc/e820")?.data ?? new Uint8Array();
  const view = new DataView(e820.buffer, e820.byteOffset);
  expect([view.getBigUint64(0, true), view.getBigUint64(8, true)]).toEqual([0n, 16n << 20n]);
  expect(view.getBigUint64(20, true)).toBe(BigInt(ECAM));
});

it("drops translated code where the unit itself wrote (a wait descriptor's status, §6.5.2.9)", async () => {
  const { emulator, attachment } = await attach([x86.exit(0)]);
  const cpu = checkedCpu(emulator);
  const dirty: [number, number][] = [];
  const forget = cpu.jit_dirty_cache.bind(cpu);
  cpu.jit_dirty_cache = (start, end) => {
    dirty.push([start, end]);
    forget(start, end);
  };
  const { iommu, memory } = attachment;
  const queue = 0x30_0000n;
  memory.write64(queue, (0xabcdn << 32n) | 0x25n);
  memory.write64(queue + 8n, 0x40_0000n);
  dirty.length = 0;
  iommu.write64(0x90, queue);
  iommu.write32(0x18, 1 << 26);
  iommu.write64(0x88, 0x10n);
  expect(memory.read64(0x40_0000n)).toBe(0xabcdn);
  expect(dirty.some(([start, end]) => start <= 0x40_0000 && end >= 0x40_0004)).toBe(true);
});

it("tells of messages that reach no CPU, and why", async () => {
  const { attachment } = await attach([x86.exit(0)]);
  const lost: unknown[] = [];
  const off = attachment.onLostInterrupt((message, why) => lost.push([message.data, why]));
  attachment.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 0x41 });
  off();
  attachment.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 0x42 });
  expect(lost).toEqual([[0x41, "the local APIC is disabled"]]);
  expect(attachment.interruptsDelivered).toBe(0);
});

it("keeps two machines in one process apart", async () => {
  const code = [...saveAll(x86.load32(UNIT), x86.load32(UNIT + 0x10)), x86.exit(0)];
  const first = await attach(code, { preset: "full" });
  const second = await attach(code, { preset: "legacy" });
  await Promise.all([first.emulator.run(), second.emulator.run()]);
  await Promise.all([first.attachment.ending, second.attachment.ending]);
  expect(savedWords(first.attachment, 1)).toEqual([0x60]);
  expect(savedWords(second.attachment, 1)).toEqual([0x10]);
  const [, ecap] = savedWords(second.attachment, 2);
  expect(ecap).toBe(second.attachment.iommu.read32(0x10));
});

it("plugs in the endpoints that it is asked for, each with its own window", async () => {
  const endpoints = [
    { at: "00:03.0", model: dmaEngine() },
    { at: "00:04.0", model: dmaEngine({ queues: 1 }) },
  ];
  const { attachment } = await attach([x86.exit(0)], { endpoints });
  expect(attachment.endpoints.map(({ id }) => id)).toEqual([0x18, 0x20]);
  const windows = attachment.endpoints.map(({ bars }) => bars[0]?.address);
  expect(windows).toEqual([BAR, BAR + 0x2_0000]);
});

describe("attachIommu refuses", () => {
  it("a second IOMMU for the same emulator", async () => {
    const { emulator } = await attach([x86.exit(0)]);
    await expect(attachIommu(emulator)).rejects.toThrow(/has an IOMMU already/);
  });

  it("a guest that runs already", async () => {
    const { emulator } = await loadGuest(guestImage(x86.loopForever));
    await emulator.run();
    await expect(attachIommu(emulator)).rejects.toThrow(/attach before run/);
  });

  it.each([
    [
      "a place that v86 uses itself",
      { endpoints: [{ at: "00:01.0", model: dmaEngine() }] },
      /taken/,
    ],
    ["registers off a page boundary", { registerBase: 0xfed9_0010 }, /registerBase must be/],
    ["registers in guest RAM", { registerBase: 0x10_0000 }, /end of guest RAM/],
    ["an illegal set of capabilities", { capabilities: { QI: 0 } }, /cannot be reported/],
  ])("%s", async (_what, options, message) => {
    const { emulator } = await loadGuest(guestImage(x86.exit(0)));
    await expect(attachIommu(emulator, options)).rejects.toThrow(message);
  });
});
