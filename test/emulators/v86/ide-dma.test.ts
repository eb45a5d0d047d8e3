import { expect, it } from "vitest";

import type { Attachment } from "../../../host/emulators/v86/index.js";
import { attach, type AttachedGuest } from "./attached.js";
import { x86, type Code } from "./guest-code.js";
import { legacyDomain } from "./legacy-domain.js";

const IDE = 0xf0;
const LIST = 0x4000_0000;
const DATA = 0x5000_0000;
const LIST_FRAME = 0x30_0000n;
const STATUS_SAVED = 0x8000;
const END_OF_LIST = 1n << 63n;

/** One READ DMA or WRITE DMA of sectors; the bus master's status is saved afterwards. */
function transfer(command: "read" | "write", block: number, sectors: number): Code[] {
  const [ata, direction] = command === "read" ? [0xc8, 8] : [0xca, 0];
  return [
    ...[x86.out32(0xb404, LIST), x86.out8(0x1f6, 0xe0), x86.out8(0x1f2, sectors)],
    ...[x86.out8(0x1f3, block), x86.out8(0x1f4, 0), x86.out8(0x1f5, 0), x86.out8(0x1f7, ata)],
    x86.out8(0xb400, direction | 1),
    ...[x86.in32(0xb400), x86.save(STATUS_SAVED)],
    x86.out8(0xb400, 0),
  ];
}

/** Writes region descriptors: an address and a count of bytes each. */
function writeList(
  attachment: Attachment,
  ...regions: readonly [address: number, count: number][]
) {
  regions.forEach(([address, count], index) => {
    const last = index === regions.length - 1 ? END_OF_LIST : 0n;
    const descriptor = BigInt(address) | (BigInt(count) << 32n) | last;
    attachment.memory.write64(LIST_FRAME + BigInt(8 * index), descriptor);
  });
}

/** A disk in which each 32-bit word is its offset. */
function patternDisk(): ArrayBuffer {
  return Uint32Array.from({ length: 0x1_0000 }, (_, index) => 4 * index).buffer;
}

async function guestWithDisk(...code: Code[]): Promise<AttachedGuest & { disk: Uint32Array }> {
  const buffer = patternDisk();
  const guest = await attach([...code, x86.exit(0)], { preset: "legacy" }, { hda: { buffer } });
  return { ...guest, disk: new Uint32Array(buffer) };
}

function words(attachment: Attachment, address: bigint, length: number): Uint32Array {
  const bytes = attachment.memory.tryReadBytes(address, length) ?? new Uint8Array(length);
  return new Uint32Array(bytes.buffer);
}

const pattern = (offset: number, length: number) =>
  Uint32Array.from({ length: length / 4 }, (_, index) => offset + 4 * index);

async function run({ emulator, attachment }: AttachedGuest): Promise<number> {
  await emulator.run();
  expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
  const status = attachment.memory.read64(BigInt(STATUS_SAVED)) ?? 0n;
  return Number((status >> 16n) & 0xffn);
}

it("reads its disk to scattered pages, by a list that lies behind the unit too", async () => {
  const guest = await guestWithDisk(...transfer("read", 2, 16));
  const { attachment } = guest;
  const table = legacyDomain(attachment, [IDE]);
  table.map(BigInt(LIST), LIST_FRAME);
  table.map(BigInt(DATA), 0x41_0000n);
  table.map(BigInt(DATA + 0x1000), 0x40_0000n);
  table.map(BigInt(DATA + 0x8000), 0x42_0000n);
  writeList(attachment, [DATA + 0x800, 0x1000], [DATA + 0x8000, 0x1000]);
  const status = await run(guest);
  expect(words(attachment, 0x41_0800n, 0x800)).toEqual(pattern(0x400, 0x800));
  expect(words(attachment, 0x40_0000n, 0x800)).toEqual(pattern(0xc00, 0x800));
  expect(words(attachment, 0x42_0000n, 0x1000)).toEqual(pattern(0x1400, 0x1000));
  expect(status & 2).toBe(0);
});

it("writes its disk from pages behind the unit", async () => {
  const guest = await guestWithDisk(...transfer("write", 8, 1));
  const { attachment, disk } = guest;
  const table = legacyDomain(attachment, [IDE]);
  table.map(BigInt(LIST), LIST_FRAME);
  table.map(BigInt(DATA), 0x40_0000n);
  writeList(attachment, [DATA + 0x100, 512]);
  attachment.memory.write64(0x40_0100n, 0x2222_2222_1111_1111n);
  await run(guest);
  expect([...disk.subarray(0x1000 / 4, 0x1008 / 4)]).toEqual([0x1111_1111, 0x2222_2222]);
});

it("§7.2: drops what faults, records the fault, tells it by an interrupt, and sets Error", async () => {
  const guest = await guestWithDisk(...transfer("read", 0, 16));
  const { attachment } = guest;
  const { iommu, memory } = attachment;
  const table = legacyDomain(attachment, [IDE]);
  table.map(BigInt(LIST), LIST_FRAME);
  table.map(BigInt(DATA + 0x1000), 0x40_0000n);
  writeList(attachment, [DATA, 0x2000]);
  memory.write64(0x0n, 0x77n);
  const faults: object[] = [];
  const messages: object[] = [];
  iommu.on("fault", (fault) => faults.push(fault));
  iommu.on("interrupt", (message) => messages.push(message));
  iommu.write32(0x3c, 0x55);
  iommu.write32(0x40, 0xfee0_0000);
  iommu.write32(0x38, 0);
  const status = await run(guest);
  expect(faults).toMatchObject([{ sourceId: IDE, address: BigInt(DATA), record: "recorded" }]);
  expect(messages).toMatchObject([{ address: 0xfee0_0000n, data: 0x55 }]);
  expect(words(attachment, 0x40_0000n, 0x1000)).toEqual(pattern(0x1000, 0x1000));
  expect(memory.read64(0n)).toBe(0x77n);
  expect(status & 2).toBe(2);
});

it("reads FFh where a page of what it writes to its disk is missing", async () => {
  const guest = await guestWithDisk(...transfer("write", 0, 16));
  const { attachment, disk } = guest;
  const table = legacyDomain(attachment, [IDE]);
  table.map(BigInt(LIST), LIST_FRAME);
  table.map(BigInt(DATA + 0x1000), 0x40_0000n);
  writeList(attachment, [DATA, 0x2000]);
  const status = await run(guest);
  expect(new Set(disk.subarray(0, 0x1000 / 4))).toEqual(new Set([0xffff_ffff]));
  expect(new Set(disk.subarray(0x1000 / 4, 0x2000 / 4))).toEqual(new Set([0]));
  expect(status & 2).toBe(2);
});

it.each(["read", "write"] as const)(
  "moves nothing for a %s whose list cannot be read, and goes on",
  async (command) => {
    const guest = await guestWithDisk(...transfer(command, 0, 1), ...transfer("read", 0, 1));
    const { attachment, disk } = guest;
    legacyDomain(attachment, [IDE]);
    const faults: { readonly address: bigint }[] = [];
    attachment.iommu.on("fault", (fault) => faults.push(fault));
    const status = await run(guest);
    const pages = faults.map(({ address }) => address >> 12n);
    expect(new Set(pages)).toEqual(new Set([BigInt(LIST) >> 12n]));
    if (command === "read") expect(disk[1]).toBe(4);
    expect(status & 2).toBe(2);
  },
);

it("passes the unit unchanged while translation is off", async () => {
  const guest = await guestWithDisk(
    ...transfer("read", 1, 1).map((code, index) =>
      index === 0 ? x86.out32(0xb404, 0x30_0000) : code,
    ),
  );
  writeList(guest.attachment, [0x40_0000, 512]);
  await run(guest);
  expect(words(guest.attachment, 0x40_0000n, 512)).toEqual(pattern(0x200, 512));
  expect(guest.attachment.iommu.counters().requests).toBeGreaterThan(0n);
});

it("drops translated code where a device wrote", async () => {
  const guest = await guestWithDisk(...transfer("read", 0, 1));
  const { attachment, cpu } = guest;
  const table = legacyDomain(attachment, [IDE]);
  table.map(BigInt(LIST), LIST_FRAME);
  table.map(BigInt(DATA), 0x40_0000n);
  writeList(attachment, [DATA, 512]);
  const dirty: [number, number][] = [];
  const forget = cpu.jit_dirty_cache.bind(cpu);
  cpu.jit_dirty_cache = (start, end) => {
    dirty.push([start, end]);
    forget(start, end);
  };
  await run(guest);
  expect(dirty).toContainEqual([0x40_0000, 0x40_0200]);
});
