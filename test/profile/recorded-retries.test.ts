import { expect, it } from "vitest";

import { Iommu } from "../../host/iommu.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { readRecordedArrivals, runProfile } from "../../host/profile/index.js";
import { encodeDescriptor, UnitSoftware } from "../../host/profile/workloads/unit-software.js";
import { Recorder, Recording } from "../../host/profile/recording/index.js";
import { FirstStageTable, FrameAllocator } from "../../host/tables/index.js";
import { idealBut } from "./model/synthetic-source.js";

const DEVICE = 0x100;
const PASID = 3;
const SOFTWARE = 5000;

type Way = "untranslated" | "batch" | "translation request";

/** A device asks for a page, tries once before the answer, and twice behind it. */
async function record(way: Way): Promise<Uint8Array> {
  const memory = GuestMemory.create({ size: 2 ** 22 });
  const frames = new FrameAllocator({ start: 0x1000n, end: 2n ** 22n });
  const { recorder, sink } = Recorder.inMemory();
  const iommu = await Iommu.create({ memory, preset: "full", tap: recorder });
  const software = new UnitSoftware(iommu, memory, frames);
  const firstStage = new FirstStageTable({ memory, frames });
  software.tables.context(DEVICE, { paside: true, dte: true, pre: true });
  software.tables.pasid(DEVICE, PASID, { kind: "first-stage", domain: 1, firstStage });
  const here = { sourceId: DEVICE, pasid: PASID, address: 0x7000n };
  const tryIt = () => {
    if (way === "translation request") iommu.requestTranslation(here);
    else if (way === "untranslated") iommu.translate({ ...here, access: "read" });
    else {
      const batch = new Uint8Array(32);
      const view = new DataView(batch.buffer);
      view.setBigUint64(0, here.address, true);
      view.setUint32(8, DEVICE, true);
      view.setUint32(12, PASID, true);
      view.setUint32(16, 8 << 16, true);
      iommu.translateBatch(batch);
    }
  };
  iommu.requestPage({ ...here, read: true, write: false, last: true, group: 9 });
  tryIt();
  software.takePageRequests(({ sourceId, pasid, group }) => {
    firstStage.map(0x7000n, 0x20_0000n, {});
    const response = { PP: 1, PASID: pasid!, RID: sourceId, PRGI: group, RC: 0 };
    software.invalidate([encodeDescriptor("PAGE_GROUP_RESPONSE", response)]);
  });
  tryIt();
  tryIt();
  recorder.finish();
  return sink.bytes;
}

it.each<[Way]>([["untranslated"], ["batch"], ["translation request"]])(
  "a recorded %s that came behind the answer to a page request waits for it under any timing, one ahead of it does not",
  async (way) => {
    const ends = async (driver: number) => {
      const values = idealBut({ "driver.group": driver });
      const seen: { index: number; outcome: number; finished: number }[] = [];
      const { replay } = await runProfile({
        recording: Recording.of(await record(way)),
        values: readRecordedArrivals("recorded,interval=10"),
        timing: { name: "test", description: "", sources: [], sourceOf: {}, values },
        seed: 1,
        observe: () => [
          {
            request: ({ index, outcome, finished }) => void seen.push({ index, outcome, finished }),
            end: () => undefined,
          },
        ],
      });
      expect(replay).toEqual({ exact: true, different: 0, unrecordedReads: 0 });
      return seen.sort((a, b) => a.index - b.index).map(({ finished }) => finished);
    };
    const [asked, ahead, behind, last] = await ends(SOFTWARE);
    expect(asked).toBeGreaterThan(SOFTWARE);
    expect(ahead).toBeLessThan(SOFTWARE);
    expect(behind).toBeGreaterThan(asked!);
    expect(last).toBeGreaterThan(asked!);
    // A driver that takes longer holds up just these.
    const slower = await ends(2 * SOFTWARE);
    expect(slower).toEqual([asked! + SOFTWARE, ahead, behind! + SOFTWARE, last! + SOFTWARE]);
  },
);
