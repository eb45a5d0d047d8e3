import { describe, expect, it } from "vitest";
import type { IommuEvents, PageRequest } from "../../host/index.js";
import { descriptor } from "../queues/descriptors.js";
import { scalable } from "./conditions/scalable.js";
import { PAGE_REQUEST_EVENT, REG, Unit, type UnitOptions } from "./unit.js";
import {
  GUEST,
  INPUT,
  OUTPUT,
  PASID,
  SID,
  type Kind,
  type ScalableOptions,
  type ScalableWorld,
} from "./worlds.js";

const PPR = 1;

const request: PageRequest = {
  sourceId: SID,
  pasid: PASID,
  address: INPUT,
  read: true,
  write: true,
  last: true,
  group: 0x155,
};

interface Scene {
  readonly unit: Unit;
  readonly world: ScalableWorld;
  readonly responses: IommuEvents["pageGroupResponse"][];
  readonly interrupts: IommuEvents["interrupt"][];
}

async function scene(
  kind: Kind = "first-stage",
  options: Omit<ScalableOptions, "kind"> = {},
  unitOptions: UnitOptions = {},
): Promise<Scene> {
  const unit = await Unit.create(unitOptions);
  const world = scalable(kind, undefined, options)(unit);
  unit.startPageRequests();
  world.start();
  const responses: Scene["responses"] = [];
  const interrupts: Scene["interrupts"] = [];
  unit.iommu.on("pageGroupResponse", (response) => responses.push(response));
  unit.iommu.on("interrupt", (message) => interrupts.push(message));
  return { unit, world, responses, interrupts };
}

describe("VTD-7.4.1.1: the descriptor of a page request", () => {
  /** Type 1, PP, RID and PASID. */
  const WORD_0 = 1n | (1n << 8n) | (BigInt(SID) << 16n) | (BigInt(PASID) << 32n);
  const GROUP = 0x155n << 3n;

  it.each([
    ["read", { write: false, last: false }, WORD_0, 1n],
    ["write", { read: false, last: false }, WORD_0, 2n],
    ["read and write, last in group", {}, WORD_0, 7n],
    ["privileged", { privileged: true }, WORD_0 | (1n << 53n), 7n],
    ["execute", { execute: true, write: false }, WORD_0 | (1n << 52n), 5n],
    ["a stop marker", { read: false, write: false }, WORD_0, 4n],
  ] as const)("VTD-7.4.1.1: %s", async (_what, fields, word0, flags) => {
    const { unit, responses } = await scene();
    const result = unit.iommu.requestPage({ ...request, ...fields, address: INPUT + 0xabcn });
    expect(result).toEqual({ status: "accepted" });
    expect(unit.takePageRequests()).toEqual([[word0, INPUT | GROUP | flags, 0n, 0n]]);
    expect(responses).toEqual([]);
  });

  it("VTD-7.4.1.1: without PASID has no PP, PASID, EXR and PMR", async () => {
    const { unit } = await scene();
    const prefix = { pasid: undefined, privileged: true, execute: true };
    expect(unit.iommu.requestPage({ ...request, ...prefix }).status).toBe("accepted");
    const word0 = 1n | (BigInt(SID) << 16n);
    expect(unit.takePageRequests()).toEqual([[word0, INPUT | GROUP | 7n, 0n, 0n]]);
  });

  it("VTD-7.4.1.1: has every bit of address, group, PASID and requester", async () => {
    const { unit, world } = await scene();
    world.tables.removeContext(SID);
    const sourceId = 0xffff;
    world.tables.context(sourceId, { dte: true, pre: true, paside: true, pdts: 7 });
    const entry = { kind: "pass-through", domain: 1 } as const;
    world.tables.pasid(sourceId, 0xfffff, entry);
    const wide = { sourceId, pasid: 0xfffff, address: ~0xfffn & ((1n << 64n) - 1n), group: 511 };
    expect(unit.iommu.requestPage({ ...request, ...wide }).status).toBe("accepted");
    expect(unit.takePageRequests()).toEqual([
      [0x000f_ffff_ffff_0101n, 0xffff_ffff_ffff_ffffn, 0n, 0n],
    ]);
  });

  it("VTD-7.4.1.1: replaces all 32 bytes that were there", async () => {
    const { unit } = await scene();
    const queue = unit.iommu.read64(REG.PQA);
    unit.memory.fill(queue, 4096, 0xff);
    unit.iommu.requestPage(request);
    expect(unit.memory.readBytes(queue + 16n, 16)).toEqual(new Uint8Array(16));
    expect(unit.memory.read8(queue + 32n)).toBe(0xff);
  });

  it("VTD-7.4.1: is written for a page that no table maps: nothing is walked (choice W8)", async () => {
    const { unit } = await scene();
    const { firstStageReads } = unit.iommu.counters();
    for (const address of [0n, 1n << 60n]) {
      expect(unit.iommu.requestPage({ ...request, address }).status).toBe("accepted");
    }
    expect(unit.iommu.counters().firstStageReads).toBe(firstStageReads);
  });

  it("VTD-7.4.1: is written for privilege and execution that the PASID entry refuses (choice W8)", async () => {
    const { unit } = await scene();
    const refused = { ...request, privileged: true, execute: true };
    expect(unit.iommu.requestPage(refused).status).toBe("accepted");
    expect(unit.faultRecords()).toEqual([]);
  });

  it("VTD-7.4.1: reports an event when the first comes, and not again until PPR is cleared", async () => {
    const { unit, interrupts } = await scene();
    unit.iommu.requestPage(request);
    expect(unit.iommu.read32(REG.PRS)).toBe(PPR);
    unit.iommu.requestPage(request);
    expect(interrupts).toEqual([PAGE_REQUEST_EVENT]);
    unit.iommu.write32(REG.PRS, PPR);
    unit.iommu.requestPage(request);
    expect(interrupts).toEqual([PAGE_REQUEST_EVENT, PAGE_REQUEST_EVENT]);
    expect(unit.takePageRequests()).toHaveLength(3);
  });
});

describe("VTD-6.5.3.1: the implicit invalidation of a page request", () => {
  const NEW = OUTPUT + 0x10_0000n;
  const NEXT = INPUT + 0x1000n;
  const read = (unit: Unit, address: bigint) =>
    unit.iommu.translate({ sourceId: SID, pasid: PASID, address, access: "read" });

  /** INPUT and NEXT are in the caches; memory has another output for both. */
  async function stale(kind: "first-stage" | "second-stage" | "nested"): Promise<Scene> {
    const s = await scene(kind);
    s.world.map({ input: NEXT, guest: GUEST + 0x1000n, output: OUTPUT + 0x1000n });
    for (const address of [INPUT, NEXT]) read(s.unit, address);
    const table = kind === "first-stage" ? s.world.first : s.world.second;
    for (const [index, address] of [INPUT, NEXT].entries()) {
      const input = kind === "nested" ? GUEST + 0x1000n * BigInt(index) : address;
      table.entry(input, 1).set({ ADDR: NEW });
    }
    return s;
  }

  it.each([
    ["first-stage", OUTPUT + 0x1000n],
    ["second-stage", OUTPUT + 0x1000n],
    ["nested", NEW],
  ] as const)("VTD-6.5.3.1: %s: the page, or all of the domain", async (kind, next) => {
    const { unit } = await stale(kind);
    expect(read(unit, INPUT), "stale").toMatchObject({ address: OUTPUT });
    expect(unit.iommu.requestPage(request).status).toBe("accepted");
    expect(read(unit, INPUT)).toMatchObject({ address: NEW });
    expect(read(unit, NEXT)).toMatchObject({ address: next });
  });

  it("VTD-6.5.3.1: with PASID of the first stage spares other PASIDs of the domain", async () => {
    const s = await stale("first-stage");
    expect(s.unit.iommu.requestPage({ ...request, pasid: undefined }).status).toBe("accepted");
    expect(read(s.unit, INPUT)).toMatchObject({ address: OUTPUT });
  });

  it("VTD-6.5.3.1: without PASID is that of RID_PASID", async () => {
    const { unit, world } = await scene("first-stage");
    const plain = { sourceId: SID, address: INPUT, access: "read" } as const;
    unit.iommu.translate(plain);
    world.first.entry(INPUT, 1).set({ ADDR: NEW });
    unit.iommu.requestPage(request);
    expect(unit.iommu.translate(plain), "of PASID alone").toMatchObject({ address: OUTPUT });
    unit.iommu.requestPage({ ...request, pasid: undefined });
    expect(unit.iommu.translate(plain)).toMatchObject({ address: NEW });
  });

  it("VTD-6.5.3.1: takes the pass-through entry of the page, and no other", async () => {
    const { unit } = await scene("pass-through");
    const far = INPUT + 0x4000_0000n;
    const hits = (address: bigint) => {
      const { iotlbHits } = unit.iommu.counters();
      expect(read(unit, address)).toMatchObject({ status: "ok", address });
      return unit.iommu.counters().iotlbHits - iotlbHits;
    };
    for (const address of [INPUT, far]) expect([hits(address), hits(address)]).toEqual([0n, 1n]);
    unit.iommu.requestPage(request);
    expect([hits(INPUT), hits(far)]).toEqual([0n, 1n]);
  });

  it("VTD-6.5.3.1: takes non-leaf entries on the way to the page", async () => {
    for (const kind of ["first-stage", "second-stage"] as const) {
      const { unit, world } = await scene(kind);
      read(unit, INPUT);
      const table = kind === "first-stage" ? world.first : world.second;
      table.entry(INPUT, 3).clear();
      unit.iommu.requestPage(request);
      expect(read(unit, INPUT)).toMatchObject({ status: "fault" });
    }
  });

  it("VTD-6.5.3.5: lets a device that asked for write use the right it was given", async () => {
    const { unit, world } = await scene();
    world.first.entry(INPUT, 1).set({ RW: 0 });
    const ats = { sourceId: SID, pasid: PASID, address: INPUT };
    expect(unit.iommu.requestTranslation(ats)).toMatchObject({ read: true, write: false });
    unit.iommu.requestPage(request);
    world.first.entry(INPUT, 1).set({ RW: 1 });
    expect(unit.iommu.requestTranslation(ats)).toMatchObject({ read: true, write: true });
  });

  it("VTD-6.5.3.1: does not happen for a request that is refused", async () => {
    const { unit, world } = await stale("first-stage");
    world.contextEntry.set({ PRE: 0 });
    unit.submit(descriptor("CC_INV", { G: 1 }));
    expect(unit.iommu.requestPage(request)).toMatchObject({ why: "SCT.8" });
    expect(read(unit, INPUT)).toMatchObject({ address: OUTPUT });
  });
});

describe("VTD-7.9: stop markers", () => {
  const stop: PageRequest = { ...request, read: false, write: false };

  it.each([1, 0])(
    "VTD-7.9: that tables refuse vanish: no fault record, no answer; SMS %i (choice F3)",
    async (SMS) => {
      const { unit, world, responses } = await scene("first-stage", {}, { capabilities: { SMS } });
      world.contextEntry.set({ P: 0 });
      expect(unit.iommu.requestPage(stop)).toEqual({ status: "dropped", why: "SCT.2" });
      expect(unit.faultRecords()).toEqual([]);
      expect(responses).toEqual([]);
    },
  );

  it("VTD-7.9: without L are no stop markers", async () => {
    const { unit, world } = await scene();
    world.contextEntry.set({ P: 0 });
    const result = unit.iommu.requestPage({ ...stop, last: false });
    expect(result).toEqual({ status: "dropped", why: "SCT.2", record: "recorded" });
  });
});

describe("VTD-7.4: page requests that the unit does not know", () => {
  it("VTD-11.4.3: are dropped without ECAP.PRS", async () => {
    const unit = await Unit.create({ capabilities: { PRS: 0, SMS: 0 } });
    scalable("first-stage")(unit).start();
    expect(unit.iommu.requestPage(request)).toEqual({ status: "dropped", why: "PRS=0" });
    expect(unit.faultRecords()).toEqual([]);
  });

  it.each([-1, 512, 0.5])("VTD-7.4: a group index of %d is refused by name", async (group) => {
    const { unit } = await scene();
    expect(() => unit.iommu.requestPage({ ...request, group })).toThrow(`group is ${group}`);
  });
});
