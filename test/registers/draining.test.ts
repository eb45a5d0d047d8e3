import { beforeEach, describe, expect, it } from "vitest";
import type { MemoryRequest } from "../../host/index.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { LegacyWorld, outputOf, PAGE } from "../queues/worlds.js";
import { QIE, REG, SRTP, TE } from "./offsets.js";

const DEVICE = 0x0108;
const READ: MemoryRequest = { sourceId: DEVICE, address: 0n, access: "read" };

let unit: QueuedUnit;
let world: LegacyWorld;
beforeEach(async () => {
  unit = await QueuedUnit.create({ preset: "full" });
  world = new LegacyWorld(unit);
  world.attach(DEVICE, 1);
  world.table(1).map(0n, 0x10_0000n, { count: 2 });
});

/** A request in flight; answers its token. */
function begin(): number {
  const { token } = unit.iommu.beginAccess(READ);
  expect(token).not.toBe(0);
  return token;
}

const has = (bit: number) => (unit.status & bit) !== 0;

describe("VTD-6.5.4, choice C3: commands wait for requests in flight", () => {
  it("SRTP clears RTPS, and sets it when the last request that began before has ended", () => {
    world.start();
    const [first, second] = [begin(), begin()];
    unit.setRoot(world.tables.rootTableAddress);
    expect(has(SRTP)).toBe(false);
    const [early, late] = [begin(), begin()];
    unit.iommu.endAccess(second);
    // It began behind the command: its end changes nothing.
    unit.iommu.endAccess(early);
    expect(has(SRTP)).toBe(false);
    unit.iommu.endAccess(first);
    expect(has(SRTP)).toBe(true);
    unit.iommu.endAccess(late);
    expect(unit.status).toBe(SRTP + TE);
  });

  it("the new root counts for requests that begin while SRTP is draining", () => {
    world.start();
    const token = begin();
    const other = new LegacyWorld(unit);
    other.attach(DEVICE, 1);
    other.table(1).map(0n, 0x20_0000n);
    unit.setRoot(other.tables.rootTableAddress);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x20_0000n);
    unit.iommu.endAccess(token);
    expect(has(SRTP)).toBe(true);
  });

  it("TE on sets TES when the untranslated requests in flight have ended", () => {
    unit.setRoot(world.tables.rootTableAddress);
    const token = begin();
    unit.command(TE);
    expect(has(TE)).toBe(false);
    unit.iommu.endAccess(token);
    expect(has(TE)).toBe(true);
    expect(outputOf(unit, DEVICE, PAGE)).toBe(0x10_1000n);
  });

  it("TE off clears TES when the translated requests in flight have ended", () => {
    world.start();
    const token = begin();
    unit.command(TE, false);
    expect(has(TE)).toBe(true);
    expect(outputOf(unit, DEVICE, PAGE)).toBe(0x10_1000n);
    unit.iommu.endAccess(token);
    expect(has(TE)).toBe(false);
    expect(outputOf(unit, DEVICE, PAGE)).toBe(PAGE);
  });

  it("writing the same TE again while it drains does not start over", () => {
    world.start();
    const token = begin();
    unit.command(TE, false);
    const late = begin();
    unit.iommu.write32(REG.GCMD, 0);
    unit.iommu.endAccess(token);
    expect(has(TE)).toBe(false);
    unit.iommu.endAccess(late);
  });

  it("TE taken back while it drains leaves translation on", () => {
    world.start();
    const token = begin();
    unit.command(TE, false);
    unit.iommu.write32(REG.GCMD, TE);
    unit.iommu.endAccess(token);
    expect(has(TE)).toBe(true);
    expect(outputOf(unit, DEVICE, 0n)).toBe(0x10_0000n);
  });

  it("QIE does not wait", () => {
    world.start();
    const token = begin();
    unit.command(QIE);
    expect(has(QIE)).toBe(true);
    unit.iommu.endAccess(token);
  });

  it("a reset forgets the requests in flight and the commands that waited for them", () => {
    world.start();
    const token = begin();
    unit.command(TE, false);
    unit.iommu.reset("warm");
    expect(unit.status).toBe(0);
    expect(() => unit.iommu.endAccess(token)).toThrow(RangeError);
    world.start();
    expect(has(TE)).toBe(true);
  });
});

describe("requests in flight", () => {
  it("a request that is not translated is not in flight", () => {
    world.start();
    const { result, token } = unit.iommu.beginAccess({ ...READ, address: 0x9000n });
    expect(result).toMatchObject({ status: "fault", condition: "LGN.3" });
    expect(token).toBe(0);
    unit.iommu.endAccess(token);
    unit.setRoot(world.tables.rootTableAddress);
    expect(has(SRTP)).toBe(true);
  });

  it("each ends once", () => {
    world.start();
    const token = begin();
    unit.iommu.endAccess(token);
    const message = `token ${token} is of no request in flight: each is ended once`;
    expect(() => unit.iommu.endAccess(token)).toThrow(new RangeError(message));
    expect(() => unit.iommu.endAccess(12345)).toThrow(/token 12345 is of no request in flight/);
  });

  it("1024 of them are possible, and the error for one more says what to do", () => {
    world.start();
    const tokens = Array.from({ length: 1024 }, begin);
    expect(new Set(tokens).size).toBe(1024);
    expect(() => unit.iommu.beginAccess(READ)).toThrow(
      "1024 requests are in flight: end one with endAccess before the next",
    );
    unit.command(TE, false);
    for (const token of tokens.reverse().slice(1)) unit.iommu.endAccess(token);
    expect(has(TE)).toBe(true);
    unit.iommu.endAccess(tokens[0]!);
    expect(has(TE)).toBe(false);
  });
});
