import { expect, it } from "vitest";

import { cpuForDevice } from "../../../host/emulators/v86/device-cpu.js";
import { DeviceDma } from "../../../host/emulators/v86/device-dma.js";
import { V86Memory } from "../../../host/emulators/v86/guest-ram.js";
import type { V86Cpu } from "../../../host/emulators/v86/internals.js";
import { registerWindows } from "../../../host/emulators/v86/mmio-windows.js";
import type {
  MemoryRequest,
  MessageSignaledInterrupt,
  TranslateResult,
} from "../../../host/spec/requests.js";
import { loadGuest } from "./guest.js";

const SOURCE = 0x60;
const FAULT = {
  status: "fault",
  condition: "LGN.2",
  reason: 5,
  completion: "UR",
  record: "recorded",
} as const;

interface Rig {
  readonly cpu: V86Cpu;
  readonly memory: V86Memory;
  readonly dma: DeviceDma;
  readonly requests: MemoryRequest[];
  readonly messages: MessageSignaledInterrupt[];
}

/** A device whose unit maps pages as a table says; what is not in it faults. */
async function rig(pages: Readonly<Record<number, number>>): Promise<Rig> {
  const { cpu } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  const requests: MemoryRequest[] = [];
  const messages: MessageSignaledInterrupt[] = [];
  const translate = (request: MemoryRequest): TranslateResult => {
    requests.push(request);
    const { address, access, size } = request;
    if (address >> 20n === 0xfeen) {
      const isMessage = access === "write" && size === 4;
      return isMessage ? { status: "interrupt", address } : FAULT;
    }
    const page = pages[Number(address >> 12n)];
    if (page === undefined) return FAULT;
    const permissions = { read: true, write: true };
    const target = BigInt(page) * 0x1000n + (address & 0xfffn);
    return { status: "ok", address: target, pageSize: 4096, permissions };
  };
  const deliverInterrupt = (message: MessageSignaledInterrupt) => messages.push(message);
  const dma = new DeviceDma({ cpu, memory, unit: { translate }, deliverInterrupt }, SOURCE);
  return { cpu, memory, dma, requests, messages };
}

it("splits requests at 4 KiB, and gives FFh for the part that faults", async () => {
  const { memory, dma, requests } = await rig({ 0x10: 0x300, 0x12: 0x302 });
  memory.tryWriteBytes(0x30_0ffen, Uint8Array.of(1, 2));
  memory.tryWriteBytes(0x30_2000n, Uint8Array.of(3));
  const { bytes, failed } = dma.read(0x1_0ffe, 0x1003);
  expect([bytes[0], bytes[1], bytes[2], bytes[0x1001], bytes[0x1002]]).toEqual([
    ...[1, 2, 0xff, 0xff, 3],
  ]);
  expect(failed).toBe(true);
  expect(requests.map(({ sourceId, address, size }) => [sourceId, address, size])).toEqual([
    [SOURCE, 0x1_0ffen, 2],
    [SOURCE, 0x1_1000n, 0x1000],
    [SOURCE, 0x1_2000n, 1],
  ]);
});

it("writes the pages that are mapped, and tells whether all were", async () => {
  const { memory, dma } = await rig({ 0x10: 0x300, 0x11: 0x305 });
  expect(dma.write(0x1_0fff, Uint8Array.of(7, 8))).toBe(true);
  expect(dma.write(0x1_1fff, Uint8Array.of(9, 10))).toBe(false);
  const read = (address: bigint) => memory.tryReadBytes(address, 1)?.[0];
  expect([read(0x30_0fffn), read(0x30_5000n), read(0x30_5fffn)]).toEqual([7, 8, 9]);
});

it("takes addresses that v86 hands over as negative numbers", async () => {
  const { memory, dma } = await rig({ 0x8_0000: 0x300 });
  memory.tryWriteBytes(0x30_0004n, Uint8Array.of(5));
  expect(dma.read(0x8000_0004 | 0, 1).bytes[0]).toBe(5);
});

it("reaches the windows of other devices, in words, and reads FFh from holes", async () => {
  const { cpu, dma } = await rig({ 0x10: 0xfed90, 0x11: 0xf0000 });
  const log: string[] = [];
  registerWindows(cpu, [
    {
      base: 0xfed9_0000,
      size: 0x1000,
      read: (offset, size) => (size === 4 ? 0x8000_0000 + offset : 0x40 + offset),
      write: (offset, size, value) => {
        log.push(`${size} ${offset} ${value}`);
      },
    },
  ]);
  expect([...dma.read(0x1_0003, 6).bytes]).toEqual([0x43, 4, 0, 0, 0x80, 0x48]);
  dma.write(0x1_0004, Uint8Array.of(1, 0, 0, 0, 9));
  expect(log).toEqual(["4 4 1", "1 8 9"]);
  expect([...dma.read(0x1_1000, 2).bytes]).toEqual([0xff, 0xff]);
});

it("§3.15: sends an interrupt for a DWORD that a device writes to the interrupt range", async () => {
  const { dma, messages } = await rig({});
  expect(dma.write(0xfee0_1000, Uint8Array.of(0x41, 0, 0, 0))).toBe(true);
  expect(messages).toEqual([{ address: 0xfee0_1000n, data: 0x41 }]);
  expect(dma.write(0xfee0_1000, Uint8Array.of(0x41))).toBe(false);
});

it("gives a device a CPU whose accesses to memory are its own, and nothing else", async () => {
  const { cpu, memory, dma } = await rig({ 0x10: 0x300 });
  const view = cpuForDevice(cpu, dma);
  view.write8(0x1_0000, 0x1ff);
  view.write16(0x1_0002, 0xbeef);
  view.write32(0x1_0004, -2);
  expect(memory.read64(0x30_0000n)).toBe(0xffff_fffe_beef_00ffn);
  expect([view.read8(0x1_0003), view.read16(0x1_0002)]).toEqual([0xbe, 0xbeef]);
  expect([view.read32s(0x1_0004), view.read32s(0x2_0000)]).toEqual([-2, -1]);
  view.write_blob(Uint8Array.of(1, 2, 3), 0x1_0010);
  expect([...view.read_blob(0x1_0010, 3)]).toEqual([1, 2, 3]);
  expect([...view.mem8.subarray(0x1_0011, 0x1_0013)]).toEqual([2, 3]);
  view.zero_memory(0x1_0011, 1);
  expect([...view.read_blob(0x1_0010, 3)]).toEqual([1, 0, 3]);
  expect(view.io).toBe(cpu.io);
  expect(cpu.read8(0x30_0010)).toBe(1);
});

it("§5.1.4: lets the unit remap or block the interrupts that a device writes", async () => {
  const { cpu } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  const messages: MessageSignaledInterrupt[] = [];
  const dma = new DeviceDma(
    {
      cpu,
      memory,
      unit: {
        translate: ({ address }) => ({ status: "interrupt", address }),
        remapInterrupt: ({ sourceId, data }) =>
          sourceId === SOURCE && data === 1
            ? { status: "ok", address: 0xfee0_0000n, data: 0x51, remapped: true }
            : FAULT,
      },
      deliverInterrupt: (message) => messages.push(message),
    },
    SOURCE,
  );
  expect(dma.write(0xfee0_0010, Uint8Array.of(1, 0, 0, 0))).toBe(true);
  expect(dma.write(0xfee0_0010, Uint8Array.of(2, 0, 0, 0))).toBe(false);
  expect(messages).toEqual([{ address: 0xfee0_0000n, data: 0x51 }]);
});
