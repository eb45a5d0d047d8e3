import { expect, it } from "vitest";

import { Recorder, Recording } from "../../host/profile/recording/index.js";
import { readRecordedArrivals, readTiming, runProfile } from "../../host/profile/index.js";
import { Iommu } from "../../host/iommu.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { runAccesses } from "../../host/driver/vtd/access.js";
import { bootSequence } from "../../host/driver/vtd/boot.js";
import { FirstStageTable, FrameAllocator } from "../../host/tables/index.js";

const SOURCE_ID = 0x100;
const PAGES = 100;
const RECORDS = 1500;
const NO_PASID = 0xffff_ffff;

/** A recording of one batch in which every second request faults: more messages than the outbox has room for. */
async function recordBatch(): Promise<{ bytes: Uint8Array; failures: number }> {
  const memory = GuestMemory.create({ size: 8 << 20 });
  const frames = new FrameAllocator({ start: 0x1000n, end: 8n << 20n });
  const { recorder, sink } = Recorder.inMemory();
  const iommu = await Iommu.create({ memory, preset: "full", tap: recorder });
  const { tables } = runAccesses(iommu, bootSequence({ memory, frames }));
  const firstStage = new FirstStageTable({ memory, frames });
  firstStage.map(0n, 0x100_0000n, { count: PAGES });
  tables.context(SOURCE_ID);
  tables.pasid(SOURCE_ID, 0, { kind: "first-stage", firstStage, domain: 1 });
  const records = new Uint8Array(32 * RECORDS);
  const view = new DataView(records.buffer);
  for (let n = 0; n < RECORDS; n++) {
    const page = n % 2 === 0 ? n % PAGES : PAGES + n;
    view.setBigUint64(32 * n, BigInt(page) << 12n, true);
    view.setUint32(32 * n + 8, SOURCE_ID, true);
    view.setUint32(32 * n + 12, NO_PASID, true);
    view.setUint32(32 * n + 16, (n % 3 === 0 ? 1 : 0) | (8 << 16), true);
  }
  const failures = iommu.translateBatch(records);
  recorder.finish();
  return { bytes: sink.bytes, failures };
}

it("a recorded batch is replayed exactly, and each of its requests has its own account", async () => {
  const { bytes, failures } = await recordBatch();
  expect(failures).toBe(RECORDS / 2);
  const accounts: (readonly [outcome: number, page: number, kind: number])[] = [];
  const result = await runProfile({
    recording: Recording.of(bytes),
    values: readRecordedArrivals("recorded,interval=50"),
    timing: readTiming("ideal"),
    seed: 1,
    observe: () => [
      {
        request: ({ index, outcome, addressLow, condition }) =>
          void (accounts[index] = [outcome, addressLow >>> 12, condition]),
        end: () => undefined,
      },
    ],
  });
  expect(result.replay).toEqual({ exact: true, different: 0, unrecordedReads: 0 });
  expect(result.outcomes).toEqual({ ok: RECORDS / 2, fault: RECORDS / 2 });
  expect(accounts).toHaveLength(RECORDS);
  expect(accounts.map(([, page]) => page)).toEqual(
    accounts.map((_, n) => (n % 2 === 0 ? n % PAGES : PAGES + n)),
  );
  expect(
    accounts.every(
      ([outcome, , condition], n) => (n % 2 === 0) === (outcome === 0 && condition === 0),
    ),
  ).toBe(true);
  expect(result.caches.iotlb).toMatchObject({
    lookups: result.counters.iotlbLookups,
    hits: result.counters.iotlbHits,
  });
});
