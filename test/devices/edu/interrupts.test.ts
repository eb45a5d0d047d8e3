import { beforeEach, describe, expect, it } from "vitest";

import { capabilityAt, reg, status } from "../../../host/devices/edu/registers.js";
import { BDF, Rig } from "./rig.js";

const INTX_DISABLE = 0x400;
const MASTER = 6;
const asserted = { sourceId: BDF, pin: 1, asserted: true };
const deasserted = { sourceId: BDF, pin: 1, asserted: false };
let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

const pinStatus = () => (rig.bus.config.read16(BDF, 6) >> 3) & 1;

describe("the interrupt status register", () => {
  it("collects what is raised and loses what is acknowledged", () => {
    rig.write(reg.interruptRaise, 0x8000_0001);
    rig.write(reg.interruptRaise, 0x10);
    expect(rig.read(reg.interruptStatus)).toBe(0x8000_0011);
    rig.write(reg.interruptAcknowledge, 0x8000_0002);
    expect(rig.read(reg.interruptStatus)).toBe(0x11);
  });

  it("gets bit 0 from a factorial that was to interrupt, and from no other", () => {
    rig.write(reg.factorial, 3);
    rig.run(3);
    expect(rig.read(reg.interruptStatus)).toBe(0);
    rig.write(reg.status, status.interruptWhenDone);
    rig.write(reg.factorial, 3);
    rig.run(2);
    expect(rig.read(reg.interruptStatus)).toBe(0);
    rig.run(1);
    expect(rig.read(reg.interruptStatus)).toBe(1);
  });
});

describe("the interrupt pin", () => {
  it("is asserted from the first bit raised to the last one acknowledged", () => {
    rig.write(reg.interruptRaise, 1);
    rig.write(reg.interruptRaise, 2);
    expect(rig.pins).toEqual([asserted]);
    expect(pinStatus()).toBe(1);
    rig.write(reg.interruptAcknowledge, 1);
    expect(rig.pins).toEqual([asserted]);
    rig.write(reg.interruptAcknowledge, 2);
    expect(rig.pins).toEqual([asserted, deasserted]);
    expect(pinStatus()).toBe(0);
    expect(rig.messages).toEqual([]);
  });

  it("is held back by Interrupt Disable, which the status register does not heed", () => {
    rig.bus.config.write16(BDF, 4, MASTER | INTX_DISABLE);
    rig.write(reg.interruptRaise, 1);
    expect(rig.pins).toEqual([]);
    expect(pinStatus()).toBe(1);
    rig.bus.config.write16(BDF, 4, MASTER);
    expect(rig.pins).toEqual([asserted]);
  });

  it("gives way to MSI, and comes back without", () => {
    rig.write(reg.interruptRaise, 1);
    rig.enableMsi();
    expect(rig.pins).toEqual([asserted, deasserted]);
    rig.bus.config.write16(BDF, capabilityAt.msi + 2, 0);
    expect(rig.pins).toEqual([asserted, deasserted, asserted]);
  });

  it("is deasserted by a reset and by the removal of the device", () => {
    rig.write(reg.interruptRaise, 1);
    rig.bus.endpoint(BDF)?.reset();
    expect(rig.pins).toEqual([asserted, deasserted]);
    rig.bus.endpoint(BDF)?.placeBar(0, { address: 0xe810_0000 });
    rig.bus.config.write16(BDF, 4, MASTER);
    rig.write(reg.interruptRaise, 1);
    rig.bus.remove(BDF);
    expect(rig.pins).toEqual([asserted, deasserted, asserted, deasserted]);
  });
});

describe("the MSI", () => {
  beforeEach(() => {
    rig.enableMsi(0x51);
  });

  it("is sent each time something is raised, acknowledged or not", () => {
    rig.write(reg.interruptRaise, 1);
    rig.write(reg.interruptRaise, 1);
    const message = { address: 0xfee0_0000n, data: 0x51 };
    expect(rig.messages).toEqual([message, message]);
    expect(rig.pins).toEqual([]);
    rig.write(reg.interruptAcknowledge, 1);
    rig.write(reg.interruptRaise, 0);
    expect(rig.messages).toHaveLength(2);
  });

  it("is lost while the device may not master the bus", () => {
    rig.bus.config.write16(BDF, 4, 2);
    rig.write(reg.interruptRaise, 1);
    rig.bus.config.write16(BDF, 4, MASTER);
    rig.run(10);
    expect(rig.messages).toEqual([]);
    expect(rig.bus.config.read32(BDF, capabilityAt.msi + 0x14)).toBe(0);
    expect(rig.read(reg.interruptStatus)).toBe(1);
  });
});
