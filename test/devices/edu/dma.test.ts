import { beforeEach, describe, expect, it } from "vitest";

import { dmaCommand, reg } from "../../../host/devices/edu/registers.js";
import { BDF, Rig } from "./rig.js";

const BUFFER = 0x4_0000n;
const { run, toMemory, interruptWhenDone } = dmaCommand;
const RAM = 0x4000n;
let rig: Rig;

beforeEach(() => {
  rig = new Rig({ dmaMask: 2n ** 64n - 1n });
  for (let page = 0n; page < 8n; page++) {
    rig.unit.map({ iova: 0x10_0000n + page * 4096n, to: RAM + page * 4096n });
  }
});

const IOVA = 0x10_0000n;
const bytes = (length: number, from = 1) =>
  Uint8Array.from({ length }, (_, i) => (i + from) & 0xff);

describe("a transfer", () => {
  it("takes memory to the buffer and back, at the addresses that the unit translates", () => {
    rig.memory.writeBytes(RAM, bytes(100));
    rig.start(IOVA, BUFFER, 100n, run);
    rig.run(100);
    rig.start(BUFFER, IOVA + 0x2064n, 100n, run | toMemory);
    rig.run(100);
    expect(rig.memory.readBytes(RAM + 0x2064n, 100)).toEqual(bytes(100));
    const [there, back] = rig.unit.requests;
    expect(there).toMatchObject({ sourceId: BDF, address: IOVA, access: "read", size: 100 });
    expect(back).toMatchObject({ sourceId: BDF, address: IOVA + 0x2064n, access: "write" });
  });

  it("happens 100 ticks after the command; until then the command register says so", () => {
    rig.memory.writeBytes(RAM, bytes(4));
    rig.start(IOVA, BUFFER, 4n, run);
    rig.run(99);
    expect(rig.read(reg.dmaCommand)).toBe(run);
    expect(rig.unit.requests).toEqual([]);
    expect(rig.busy).toBe(true);
    rig.run(1);
    expect(rig.read(reg.dmaCommand)).toBe(0);
    expect(rig.unit.requests).toHaveLength(1);
    expect(rig.busy).toBe(false);
  });

  it("cannot be changed or started again while it runs", () => {
    rig.start(IOVA, BUFFER, 4n, run);
    rig.start(0x1n, 0x2n, 3n, run | toMemory);
    expect(rig.read64(reg.dmaSource)).toBe(IOVA);
    expect(rig.read64(reg.dmaDestination)).toBe(BUFFER);
    expect(rig.read64(reg.dmaCount)).toBe(4n);
    expect(rig.read(reg.dmaCommand)).toBe(run);
  });

  it("is not started by a command without the start bit, which is not kept either", () => {
    rig.write(reg.dmaCommand, toMemory | interruptWhenDone);
    expect(rig.read(reg.dmaCommand)).toBe(0);
    expect(rig.busy).toBe(false);
  });

  it("raises 100h if it was told to, and keeps the other bits of the command", () => {
    rig.start(IOVA, BUFFER, 4n, run | interruptWhenDone);
    rig.run(100);
    expect(rig.read(reg.interruptStatus)).toBe(0x100);
    expect(rig.read(reg.dmaCommand)).toBe(interruptWhenDone);
    expect(rig.pins).toHaveLength(1);
  });

  it("fills the whole buffer across pages of memory", () => {
    rig.memory.writeBytes(RAM + 0x800n, bytes(4096, 7));
    rig.start(IOVA + 0x800n, BUFFER, 4096n, run);
    rig.run(100);
    rig.start(BUFFER, IOVA + 0x5000n, 4096n, run | toMemory);
    rig.run(100);
    expect(rig.memory.readBytes(RAM + 0x5000n, 4096)).toEqual(bytes(4096, 7));
  });

  it.each([
    ["before", BUFFER - 1n, 4n],
    ["across the end of", BUFFER + 4094n, 4n],
    ["longer than", BUFFER, 4097n],
    ["behind the largest address from", 2n ** 64n - 1n, 2n],
  ])("that reaches %s the buffer moves nothing and ends as any other", (_, at, count) => {
    rig.start(IOVA, at, count, run | interruptWhenDone);
    rig.run(100);
    expect(rig.unit.requests).toEqual([]);
    expect(rig.read(reg.interruptStatus)).toBe(0x100);
    rig.start(at, IOVA, count, run | toMemory);
    rig.run(100);
    expect(rig.unit.requests).toEqual([]);
  });

  it("of no bytes asks nobody", () => {
    rig.start(IOVA, BUFFER, 0n, run);
    rig.run(100);
    expect(rig.unit.requests).toEqual([]);
    expect(rig.read(reg.dmaCommand)).toBe(0);
  });
});

describe("a fault", () => {
  beforeEach(() => {
    rig.memory.fill(RAM, 0x3000, 0xaa);
    rig.unit.unmap(IOVA + 0x1000n);
    // Something is in the buffer.
    rig.start(IOVA, BUFFER, 4096n, run);
    rig.run(100);
  });

  it("reads as zeros, for the page that failed alone, and ends like a success", () => {
    rig.memory.fill(RAM, 0x3000, 0xbb);
    rig.start(IOVA + 0xc00n, BUFFER, 4096n, run | interruptWhenDone);
    rig.run(100);
    expect(rig.read(reg.interruptStatus)).toBe(0x100);
    rig.start(BUFFER, IOVA + 0x3000n, 4096n, run | toMemory);
    rig.run(100);
    const found = rig.memory.readBytes(RAM + 0x3000n, 4096);
    expect(found.subarray(0, 0x400)).toEqual(new Uint8Array(0x400).fill(0xbb));
    expect(found.subarray(0x400)).toEqual(new Uint8Array(0xc00));
  });

  it("loses what was to be written, to the page that failed alone", () => {
    rig.memory.fill(RAM, 0x3000, 0x11);
    rig.start(BUFFER, IOVA + 0xc00n, 4096n, run | toMemory);
    rig.run(100);
    expect(rig.memory.read8(RAM + 0xc00n)).toBe(0xaa);
    expect(rig.memory.read8(RAM + 0xfffn)).toBe(0xaa);
    expect(rig.memory.readBytes(RAM + 0x1000n, 0x1000)).toEqual(new Uint8Array(0x1000).fill(0x11));
    expect(rig.read(reg.dmaCommand)).toBe(toMemory);
  });

  it("is also what a device meets that may not master the bus", () => {
    rig.bus.config.write16(BDF, 4, 2);
    rig.start(IOVA, BUFFER, 4n, run);
    rig.run(100);
    rig.bus.config.write16(BDF, 4, 6);
    rig.start(BUFFER, IOVA + 0x3000n, 8n, run | toMemory);
    rig.run(100);
    expect(rig.memory.read64(RAM + 0x3000n)).toBe(0xaaaa_aaaa_0000_0000n);
  });
});

describe("the DMA mask", () => {
  it("clears address bits above the 28 that there are by default", () => {
    rig = new Rig();
    rig.start(0xabc_1234_5678n, BUFFER, 4n, run);
    rig.run(100);
    expect(rig.unit.requests[0]?.address).toBe(0x1234_5678n & 0xfff_ffffn);
    rig.start(BUFFER, 0xf000_0000n + IOVA, 4n, run | toMemory);
    rig.run(100);
    expect(rig.unit.requests[1]?.address).toBe(IOVA);
  });

  it("leaves the register as it was written", () => {
    rig = new Rig();
    rig.start(0xabc_1234_5678n, BUFFER, 4n, run);
    expect(rig.read64(reg.dmaSource)).toBe(0xabc_1234_5678n);
  });
});

describe("a reset of the function", () => {
  it("ends a transfer that has not happened, and empties every register", () => {
    rig.write(reg.liveness, 1);
    rig.write(reg.factorial, 9);
    rig.start(IOVA, BUFFER, 4n, run | interruptWhenDone);
    rig.bus.endpoint(BDF)?.reset();
    rig.bus.endpoint(BDF)?.placeBar(0, { address: 0xe810_0000 });
    rig.bus.config.write16(BDF, 4, 6);
    expect(rig.busy).toBe(false);
    rig.run(200);
    expect(rig.unit.requests).toEqual([]);
    for (const offset of [
      reg.liveness,
      reg.factorial,
      reg.status,
      reg.interruptStatus,
      reg.dmaCommand,
    ]) {
      expect(rig.read(offset)).toBe(0);
    }
    expect(rig.read64(reg.dmaSource)).toBe(0n);
  });
});
