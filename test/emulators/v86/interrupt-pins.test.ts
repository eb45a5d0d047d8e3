import { describe, expect, it } from "vitest";

import { InterruptPins } from "../../../host/emulators/v86/interrupt-pins.js";
import type { V86Cpu } from "../../../host/emulators/v86/internals.js";
import { attach } from "./attached.js";
import { LOAD_ADDRESS, TABLES, writeInterruptTables, x86, type Code } from "./guest-code.js";

const EDU = 0x18;
const EDU_BAR = 0xe810_0000;
const IRQ = 11;

interface Rig {
  readonly pins: InterruptPins;
  readonly log: string[];
  guestRuns: boolean;
}

function rig(routes: readonly number[]): Rig {
  const log: string[] = [];
  const space = new Uint8Array(256);
  space.set(routes, 0x60);
  const cpu = {
    devices: { pci: { isa_bridge_space8: space } },
    device_raise_irq: (irq: number) => log.push(`raise ${irq}`),
    device_lower_irq: (irq: number) => log.push(`lower ${irq}`),
    stop_idling: () => undefined,
  };
  const made: Rig = {
    log,
    guestRuns: false,
    pins: new InterruptPins(cpu as unknown as V86Cpu, () => made.guestRuns),
  };
  return made;
}

const change = (sourceId: number, asserted: boolean, pin = 1) => ({ sourceId, pin, asserted });

describe("interrupt pins of endpoints", () => {
  it("reach the interrupt that the PIIX3 routes their line to", () => {
    const { pins, log } = rig([9, 10, 11, 12]);
    pins.change(change(EDU, true));
    pins.change(change(EDU, false));
    pins.change(change(EDU, true, 2));
    expect(log).toEqual(["raise 11", "lower 11", "raise 12"]);
  });

  it("lead nowhere while their line is not routed", () => {
    const { pins, log } = rig([0x80, 0x80, 0x8b, 0]);
    pins.change(change(EDU, true));
    pins.change(change(EDU, true, 2));
    expect(log).toEqual([]);
  });

  it("hold a line as long as one of them is asserted", () => {
    const { pins, log } = rig([9, 10, 11, 12]);
    pins.change(change(0x18, true));
    pins.change(change(0x38, true));
    pins.change(change(0x18, false));
    expect(log).not.toContain("lower 11");
    pins.change(change(0x38, false));
    expect(log).toContain("lower 11");
  });

  it("wait while guest code runs, and are forgotten if they fall before", () => {
    const made = rig([9, 10, 11, 12]);
    made.guestRuns = true;
    made.pins.change(change(EDU, true));
    expect(made.log).toEqual([]);
    expect(made.pins.raiseWaiting()).toBe(true);
    expect(made.log).toEqual(["raise 11"]);
    made.pins.change(change(EDU, false));
    made.pins.change(change(EDU, true));
    made.pins.change(change(EDU, false));
    expect(made.pins.raiseWaiting()).toBe(false);
    expect(made.log).toEqual(["raise 11", "lower 11"]);
  });
});

it.each([{ disable_jit: true }, { disable_jit: false }])(
  "wake a guest that sleeps until edu's interrupt comes by the PIC (%j)",
  async (v86Options) => {
    const pic: Code[] = [
      ...[x86.out8(0x20, 0x11), x86.out8(0x21, 0x20), x86.out8(0x21, 4), x86.out8(0x21, 1)],
      ...[x86.out8(0xa0, 0x11), x86.out8(0xa1, 0x28), x86.out8(0xa1, 2), x86.out8(0xa1, 1)],
      ...[x86.out8(0x21, 0xfb), x86.out8(0xa1, 0xff ^ (1 << (IRQ - 8)))],
    ];
    const acknowledge = [x86.store32(EDU_BAR + 0x64, 0x10), x86.exit(0)];
    const start: Code[] = [
      ...[x86.loadTables(TABLES.gdtPointer, TABLES.idtPointer), x86.setEsp(0x9000)],
      ...pic,
      ...[x86.out32(0xcf8, 0x8000_0800 + 0x60), x86.out32(0xcfc, IRQ * 0x0101_0101)],
      ...[x86.out32(0xcf8, 0x8000_0000 + (EDU << 8) + 4), x86.out32(0xcfc, 2)],
      x86.store32(EDU_BAR + 0x60, 0x10),
      ...[x86.sti, x86.hlt, x86.exit(1)],
    ];
    const { emulator, attachment } = await attach([...start, ...acknowledge], {}, v86Options);
    const handler = LOAD_ADDRESS + start.flat().length;
    writeInterruptTables(attachment.memory, 0x20 + IRQ, handler);
    await emulator.run();
    expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
  },
);
