import { expect, it, vi } from "vitest";

import { loadGuest, loopOf } from "./guest.js";
import { guestImage, x86 } from "./guest-code.js";

it("tells the value that the guest wrote to the debug-exit port, and runs no further instruction", async () => {
  const marker = 0x8000;
  const guest = await loadGuest(guestImage(x86.exit(7), x86.store32(marker, 1), x86.hlt));
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toEqual({ kind: "exit", code: 7 });
  expect(guest.emulator.read_memory(marker, 1)[0]).toBe(0);
});

it("calls a guest hung that halted with interrupts turned off", async () => {
  const guest = await loadGuest(guestImage(x86.cli, x86.hlt));
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toMatchObject({ kind: "hang" });
});

it("does not call a guest hung that halted with interrupts turned on", async () => {
  const guest = await loadGuest(guestImage(x86.sti, x86.hlt));
  let pauses = 0;
  const loop = loopOf(guest, {
    pause: (halted) => {
      if (halted) pauses += 1;
      return true;
    },
  });
  await guest.emulator.run();
  const ended = loop.ending.then(() => true);
  const waited = new Promise<boolean>((resolve) => setTimeout(resolve, 50, false));
  expect(await Promise.race([ended, waited])).toBe(false);
  expect(pauses).toBeGreaterThan(1);
});

it.each([
  ["an exception without a handler", [x86.undefined]],
  ["an exception on a stack without memory", [x86.setEsp(0), x86.undefined]],
])("calls a guest crashed after %s, and prints nothing", async (_name, code) => {
  const printed = vi.spyOn(console, "error");
  const guest = await loadGuest(guestImage(...code));
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toMatchObject({
    kind: "crash",
    reason: expect.stringMatching(/^the CPU shut down.*\(v86: Unimplemented: #GP/) as string,
  });
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

it("calls a guest crashed that resets a machine without BIOS", async () => {
  const keyboardReset = [0xb0, 0xfe, 0xe6, 0x64];
  const guest = await loadGuest(guestImage(keyboardReset, x86.loopForever));
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toMatchObject({
    kind: "crash",
    reason: expect.stringMatching("reset a machine") as string,
  });
});

it("passes on what a device of the host threw, and does not blame the guest", async () => {
  const guest = await loadGuest(guestImage(x86.loopForever));
  const loop = loopOf(guest, {
    pause: () => {
      throw new Error("a defect");
    },
  });
  await guest.emulator.run();
  await expect(loop.ending).rejects.toThrow("a defect");
});
