import { beforeEach, describe, expect, it } from "vitest";

import { edu } from "../../../host/devices/edu/model.js";
import { reg, status } from "../../../host/devices/edu/registers.js";
import { BDF, Rig } from "./rig.js";

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe("what software finds in configuration space", () => {
  it("is QEMU's device 1234:11e8 with a window of 1 MiB and interrupt pin A", () => {
    const { config } = rig.bus;
    expect(config.read32(BDF, 0x00)).toBe(0x11e8_1234);
    expect(config.read32(BDF, 0x08)).toBe(0x00ff_0010);
    expect(config.read32(BDF, 0x2c)).toBe(0x1100_1af4);
    expect(config.read8(BDF, 0x3d)).toBe(1);
    config.write32(BDF, 0x10, 0xffff_ffff);
    expect(config.read32(BDF, 0x10)).toBe(0xfff0_0000);
  });

  it("is one capability, MSI with one 64-bit message and without masking", () => {
    const { config } = rig.bus;
    expect(config.read16(BDF, 0x06) & 0x10).toBe(0x10);
    const at = config.read8(BDF, 0x34);
    expect(config.read8(BDF, at)).toBe(5);
    expect(config.read8(BDF, at + 1)).toBe(0);
    expect(config.read16(BDF, at + 2)).toBe(0x80);
    config.write32(BDF, at + 0x10, 0xffff_ffff);
    expect(config.read32(BDF, at + 0x10)).toBe(0);
  });
});

describe("identification and liveness", () => {
  it("tells version 1.0 and the letters edu", () => {
    expect(rig.read(reg.identification)).toBe(0x0100_00ed);
    rig.write(reg.identification, 0);
    expect(rig.read(reg.identification)).toBe(0x0100_00ed);
  });

  it("inverts what is written to the liveness check", () => {
    rig.write(reg.liveness, 0x1234_5678);
    expect(rig.read(reg.liveness)).toBe(0xedcb_a987);
  });
});

describe("factorial", () => {
  it.each([
    [0, 1, 1],
    [1, 1, 1],
    [5, 120, 5],
    [12, 479_001_600, 12],
    [13, 1_932_053_504, 13],
    [33, 0x8000_0000, 33],
    [34, 0, 34],
    [0xffff_ffff, 0, 34],
  ])("of %i is %i in 32 bits, after %i ticks", (n, expected, ticks) => {
    rig.write(reg.factorial, n);
    rig.run(ticks - 1);
    expect(rig.read(reg.status) & status.computing).toBe(status.computing);
    expect(rig.busy).toBe(true);
    rig.run(1);
    expect(rig.read(reg.status) & status.computing).toBe(0);
    expect(rig.busy).toBe(false);
    expect(rig.read(reg.factorial)).toBe(expected);
  });

  it("reads what was written until it is computed, and takes nothing else meanwhile", () => {
    rig.write(reg.factorial, 4);
    rig.write(reg.factorial, 3);
    expect(rig.read(reg.factorial)).toBe(4);
    rig.run(4);
    expect(rig.read(reg.factorial)).toBe(24);
  });

  it("of the status register only the interrupt bit is written", () => {
    rig.write(reg.status, 0xffff_ffff);
    expect(rig.read(reg.status)).toBe(status.interruptWhenDone);
    rig.write(reg.status, status.computing);
    expect(rig.read(reg.status)).toBe(0);
  });
});

describe("widths of accesses", () => {
  it("below 80h only 32 bits: others read all ones and write nothing", () => {
    expect(rig.read64(reg.identification)).toBe(2n ** 64n - 1n);
    expect(rig.bus.read(0xe810_0000n, 2)).toBe(0xffffn);
    expect(rig.bus.read(0xe810_0002n, 4)).toBe(0xffff_ffffn);
    rig.write64(reg.factorial, 3n);
    expect(rig.busy).toBe(false);
  });

  it("from 80h on 64 bits, or 32 of them: a 32-bit write clears the upper half", () => {
    rig.write64(reg.dmaSource, 0x1122_3344_5566_7788n);
    expect(rig.read64(reg.dmaSource)).toBe(0x1122_3344_5566_7788n);
    expect(rig.read(reg.dmaSource)).toBe(0x5566_7788);
    rig.write(reg.dmaSource, 0x99);
    expect(rig.read64(reg.dmaSource)).toBe(0x99n);
  });

  it("the upper halves, registers that do not exist or are for writing, and the buffer read all ones", () => {
    for (const offset of [
      0x84,
      0x0c,
      0xa0,
      reg.interruptRaise,
      reg.interruptAcknowledge,
      0x4_0000,
    ]) {
      expect(rig.read(offset)).toBe(0xffff_ffff);
    }
    rig.write(0x84, 1);
    expect(rig.read64(reg.dmaSource)).toBe(0n);
  });
});

describe("the option dmaMask", () => {
  it.each([-1n, 1n << 64n])("is refused as %s", (dmaMask) => {
    expect(() => edu({ dmaMask })).toThrow(
      new RangeError(`edu: dmaMask must be a bigint of 64 bits, got ${dmaMask}`),
    );
  });
});
