import type { V86 } from "v86";
import { expect, it } from "vitest";

import { V86Memory } from "../../../host/emulators/v86/guest-ram.js";
import type { LoopHooks } from "../../../host/emulators/v86/guest-loop.js";
import type { V86Cpu } from "../../../host/emulators/v86/internals.js";
import { InterruptDelivery } from "../../../host/emulators/v86/interrupts.js";
import { registerWindows } from "../../../host/emulators/v86/mmio-windows.js";
import { loadGuest, loopOf } from "./guest.js";
import { guestImage, LOAD_ADDRESS, TABLES, writeInterruptTables, x86 } from "./guest-code.js";
import type { Code } from "./guest-code.js";

const VECTOR = 0x41;
const MESSAGE = { address: 0xfee0_0000n, data: VECTOR };
const WINDOW = 0xfed9_0000;
const COUNT = 0x8000;
const APIC_EOI = 0xfee0_00b0;
const APIC_SPURIOUS = 0xfee0_00f0;

const HANDLER: Code = [...x86.increment(COUNT), ...x86.store32(APIC_EOI, 0), ...x86.iret];
const JUMP_OVER_HANDLER: Code = [0xeb, HANDLER.length];
const HANDLER_ADDRESS = LOAD_ADDRESS + JUMP_OVER_HANDLER.length;

const START: readonly Code[] = [
  x86.setEsp(0x7000),
  x86.loadTables(TABLES.gdtPointer, TABLES.idtPointer),
  x86.store32(APIC_SPURIOUS, 0x1ff),
];

/** A guest with an interrupt handler that counts, before `code`. */
async function prepare(
  code: readonly Code[],
  hooks: (d: () => InterruptDelivery) => Partial<LoopHooks> = () => ({}),
) {
  const guest: { emulator: V86; cpu: V86Cpu } = await loadGuest(
    guestImage(JUMP_OVER_HANDLER, HANDLER, ...START, ...code, x86.exit(0)),
  );
  const memory = new V86Memory(guest.cpu);
  writeInterruptTables(memory, VECTOR, HANDLER_ADDRESS);
  const loop = loopOf(
    guest,
    hooks(() => delivery),
  );
  const delivery: InterruptDelivery = new InterruptDelivery(guest.cpu, () => loop.guestRuns);
  return {
    ...guest,
    loop,
    delivery,
    taken: () => Number(memory.read64(BigInt(COUNT))),
    setCount: (value: number) => {
      memory.write64(BigInt(COUNT), BigInt(value));
    },
  };
}

it("delivers messages sent from MMIO accesses of translated code, and the guest hears the next ones", async () => {
  // By then v86 has translated the loop.
  const warmUp = 800_000;
  const rounds = 300;
  const ring = [...x86.store32(COUNT, 0), ...x86.store32(WINDOW, 1), ...x86.spinWhileZero(COUNT)];
  const guest = await prepare([x86.sti, x86.repeat(warmUp + rounds, ring)]);
  let writes = 0;
  registerWindows(guest.cpu, [
    {
      base: WINDOW,
      size: 0x1000,
      read: () => 0,
      write: () => {
        writes += 1;
        if (writes <= warmUp) guest.setCount(1);
        else guest.delivery.deliver(MESSAGE);
      },
    },
  ]);
  await guest.emulator.run();
  expect(await guest.loop.ending).toEqual({ kind: "exit", code: 0 });
  expect(guest.delivery.delivered).toBe(rounds);
});

it("wakes a halted guest with a message sent between blocks of guest code", async () => {
  const guest = await prepare([x86.sti, x86.hlt, x86.hlt, x86.cli], (delivery) => ({
    pause: (halted) => {
      if (halted) delivery().deliver(MESSAGE);
      return halted;
    },
  }));
  await guest.emulator.run();
  expect(await guest.loop.ending).toEqual({ kind: "exit", code: 0 });
  expect(guest.taken()).toBe(2);
});

it("wakes a sleeping guest with a message sent while v86 does not run", async () => {
  const guest = await prepare([x86.sti, x86.hlt, x86.cli]);
  await guest.emulator.run();
  setTimeout(() => {
    guest.delivery.deliver(MESSAGE);
  }, 20);
  expect(await guest.loop.ending).toEqual({ kind: "exit", code: 0 });
  expect(guest.taken()).toBe(1);
});

it("loses messages as hardware does, and says why", async () => {
  const guest = await prepare([x86.sti, x86.hlt]);
  const { delivery } = guest;
  expect(delivery.deliver(MESSAGE)).toBe("the local APIC is disabled");
  const enabled = new Promise<void>((resolve) => {
    setTimeout(resolve, 20);
  });
  await guest.emulator.run();
  await enabled;
  expect(delivery.deliver({ address: 0xfed0_0000n, data: VECTOR })).toBe(
    "not an interrupt address",
  );
  expect(delivery.deliver({ address: 0x1_fee0_0000n, data: VECTOR })).toBe(
    "not an interrupt address",
  );
  expect(delivery.deliver({ address: 0xfee0_5000n, data: VECTOR })).toBe(
    "no CPU has this destination",
  );
  expect(delivery.deliver({ ...MESSAGE, data: 0x400 | VECTOR })).toMatch(/^delivery mode/);
  expect(delivery.deliver({ ...MESSAGE, data: 0xf })).toBe("vector below 16");
  const farAway = (1n << 40n) | 0xfee0_0000n;
  expect(delivery.deliver({ address: farAway, data: VECTOR })).toMatch(/^no CPU/);
  expect(delivery.delivered).toBe(0);
  expect(delivery.deliver({ address: 0xfeef_f000n, data: VECTOR })).toBeUndefined();
});
