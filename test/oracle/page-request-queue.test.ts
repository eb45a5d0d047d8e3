import { describe, expect, it } from "vitest";
import { at } from "./queue-world.js";
import type { Features } from "./registers-by-hand.js";
import { IM, IP, REG, TE, UnitWorld } from "./unit-world.js";
import { PASID, ROOT_TABLE, SID } from "./world.js";

const QUEUE = 0x6_0000n;
const ENTRIES = 128;
const [PPR, PRO] = [1, 2];
const SCALABLE = ROOT_TABLE | (1n << 10n);

const request = {
  sourceId: SID,
  pasid: PASID,
  address: 0x12_3456_7000n,
  read: true,
  write: false,
  last: true,
  group: 0x155,
} as const;
const stopMarker = { ...request, read: false } as const;

/** A unit whose tables let the device ask for pages: pass-through for PASIDs 45h and 43h (RID_PASID). */
function world(features: Features = {}): UnitWorld {
  const made = new UnitWorld(features);
  const { memory, unit } = made;
  memory.write64(ROOT_TABLE + 3n * 16n, 0x5001n);
  memory.write64(0x5000n + 8n * 32n, 0x7000n | 0b1011101n);
  memory.write64(0x5008n + 8n * 32n, 0x43n);
  memory.write64(0x7008n, 0x9001n);
  for (const entry of [5n, 3n]) memory.write64(0x9000n + 64n * entry, (4n << 6n) | 1n);
  unit.write64(REG.PQA, QUEUE);
  made.setRoot(SCALABLE).command(TE);
  return made;
}

const words = (made: UnitWorld, index: number): (bigint | undefined)[] =>
  [0n, 8n, 16n, 24n].map((offset) => made.memory.read64(QUEUE + 32n * BigInt(index) + offset));
const fill = (made: UnitWorld, count: number): void => {
  for (let index = 0; index < count; index++) {
    expect(made.unit.requestPage(request)).toEqual({ status: "accepted" });
  }
};

describe("a page request (§7.4.1)", () => {
  it("is written to the queue, field by field", () => {
    const made = world();
    made.unit.requestPage({ ...request, write: true, execute: true, privileged: true });
    const low = 1n | at(1, 8) | at(SID, 16) | at(PASID, 32) | at(3, 52);
    const high = 0b111n | at(0x155, 3) | request.address;
    expect(words(made, 0)).toEqual([low, high, 0n, 0n]);
    expect(made.unit.read64(REG.PQT)).toBe(32n);
    made.unit.requestPage({ ...request, pasid: undefined, last: false, privileged: true });
    expect(words(made, 1)).toEqual([1n | at(SID, 16), 1n | at(0x155, 3) | request.address, 0n, 0n]);
  });

  it("sets PPR and raises the event, once until software clears it", () => {
    const made = world().unmask("PE", 0x60);
    fill(made, 2);
    expect(made.unit.read32(REG.PRS)).toBe(PPR);
    expect(made.take()).toEqual([
      { event: "interrupt", message: { address: 0xfee0_1000n, data: 0x60 } },
    ]);
    made.unit.write32(REG.PRS, PPR);
    fill(made, 1);
    expect(made.takeOnly("interrupt")).toHaveLength(1);
  });

  it("keeps a masked event in IP, which clears when PPR and PRO are clear", () => {
    const made = world();
    fill(made, ENTRIES - 1);
    made.unit.requestPage(request);
    expect(made.unit.read32(REG.PRS)).toBe(PPR + PRO);
    made.unit.write32(REG.PRS, PPR);
    expect(made.unit.read32(REG.PECTL)).toBe(IM + IP);
    made.unit.write32(REG.PRS, PRO);
    expect(made.unit.read32(REG.PECTL)).toBe(IM);
  });

  it("needs a group index of 9 bits", () => {
    expect(() => world().unit.requestPage({ ...request, group: 512 })).toThrow("group 512");
  });
});

describe("a queue that is full (Table 31)", () => {
  it("takes one request less than it has entries, sets PRO, and answers Success", () => {
    const made = world().unmask("PE", 0x60);
    fill(made, ENTRIES - 1);
    made.unit.write32(REG.PRS, PPR);
    made.take();
    expect(made.unit.requestPage(request)).toEqual({
      status: "answered",
      code: "success",
      why: "queue-full",
    });
    expect(made.unit.read32(REG.PRS)).toBe(PRO);
    expect(
      made
        .take()
        .map(({ event }) => event)
        .sort(),
    ).toEqual(["interrupt", "pageGroupResponse"]);
    expect(made.unit.read64(REG.PQT)).toBe(32n * BigInt(ENTRIES - 1));
  });

  it("takes nothing while PRO is set, although there is room", () => {
    const made = world();
    fill(made, ENTRIES - 1);
    expect(made.unit.requestPage({ ...request, last: false })).toEqual({
      status: "dropped",
      why: "queue-full",
    });
    made.unit.write64(REG.PQH, 32n * BigInt(ENTRIES - 1));
    made.take();
    expect(made.unit.requestPage(request)).toMatchObject({ status: "answered", why: "PRO" });
    expect(made.unit.requestPage({ ...request, last: false })).toMatchObject({ why: "PRO" });
    expect(made.take()).toEqual([
      {
        event: "pageGroupResponse",
        message: { sourceId: SID, pasid: PASID, group: 0x155, code: 0 },
      },
    ]);
    made.unit.write32(REG.PRS, PRO);
    fill(made, 2);
    expect(made.unit.read64(REG.PQT)).toBe(32n);
  });

  it("has twice the entries for each step of PQS", () => {
    const made = world();
    made.unit.write64(REG.PQA, QUEUE | 1n);
    fill(made, 2 * ENTRIES - 1);
    expect(made.unit.requestPage(request)).toMatchObject({ why: "queue-full" });
  });

  it.each([0n, 8n, 16n, 24n])("is what memory that fails at offset %d looks like", (offset) => {
    const made = world();
    made.memory.failWrites(QUEUE + offset);
    expect(made.unit.requestPage(request)).toMatchObject({ why: "queue-full" });
    expect([made.unit.read32(REG.PRS), made.unit.read64(REG.PQT)]).toEqual([PRO, 0n]);
  });
});

describe("a page request that the tables refuse (§7.4.1)", () => {
  it("is answered Invalid Request if it is the last of its group, and reported", () => {
    const made = world().unmask("FE", 0x40);
    made.memory.setField(0x5000n + 8n * 32n, 4, 4, 0n);
    const outcome = { condition: "SCT.8", reason: 0x47, record: "recorded" };
    expect(made.unit.requestPage(request)).toEqual({
      status: "answered",
      code: "invalid-request",
      why: "SCT.8",
      record: "recorded",
    });
    expect(made.take()).toMatchObject([
      { event: "interrupt" },
      { event: "fault", message: { ...outcome, sourceId: SID, pasid: PASID } },
      { event: "pageGroupResponse", message: { code: 1, group: 0x155 } },
    ]);
    expect(made.unit.requestPage({ ...request, last: false })).toEqual({
      status: "dropped",
      why: "SCT.8",
      record: "recorded",
    });
    expect(made.takeOnly("pageGroupResponse")).toEqual([]);
    expect(made.field(REG.FRCD, 127, 126)).toBe(0b10n);
    expect(made.field(REG.FRCD, 92, 92)).toBe(1n);
  });

  it("is dropped while translation is disabled, and by a unit without page requests", () => {
    const made = world().release(TE);
    expect(made.unit.requestPage(request)).toMatchObject({ status: "dropped" });
    const without = world({ PRS: false, SMS: false });
    expect(without.unit.requestPage(request)).toMatchObject({ status: "dropped" });
    expect([...made.take(), ...without.take()]).toEqual([]);
  });
});

describe("a stop marker (§11.4.3, SMS)", () => {
  it("is written to the queue", () => {
    const made = world();
    expect(made.unit.requestPage(stopMarker)).toEqual({ status: "accepted" });
    expect(words(made, 0)[1]).toBe(0b100n | at(0x155, 3) | request.address);
  });

  it("is dropped in silence if it cannot be: queue full, PRO, tables", () => {
    const made = world();
    fill(made, ENTRIES - 1);
    made.take();
    expect(made.unit.requestPage(stopMarker)).toMatchObject({ status: "dropped" });
    expect(made.unit.read32(REG.PRS)).toBe(PPR);
    made.unit.requestPage(request);
    made.take();
    expect(made.unit.requestPage(stopMarker)).toMatchObject({ status: "dropped", why: "PRO" });
    const refused = world();
    refused.memory.setField(0x5000n + 8n * 32n, 4, 4, 0n);
    expect(refused.unit.requestPage(stopMarker)).toEqual({ status: "dropped", why: "SCT.8" });
    expect([...made.take(), ...refused.take()]).toEqual([]);
    expect(refused.unit.read32(REG.FSTS)).toBe(0);
  });
});
