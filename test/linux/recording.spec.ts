import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { Recording, Replay } from "../../host/profile/recording/index.js";
import { runGuest } from "./guest.js";

it("a run whose processor changes tables while the unit reads them is replayed bit for bit from its recording", async () => {
  const folder = mkdtempSync(join(tmpdir(), "viommu-record-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "races.viommu");
  const args = ["--smp", "2", "--record", file];
  const { verdict } = await runGuest({ kernel: "iommufd", flows: ["races"], args });
  expect(verdict).toBe("pass");
  const replay = await Replay.create(Recording.open(file));
  const { calls, different, unrecordedReads, exact } = replay.run();
  expect(calls).toBeGreaterThan(10_000);
  expect([different, unrecordedReads, exact]).toEqual([0, 0, true]);
});
