import { expect, it } from "vitest";

import { V86Memory } from "../../../host/emulators/v86/guest-ram.js";
import { registerWindows } from "../../../host/emulators/v86/mmio-windows.js";
import { loadGuest, loopOf } from "./guest.js";
import { guestImage, x86 } from "./guest-code.js";

it("reads and writes what the guest sees at the same address", async () => {
  const { cpu, emulator } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  expect(memory.write64(0x8000n, 0x8877_6655_4433_2211n)).toBe(true);
  expect([...emulator.read_memory(0x8000, 3)]).toEqual([0x11, 0x22, 0x33]);
  emulator.write_memory([0xaa, 0xbb], 0x8006);
  expect(memory.read64(0x8000n)).toBe(0xbbaa_6655_4433_2211n);
  expect(memory.tryWriteBytes(0x9001n, Uint8Array.of(1, 2, 3))).toBe(true);
  expect(memory.tryReadBytes(0x9000n, 5)).toEqual(Uint8Array.of(0, 1, 2, 3, 0));
});

it("exchanges a word only if it holds what is expected, and tells what it held", async () => {
  const { cpu } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  memory.write64(0x8000n, 5n);
  expect(memory.compareExchange64(0x8000n, 4n, 9n)).toBe(5n);
  expect(memory.read64(0x8000n)).toBe(5n);
  expect(memory.compareExchange64(0x8000n, 5n, 9n)).toBe(5n);
  expect(memory.read64(0x8000n)).toBe(9n);
});

it("fails outside RAM and where the display adapter hides it", async () => {
  const { cpu } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  const end = BigInt(memory.size);
  for (const address of [end, end - 4n, 0xa0000n, 0xbfff8n, 1n << 40n]) {
    expect(memory.read64(address)).toBeUndefined();
    expect(memory.write64(address, 1n)).toBe(false);
    expect(memory.compareExchange64(address, 0n, 1n)).toBeUndefined();
    expect(memory.tryReadBytes(address, 8)).toBeUndefined();
    expect(memory.tryWriteBytes(address, new Uint8Array(8))).toBe(false);
  }
  expect(memory.read64(end - 8n)).toBe(0n);
  expect(memory.read64(0x9fff8n)).toBeDefined();
});

it("keeps working after v86 has grown its memory", async () => {
  const { cpu } = await loadGuest(undefined);
  const memory = new V86Memory(cpu);
  memory.write64(0x8000n, 7n);
  cpu.wasm_memory.grow(1);
  expect(memory.read64(0x8000n)).toBe(7n);
});

it("makes the guest execute code that was written over code it has executed often", async () => {
  const target = 0x20_0000;
  // A function that v86 translates, and that returns EAX = 1: mov eax, 1; ret.
  const code = (value: number): Uint8Array => Uint8Array.of(0xb8, value, 0, 0, 0, 0xc3);
  // mov ebx, target; call ebx
  const body = [0xbb, 0x00, 0x00, 0x20, 0x00, 0xff, 0xd3];
  const image = guestImage(
    x86.setEsp(0x9000),
    x86.repeat(2_000_000, body),
    x86.store32(0xfed9_0000, 0),
    body,
    x86.save(0x8000),
    x86.exit(0),
  );
  const guest = await loadGuest(image);
  const memory = new V86Memory(guest.cpu);
  memory.tryWriteBytes(BigInt(target), code(1));
  registerWindows(guest.cpu, [
    {
      base: 0xfed9_0000,
      size: 0x1000,
      read: () => 0,
      write: () => void memory.tryWriteBytes(BigInt(target), code(2)),
    },
  ]);
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toEqual({ kind: "exit", code: 0 });
  expect(memory.read64(0x8000n)).toBe(2n);
});
