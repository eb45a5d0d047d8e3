import { expect, it } from "vitest";

import { registerWindows, type MmioWindow } from "../../../host/emulators/v86/mmio-windows.js";
import { loadGuest, loopOf } from "./guest.js";
import { guestImage, x86, type Code } from "./guest-code.js";

const BASE = 0xfed9_0000;
const SAVED = 0x8000;

/** A window that writes down its accesses, and answers reads with a pattern. */
function recorder(base: number, size: number): MmioWindow & { readonly log: string[] } {
  const log: string[] = [];
  return {
    base,
    size,
    log,
    read(offset, bytes) {
      log.push(`read${bytes} ${offset.toString(16)}`);
      return bytes === 4 ? 0x8765_4321 : 0x10 + offset;
    },
    write(offset, bytes, value) {
      log.push(`write${bytes} ${offset.toString(16)} = ${value.toString(16)}`);
    },
  };
}

async function run(windows: readonly MmioWindow[], ...code: readonly Code[]) {
  const guest = await loadGuest(guestImage(...code, x86.exit(0)));
  registerWindows(guest.cpu, windows);
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toEqual({ kind: "exit", code: 0 });
  const saved = (index: number): number =>
    new DataView(guest.emulator.read_memory(SAVED + 4 * index, 4).slice().buffer).getUint32(
      0,
      true,
    );
  return { saved };
}

it("hands accesses over with their offset, size and unsigned value; 16 bits as two of 8", async () => {
  const window = recorder(BASE, 0x1000);
  const { saved } = await run(
    [window],
    x86.load32(BASE + 0x1c),
    x86.save(SAVED),
    x86.store32(BASE + 0x18, 0xfedc_ba98),
    x86.load16(BASE + 0x30),
    x86.save(SAVED + 4),
    x86.store16(BASE + 0x34, 0x1234),
    x86.store8(BASE + 0x38, 0xfe),
  );
  expect(saved(0)).toBe(0x8765_4321);
  expect(saved(1) & 0xffff).toBe(0x4140);
  expect(window.log).toEqual([
    "read4 1c",
    "write4 18 = fedcba98",
    "read1 30",
    "read1 31",
    "write1 34 = 34",
    "write1 35 = 12",
    "write1 38 = fe",
  ]);
});

it("leaves the rest of v86's 128 KiB block to who had it before", async () => {
  const window = recorder(BASE, 0x1000);
  const { saved } = await run(
    [window],
    x86.load32(BASE + 0x1000),
    x86.save(SAVED),
    x86.load32(BASE - 4),
    x86.save(SAVED + 4),
    x86.store32(BASE + 0x1000, 1),
  );
  expect([saved(0), saved(1)]).toEqual([0xffff_ffff, 0xffff_ffff]);
  expect(window.log).toEqual([]);
});

it("keeps two windows in one block apart", async () => {
  const first = recorder(BASE, 0x1000);
  const second = recorder(BASE + 0x1000, 0x1000);
  await run([first, second], x86.load32(BASE + 4), x86.load32(BASE + 0x1008));
  expect(first.log).toEqual(["read4 4"]);
  expect(second.log).toEqual(["read4 8"]);
});

it("refuses windows in guest RAM, above 4 GiB, or over each other", async () => {
  const { cpu } = await loadGuest(undefined);
  const register =
    (...windows: MmioWindow[]) =>
    () => {
      registerWindows(cpu, windows);
    };
  expect(register(recorder(0x10_0000, 0x1000))).toThrow(/end of guest RAM/);
  expect(register(recorder(0xffff_f000, 0x2000))).toThrow(RangeError);
  expect(register(recorder(BASE, 0x2000), recorder(BASE + 0x1000, 0x1000))).toThrow(/overlaps/);
});
