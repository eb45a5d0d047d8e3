import { describe, expect, it } from "vitest";
import { FaultLoad } from "../../../host/driver/load/index.js";

/** `run` breaks a rule when a request or a response is lost, doubled, or out of order in its group. */
describe("page faults from the endpoint to its retry", () => {
  it("10,000 groups of 1 to 8 pages from 8 endpoints with 16 PASIDs: each answered once, in order", async () => {
    const load = await FaultLoad.create({ groups: 10_000, checks: false });
    load.run(10_000);
    const { pageRequests, pageGroupResponses } = load.iommu.counters();
    expect(pageGroupResponses).toBe(10_000n);
    expect(pageRequests).toBeGreaterThan(30_000n);
  });

  it("leaves nothing behind: no group, no request, no task", async () => {
    const load = await FaultLoad.create({ endpoints: 3, pasids: 2, seed: 7, groups: 300 });
    const before = load.kernel.heap.leaked.length;
    const tasks = load.kernel.tasks.length;
    load.run(300);
    expect(load.kernel.heap.leaked.length).toBe(before);
    expect(load.kernel.tasks.length).toBeLessThanOrEqual(tasks);
    load.forgetPages();
    load.run(300);
    expect(load.kernel.heap.leaked.length).toBe(before);
  });

  it("as many endpoints as a unit of a large machine has", async () => {
    const load = await FaultLoad.create({ endpoints: 600, pasids: 1, groups: 600, checks: false });
    load.run(600);
    expect(load.iommu.counters().pageGroupResponses).toBe(600n);
  });

  it("refuses more endpoints than it has source-ids for", async () => {
    await expect(FaultLoad.create({ endpoints: 5000 })).rejects.toThrow(
      "endpoints is 5000: expected 1 to 4096",
    );
  });
});
