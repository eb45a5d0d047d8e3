import { describe, expect, it } from "vitest";

import { GuestMemory, Iommu, Machine, type MemoryPort } from "../../../host/index.js";
import {
  Recorder,
  Recording,
  Replay,
  type ReplayedCall,
} from "../../../host/profile/recording/index.js";
import { DEVICE, enableTranslation, layTables, PASID, recordedUnit } from "./unit.js";

const PAGE = { sourceId: DEVICE, pasid: PASID, read: true, write: true, last: true, group: 3 };
const HERE = { sourceId: DEVICE, pasid: PASID };

async function replayed(recording: Recording, options = {}) {
  const replay = await Replay.create(recording, options);
  const calls = [...replay];
  return { calls, summary: replay.summary, iommu: replay.iommu };
}

const kinds = (calls: readonly ReplayedCall[]) => calls.map(({ call }) => call.kind);

describe("a recording", () => {
  it("has every kind of call with its arguments, and the replay gives the same answers", async () => {
    const { iommu, pages, finish } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    const access = { ...HERE, address: 0x7008n, access: "write" as const };
    const request = { ...HERE, address: 0x7000n };
    const answers = [
      iommu.translate({ ...access, privileged: true, execute: false, size: 4 }),
      iommu.requestTranslation({ ...request, noWrite: true }),
      iommu.translateTranslated({ ...access, address: 0x20_7008n }),
      iommu.requestPage({ ...PAGE, address: 0x9000n }),
      iommu.remapInterrupt({ sourceId: DEVICE, address: 0xfee0_1000n, data: 0x31 }),
    ];
    const { result, token } = iommu.beginAccess({ ...access, size: 16 });
    iommu.endAccess(token);
    iommu.completeInvalidation({ sourceId: DEVICE, itag: 3 });
    iommu.advance(1n << 40n);
    iommu.translateWords(0x12_3456, -1, 0x7ff8, 0x1_0000, (4095 << 16) | 3);
    const batch = new Uint8Array(2 * 32);
    const view = new DataView(batch.buffer);
    [0x7000n, 0x8000n].forEach((address, index) => {
      view.setBigUint64(32 * index, address, true);
      view.setUint32(32 * index + 8, DEVICE, true);
      view.setUint32(32 * index + 12, PASID, true);
      view.setUint32(32 * index + 16, 1 | (8 << 16), true);
    });
    iommu.translateBatch(batch);
    iommu.access({ kind: "read", offset: 3, size: 3 });
    iommu.reset("warm");

    const { calls, summary } = await replayed(finish());
    expect(kinds(calls)).toEqual([
      ...["writeRegister", "writeRegister", "writeRegister"],
      ...["translate", "requestTranslation", "translateTranslated", "requestPage"],
      ...["remapInterrupt", "beginAccess", "endAccess", "completeInvalidation", "advance"],
      ...["translate", "translateBatch", "readRegister", "reset"],
    ]);
    expect(calls.slice(3, 8).map((call) => call.result)).toEqual(answers);
    expect(calls[8]!.result).toEqual(result);
    expect(calls[3]!.call).toEqual({
      kind: "translate",
      request: { ...access, privileged: true, execute: false, size: 4 },
    });
    expect(calls[6]!.call).toMatchObject({ request: { ...PAGE, address: 0x9000n } });
    expect(calls[11]!.call).toEqual({ kind: "advance", ticks: 1n << 40n });
    expect(calls[13]!.statuses).toEqual([0, 32].map((at) => view.getUint32(at + 20, true)));
    expect(calls[15]!.call).toEqual({ kind: "reset", reset: "warm" });
    expect(summary).toMatchObject({ calls: 16, different: 0, unrecordedReads: 0, exact: true });
  });

  it("gives the same messages and counters in the replay, call by call", async () => {
    const { iommu, write, finish } = await recordedUnit({ trace: true });
    const messages: unknown[] = [];
    for (const kind of ["fault", "pageGroupResponse", "interrupt", "trace"] as const) {
      iommu.on(kind, (message) => messages.push([kind, message]));
    }
    write(0x7000n);
    iommu.requestPage({ ...PAGE, sourceId: 0x18, address: 0x9000n });
    const counters = iommu.counters();
    const { calls, summary, iommu: again } = await replayed(finish());
    expect(messages.length).toBeGreaterThan(2);
    expect(calls.slice(3).flatMap((call) => call.messages)).toEqual(messages);
    expect(again.counters()).toEqual(counters);
    expect(summary.recordedCounters).toEqual(counters);
    expect(summary.exact).toBe(true);
  });

  it("sees words of tables that software changes between requests, and no guest memory is needed", async () => {
    const { pages, write, finish } = await recordedUnit();
    const statuses = [write(0x7000n).status];
    pages.map(0x7000n, 0x20_7000n, { write: true });
    statuses.push(write(0x7000n).status);
    pages.unmap(0x7000n);
    statuses.push(write(0x7000n).status);
    const { calls, summary } = await replayed(finish());
    const found = calls.flatMap(({ result }) => (result === undefined ? [] : [result.status]));
    expect(found).toEqual(statuses);
    expect(statuses).toEqual(["fault", "ok", "ok"]);
    expect(summary.exact).toBe(true);
  });

  it("sees a word that changes between two accesses of one call", async () => {
    const { memory, pages, tables } = layTables();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    // A processor of the guest sets a bit that software may use, each time the unit wants to set A.
    let changes = 0;
    const racing: MemoryPort = {
      read64: (address) => memory.read64(address),
      write64: (address, value) => (memory.write64(address, value), true),
      compareExchange64: (address, expected, replacement) => {
        if (changes++ < 5) memory.write64(address, expected ^ (1n << 9n));
        return memory.compareExchange64(address, expected, replacement);
      },
    };
    const { recorder, sink } = Recorder.inMemory();
    const iommu = await Iommu.create({ memory: racing, preset: "full", tap: recorder });
    enableTranslation(iommu, tables.rootTableAddress);
    const access = { ...HERE, address: 0x7000n, access: "write" as const };
    expect(iommu.translate(access).status).toBe("ok");
    recorder.finish();
    expect(changes).toBeGreaterThan(5);
    expect((await replayed(Recording.of(sink.bytes))).summary.exact).toBe(true);
  });

  it("sees memory that begins to fail, and that heals", async () => {
    const { memory, pages, tables, write, finish } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    const root = tables.rootTable;
    memory.poison(root, 0x1000n);
    const failed = write(0x7000n);
    memory.heal();
    const healed = write(0x7000n);
    expect([failed, healed]).toMatchObject([{ condition: "SRT.1" }, { status: "ok" }]);
    const { calls, summary } = await replayed(finish());
    expect(calls.slice(-2).map(({ result }) => result)).toEqual([failed, healed]);
    expect(summary.exact).toBe(true);
  });

  it("has calls that listeners make in the order in which the unit did them", async () => {
    const { iommu, finish } = await recordedUnit();
    iommu.on("pageGroupResponse", () => {
      iommu.read32(0x34);
    });
    iommu.requestPage({ ...PAGE, sourceId: 0x18, address: 0x9000n });
    iommu.read64(0x08);
    const { calls, summary } = await replayed(finish());
    expect(kinds(calls).slice(3)).toEqual(["requestPage", "readRegister", "readRegister"]);
    expect(calls.at(-2).call).toMatchObject({ offset: 0x34 });
    expect(summary.exact).toBe(true);
  });

  it("has nothing of what explain looks at", async () => {
    const { iommu, pages, write, finish } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    iommu.explain({ ...HERE, address: 0x8000n, access: "read" });
    write(0x7000n);
    iommu.explain({ ...HERE, address: 0x7000n, access: "read" });
    const { calls, summary } = await replayed(finish());
    expect(kinds(calls).slice(3)).toEqual(["translate"]);
    expect(summary.exact).toBe(true);
  });

  it("has 1024 accesses in flight, and the one too many", async () => {
    const { iommu, pages, finish } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    const access = { ...HERE, address: 0x7000n, access: "write" as const };
    const tokens = Array.from({ length: 1024 }, () => iommu.beginAccess(access).token);
    expect(() => iommu.beginAccess(access)).toThrow(/in flight/);
    for (const token of tokens.reverse()) iommu.endAccess(token);
    expect(() => {
      iommu.endAccess(tokens[0]!);
    }).toThrow(/in flight/);
    const { calls, summary } = await replayed(finish());
    expect(calls[3 + 1024]!.result).toBeUndefined();
    expect(summary).toMatchObject({ calls: 3 + 1025 + 1024, exact: true });
  });

  it("is of a unit with the options of the recorded one", async () => {
    const caches = { iotlb: 64, context: 8 };
    const options = { preset: "linux", caches, invalidationTimeout: 77, trace: true } as const;
    const { iommu, finish } = await recordedUnit(options);
    const recording = finish();
    expect(recording.unit).toMatchObject({
      preset: "linux",
      caches: { iotlb: 64, context: 8, pasid: 512 },
      invalidationTimeout: "77",
      trace: true,
    });
    expect((await replayed(recording)).iommu.capabilities).toEqual(iommu.capabilities);
  });

  it("of each unit of a machine has its own requests", async () => {
    const tapes = [Recorder.inMemory(), Recorder.inMemory()];
    const machine = await Machine.create({
      memory: { size: 2 ** 22 },
      units: tapes.map(({ recorder }, index) => ({
        preset: "full",
        tap: recorder,
        scope: index === 0 ? ["00:02.0"] : "all",
      })),
      endpoints: [{ bdf: "00:02.0", kind: "edu" }],
    });
    machine.units[0]!.read32(0x1c);
    machine.units[1]!.read64(0x08);
    machine.units[1]!.read64(0x10);
    const found = tapes.map(({ recorder, sink }) => {
      recorder.finish();
      return Recording.of(sink.bytes);
    });
    const offsets = [];
    for (const recording of found) {
      const { calls } = await replayed(recording);
      offsets.push(calls.map(({ call }) => "offset" in call && call.offset));
    }
    expect(offsets).toEqual([[0x1c], [0x08, 0x10]]);
  });
});

describe("a replay with other caches", () => {
  it("finds the tables that the recorded unit did not read, for it had the translation", async () => {
    const { pages, write, finish } = await recordedUnit();
    for (let page = 0n; page < 8n; page++) {
      pages.map(page << 12n, 0x20_0000n + (page << 12n), { write: true });
    }
    for (let pass = 0; pass < 3; pass++) {
      for (let page = 0n; page < 8n; page++) write(page << 12n);
    }
    const recording = finish();
    const one = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };
    const { summary, iommu } = await replayed(recording, { caches: one });
    expect(summary).toMatchObject({ different: 0, unrecordedReads: 0, exact: false });
    expect(iommu.counters().iotlbHits).toBe(0n);
    expect(summary.recordedCounters.iotlbHits).toBe(16n);
  });

  it("tells where a stale entry made the difference", async () => {
    const { pages, write, finish } = await recordedUnit();
    for (const page of [0x7000n, 0x8000n]) pages.map(page, 0x20_0000n + page, { write: true });
    write(0x7000n);
    pages.unmap(0x7000n);
    write(0x8000n);
    expect(write(0x7000n).status).toBe("ok");
    const { calls, summary } = await replayed(finish(), { caches: { iotlb: 1 } });
    expect(calls.filter(({ same }) => !same)).toMatchObject([
      { index: 5, result: { status: "fault", condition: "SFS.2" } },
    ]);
    expect(summary).toMatchObject({ different: 1, exact: false });
  });

  it("goes on when an access in flight did not begin in it", async () => {
    const { iommu, pages, write, finish } = await recordedUnit();
    for (const page of [0x7000n, 0x8000n]) pages.map(page, 0x20_0000n + page, { write: true });
    write(0x7000n);
    pages.unmap(0x7000n);
    write(0x8000n);
    const access = { ...HERE, address: 0x7000n, access: "write" as const };
    iommu.endAccess(iommu.beginAccess(access).token);
    const { calls } = await replayed(finish(), { caches: { iotlb: 1 } });
    expect(calls.slice(-2).map(({ same }) => same)).toEqual([false, false]);
  });

  it("counts words that the recording does not have", async () => {
    const { iommu, finish } = await recordedUnit();
    iommu.read32(0x1c);
    const replay = await Replay.create(finish());
    expect(replay.run().unrecordedReads).toBe(0);
    replay.iommu.translate({ ...HERE, address: 0x7000n, access: "read" });
    // The root entry is 128 bits wide (§9.2).
    expect(replay.summary.unrecordedReads).toBe(2);
  });
});

describe("a replay", () => {
  it("runs once, and tells how it went at its end", async () => {
    const { finish } = await recordedUnit();
    const replay = await Replay.create(finish());
    expect(() => replay.summary).toThrow(/not at its end/);
    expect([...replay]).toHaveLength(3);
    expect(() => [...replay]).toThrow(/runs once/);
  });
});

describe("a recorder", () => {
  it("is for one unit", async () => {
    const { recorder } = Recorder.inMemory();
    const memory = GuestMemory.create({ size: 2 ** 16 });
    await Iommu.create({ memory, tap: recorder });
    await expect(Iommu.create({ memory, tap: recorder })).rejects.toThrow(/for one unit/);
  });

  it("has a unit to record", () => {
    expect(() => {
      Recorder.inMemory().recorder.finish();
    }).toThrow(/no unit to record/);
  });

  it("does not follow its unit to a snapshot, and after its end that is free", async () => {
    const { iommu, finish } = await recordedUnit();
    const snapshot = iommu.snapshot();
    expect(() => {
      iommu.restoreState(snapshot);
    }).toThrow(/recorded cannot go on from a snapshot: finish the recording/);
    finish();
    iommu.restoreState(snapshot);
    expect(iommu.read32(0x1c)).toBe(0xc000_0000);
  });

  it("records nothing after its end", async () => {
    const { write, recorder, sink, finish } = await recordedUnit();
    write(0x7000n);
    const recording = finish();
    const { length } = sink.bytes;
    write(0x8000n);
    recorder.finish();
    expect(sink.bytes.length).toBe(length);
    expect((await replayed(recording)).summary).toMatchObject({ calls: 4, exact: true });
  });
});
