import { describe, expect, it } from "vitest";

import { answerRows } from "./answers.js";
import { dirtyRows } from "./dirty.js";
import { viommuRows } from "./events.js";
import { faultRows, moreFaultRows } from "./faults.js";
import { cacheRows, infoRows, queueRows } from "./hardware.js";
import { Mock, type Row } from "./mock.js";
import { nestedRows } from "./nested.js";

/** As the mock driver: the second call for PASID 1024 finds no memory. */
const device = {
  fails: (call: string, pasid: number) => (call === "replace" && pasid === 1024 ? "ENOMEM" : 0),
} as const;

/** The kernel's selftests of iommufd (tools/testing/selftests/iommu), row by row, over the model. */
describe.each<[string, readonly Row[]]>([
  ["G.1, faults", faultRows],
  ["what the selftests of faults leave out", moreFaultRows],
  ["automatic answers, at every point of a reader", answerRows],
  ["G.2, dirty tracking", dirtyRows],
  ["G.3, nested tables, invalidation, PASIDs", nestedRows],
  ["G.3, vIOMMUs, event queues, commands", viommuRows],
  ["G.2 and G.3, what the hardware can", infoRows],
  ["G.3, caches of devices", cacheRows],
  ["G.3, hardware queues", queueRows],
])("%s", (_, rows) => {
  it.each(rows)("$id: $what", ({ run, then }) => {
    expect(run(new Mock({ device }))).toEqual(then);
  });
});
