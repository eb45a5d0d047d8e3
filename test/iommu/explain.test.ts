import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Explanation, MemoryRequest } from "../../host/index.js";
import { chapters } from "./conditions/index.js";
import type { Column } from "./conditions/row.js";
import { scalable } from "./conditions/scalable.js";
import { withPasid } from "./provoke.js";
import { scriptedPort, Unit } from "./unit.js";
import { INPUT, LegacyWorld, OUTPUT, PASID, RID_PASID, SID } from "./worlds.js";

const request: MemoryRequest = { sourceId: SID, pasid: PASID, address: INPUT, access: "write" };
const structures = ({ entries }: Explanation) => entries.map(({ structure }) => structure);
/** Value of a field of the n-th entry. */
const field = ({ entries }: Explanation, entry: number, name: string) =>
  entries[entry]!.fields.find((decoded) => decoded.field === name)?.value;

const TABLES = [
  "root entry",
  "context entry",
  "PASID directory entry",
  "PASID table entry",
] as const;

describe("explain: every entry read", () => {
  it("VTD-3.4.3: names, addresses and decodes the entries of a first-stage translation", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage", undefined, { pasid: { sre: true } })(unit).start();
    const explanation = unit.iommu.explain(request);
    expect(explanation.request).toEqual(request);
    expect(structures(explanation)).toEqual([
      ...TABLES,
      ...Array.from({ length: 4 }, () => "first-stage entry"),
    ]);
    const { root, context, directory, pasid } = world.tables.entryAddresses(SID, PASID);
    const walk = world.first.walk(INPUT);
    expect(explanation.entries.map(({ address }) => address)).toEqual([
      root,
      context,
      directory,
      pasid,
      ...walk.map(({ address }) => address),
    ]);
    expect(explanation.entries.map(({ words }) => words.length)).toEqual([2, 4, 1, 8, 1, 1, 1, 1]);
    for (const { source, failed, words, address } of explanation.entries) {
      expect({ source, failed }).toEqual({ source: "memory", failed: false });
      expect(words[0]).toBe(unit.words.read64(address!));
    }
    expect(field(explanation, 1, "RID_PASID")).toBe(BigInt(RID_PASID));
    expect(field(explanation, 3, "PGTT")).toBe(1n);
    expect(field(explanation, 3, "SRE")).toBe(1n);
    expect(field(explanation, 3, "WPE"), "fields that are 0 are left out").toBe(undefined);
    expect(field(explanation, 7, "RW")).toBe(1n);
  });

  it("VTD-3.4.2: does so in legacy mode", async () => {
    const unit = await Unit.create();
    new LegacyWorld(unit).map().start();
    const explanation = unit.iommu.explain({ ...request, pasid: undefined });
    expect(structures(explanation)).toEqual([
      "root entry",
      "context entry",
      ...Array.from({ length: 4 }, () => "second-stage entry"),
    ]);
    expect(field(explanation, 1, "TT")).toBe(1n);
    expect(field(explanation, 5, "ADDR")).toBeDefined();
  });

  it("VTD-3.8: puts each first-stage entry behind the second-stage entries that led to it", async () => {
    const unit = await Unit.create();
    scalable("nested")(unit).start();
    const kinds = structures(unit.iommu.explain(request)).slice(TABLES.length);
    const first = kinds.flatMap((kind, index) => (kind === "first-stage entry" ? [index] : []));
    expect(first).toHaveLength(4);
    expect(kinds.slice(0, 5)).toEqual([
      ...Array.from({ length: 4 }, () => "second-stage entry"),
      "first-stage entry",
    ]);
    expect(kinds.at(-1)).toBe("second-stage entry");
  });

  it("VTD-6.2: says which entries come from a cache", async () => {
    const unit = await Unit.create();
    scalable("first-stage")
      .call(undefined, unit)
      .map({ input: INPUT + 0x1000n })
      .start();
    unit.iommu.translate({ ...request, access: "read" });
    const next = unit.iommu.explain({ ...request, address: INPUT + 0x1000n });
    expect(next.entries.map(({ structure, source }) => [structure, source])).toEqual([
      ["context cache entry", "cache"],
      ["PASID cache entry", "cache"],
      ["first-stage paging-structure cache entry", "cache"],
      ["first-stage entry", "memory"],
    ]);
    const again = unit.iommu.explain({ ...request, access: "read" });
    expect(structures(again)).toEqual(["IOTLB entry"]);
    // A write must set the dirty flag first, and so walks again.
    expect(structures(unit.iommu.explain(request))[0]).toBe("IOTLB entry");
    expect(structures(unit.iommu.explain(request)).at(-1)).toBe("first-stage entry");
  });

  it("VTD-6.2.3: shows of a cached PASID entry that faults what memory held, and nothing of another", async () => {
    const unit = await Unit.create({ capabilities: { CM: 1 }, faultCollapse: false });
    const world = scalable("first-stage")(unit).start();
    const absent = { ...request, pasid: PASID + 1 };
    world.tables.pasidEntry(SID, PASID + 1).set({ FPD: 1 });
    for (const each of [request, absent]) unit.iommu.translate(each);
    const explanation = unit.iommu.explain(absent);
    expect(explanation.result).toMatchObject({ condition: "SPT.2", record: "suppressed" });
    const [, cached] = explanation.entries;
    expect(cached).toMatchObject({ structure: "PASID cache entry", words: [2n, 0n, 0n] });
  });

  it("VTD-7.1.3: shows the entry that could not be read as failed", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage")(unit).start();
    const { pasid } = world.tables.entryAddresses(SID, PASID);
    unit.memory.poison(pasid + 16n, 8);
    const { entries, result } = unit.iommu.explain(request);
    expect(result).toMatchObject({ condition: "SPT.1" });
    expect(entries.at(-1)).toMatchObject({
      structure: "PASID table entry",
      address: pasid,
      failed: true,
      fields: [],
    });
    expect(entries.slice(0, -1).every(({ failed }) => !failed)).toBe(true);
  });

  it("VTD-11.4.4: reads nothing while translation is disabled", async () => {
    const { iommu } = await Unit.create();
    const { entries, result } = iommu.explain(request);
    expect(entries).toEqual([]);
    expect(result).toMatchObject({ status: "ok", address: INPUT });
  });
});

describe("explain: the check that decided", () => {
  it("VTD-3.6: of a translation names output, page size and rights", async () => {
    const unit = await Unit.create();
    scalable("first-stage", undefined, {}, { first: { write: false } })(unit).start();
    const { decision, result } = unit.iommu.explain({ ...request, access: "read" });
    expect(result).toMatchObject({ status: "ok", address: OUTPUT });
    expect(decision).toBe("translated to 0x987654000 in a 4 KiB page that the requester may read");
  });

  it("VTD-7.1.3: of a fault names condition, reason, meaning and completion", async () => {
    const unit = await Unit.create();
    scalable("first-stage", (w) => w.first.entry(INPUT, 2).set({ P: 0 }))(unit).start();
    const { decision } = unit.iommu.explain(request);
    expect(decision).toBe("SFS.2, reason 0x71: a first-stage entry is not present; answered UR");
  });

  it("VTD-3.15: of an interrupt message says so", async () => {
    const { iommu } = await Unit.create();
    const message = { sourceId: SID, address: 0xfee0_0000n, access: "write", size: 4 } as const;
    expect(iommu.explain(message).decision).toContain("interrupt message");
  });
});

describe("explain: changes nothing", () => {
  /** Everything that could have changed. */
  const everything = (unit: Unit) => ({
    snapshot: digest(unit.iommu.snapshot()),
    memory: digest(unit.memory.readBytes(0n, 2 ** 20)),
    counters: unit.iommu.counters(),
  });
  const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

  const untranslated = Object.values(chapters)
    .flat()
    .filter(({ answers }) => "U" in answers || "U+P" in answers);

  it.each(untranslated.map((row) => [row.condition, row.title, row] as const))(
    "VTD-7.1.3: for a request that meets %s, and then happens as explained: %s",
    async (condition, _title, row) => {
      const unit = await Unit.create(row.unit);
      unit.start(row.arrange(unit).rootTableAddress);
      const { sourceId = SID, address = INPUT, access = "read" } = row.request ?? {};
      const column: Column = "U" in row.answers ? "U" : "U+P";
      const pasid = withPasid(column) ? (row.request?.pasid ?? PASID) : undefined;
      const asked: MemoryRequest = { ...row.request, sourceId, address, access, pasid };
      const events: unknown[] = [];
      unit.iommu.on("fault", (event) => events.push(event));

      const before = everything(unit);
      const { result } = unit.iommu.explain(asked);
      expect(everything(unit)).toEqual(before);
      expect(events).toEqual([]);
      expect(result).toMatchObject({ status: "fault", condition });
      expect(unit.iommu.translate(asked)).toEqual(result);
      expect(events).toHaveLength(1);
    },
  );

  it.each(["first-stage", "second-stage", "nested", "pass-through"] as const)(
    "VTD-3.6.2: for a good request that would set flags and fill caches: %s",
    async (kind) => {
      for (const source of [undefined, scriptedPort]) {
        const unit = await Unit.create({ reportWrites: true, ...(source && { source }) });
        scalable(kind, undefined, { pasid: { ssade: true } })(unit).start();
        const writes: unknown[] = [];
        unit.iommu.on("memoryWrite", (write) => writes.push(write));
        const before = everything(unit);
        const { result } = unit.iommu.explain(request);
        expect(everything(unit)).toEqual(before);
        expect(writes).toEqual([]);
        expect(unit.iommu.translate(request)).toEqual(result);
        if (kind !== "pass-through") expect(writes).not.toEqual([]);
        const filled = everything(unit);
        unit.iommu.explain(request);
        expect(everything(unit), "with full caches").toEqual(filled);
      }
    },
  );

  it("VTD-7.1.3: refuses the same misuse as translate", async () => {
    const { iommu } = await Unit.create();
    expect(() => iommu.explain({ ...request, pasid: 1 << 20 })).toThrow(/pasid is 1048576/);
    expect(() => iommu.explain({ ...request, size: 4097 })).toThrow(/size is 4097/);
  });
});
