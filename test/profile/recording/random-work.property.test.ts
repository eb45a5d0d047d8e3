import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Recorder, Recording, Replay } from "../../../host/profile/recording/index.js";
import { Ground } from "../../differential/ground.js";
import { kinds } from "../../differential/kinds.js";

const SEED = Number(process.env["VIOMMU_SEED"] ?? 20251101);
const UNITS = 8;
const RUNS = 150;

/** Random runs of a kind on several units that are recorded: software, devices, tables, memory that fails. */
async function recordRuns(kind: string): Promise<Uint8Array[]> {
  const tapes: ReturnType<typeof Recorder.inMemory>[] = [];
  const ground = await Ground.create(SEED, UNITS, () => {
    tapes.push(Recorder.inMemory());
    return tapes.at(-1).recorder;
  });
  const { draw, run } = kinds[kind]!;
  fc.assert(
    fc.property(draw, (drawn) => {
      run(drawn, ground);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  return tapes.map(({ recorder, sink }) => {
    recorder.finish();
    return sink.bytes;
  });
}

describe(`recorded random work (seed ${SEED})`, () => {
  it.each(Object.keys(kinds))(
    "%s: replayed without guest memory every answer, message and counter is the same",
    async (kind) => {
      const recordings = await recordRuns(kind);
      let calls = 0;
      for (const bytes of recordings) {
        const replay = await Replay.create(Recording.of(bytes));
        for (const { index, call, same } of replay) {
          calls++;
          if (!same) expect.fail(`call ${index} differs: ${call.kind}`);
        }
        const { different, unrecordedReads, exact } = replay.summary;
        expect([different, unrecordedReads, exact]).toEqual([0, 0, true]);
      }
      expect(calls).toBeGreaterThan(RUNS);
    },
  );

  it.each(Object.keys(kinds))(
    "%s: replayed with one entry in every cache no word is missing, and hardly an answer differs",
    async (kind) => {
      const one = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };
      const caches = { ...one, interruptEntry: 1 };
      const sum = { calls: 0, different: 0, unrecordedReads: 0 };
      for (const bytes of await recordRuns(kind)) {
        const replay = await Replay.create(Recording.of(bytes), { caches });
        const summary = replay.run();
        sum.calls += summary.calls;
        sum.different += summary.different;
        sum.unrecordedReads += summary.unrecordedReads;
      }
      // Only a stale entry of the recorded unit makes a difference: what such runs look for, and seldom have.
      expect(sum.different).toBeLessThan(sum.calls / 100);
      expect(sum.unrecordedReads).toBe(0);
    },
  );
});
