import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { Recording, Replay } from "../../host/profile/recording/index.js";

/**
 * What `viommu qemu --record` wrote of guests of test/linux, from boot to power-off (QEMU 11.1.3, Linux 7.2.13, one
 * processor). A unit that answers otherwise now has changed in what a real guest sees; if that is meant, record anew.
 */
const RECORDINGS = {
  "linux-7.2-sva-vfio": ["requestPage", "requestTranslation", "translateTranslated"],
  "linux-7.2-iommufd": ["requestPage", "requestTranslation", "translateTranslated"],
  "linux-7.2-legacy": ["requestTranslation", "completeInvalidation"],
} as const;

const open = (name: string) =>
  Recording.open(fileURLToPath(new URL(`../data/${name}.viommu`, import.meta.url)));

const SMALLEST = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };

describe.each(Object.entries(RECORDINGS))(
  "a recorded run of Linux in QEMU: %s",
  (name, expected) => {
    it("gets the same answers and messages from the unit, call for call", async () => {
      const replay = await Replay.create(open(name));
      const kinds = new Set<string>();
      for (const { call, same, index } of replay) {
        if (!same) expect.fail(`call ${index} differs: ${call.kind}`);
        kinds.add(call.kind);
      }
      expect([...kinds]).toEqual(expect.arrayContaining([...expected]));
      expect(replay.summary.unrecordedReads).toBe(0);
    });

    it("gets the same answers with one entry in every cache: Linux invalidates what it changes", async () => {
      const caches = { ...SMALLEST, interruptEntry: 1 };
      const replay = await Replay.create(open(name), { caches });
      expect(replay.run()).toMatchObject({ different: 0, unrecordedReads: 0 });
    });
  },
);
