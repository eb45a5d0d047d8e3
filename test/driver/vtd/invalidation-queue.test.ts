import { beforeAll, describe, expect, it } from "vitest";
import { Kernel, prepareUnit, UnitRun, vtd, type UnitWorld } from "../../../host/driver/index.js";
import { complete } from "./complete.js";

const { descriptors } = vtd;
const SOURCE_ID = 0x10;
const FSTS = 0x34;

let world: UnitWorld;
beforeAll(async () => {
  world = await prepareUnit();
});

function start(behaviour: "strictLinux72" | "fixed" = "fixed") {
  const kernel = new Kernel();
  const run = new UnitRun(kernel, world, { behaviour });
  return { kernel, run, queue: run.unit.invalidations };
}

/** Type 15 is none. */
const bad: vtd.QueueDescriptor = { about: "nonsense", words: [0xfn, 0n, 0n, 0n] };

describe("queued invalidation", () => {
  it("§6.5.2.9: answers 0 when the wait behind the descriptors has written its status", () => {
    const { kernel, run, queue } = start();
    const submit = () => queue.submit([descriptors.globalContext(), descriptors.globalIotlb()]);
    expect(complete(kernel, submit)).toBe(0);
    expect(run.iommu.counters().waits).toBe(1n);
  });

  it("goes round the ring as often as it is asked to", () => {
    const { kernel, run, queue } = start();
    const result = complete(kernel, function* () {
      let failed = 0;
      for (let i = 0; i < 1000; i++) {
        if ((yield* queue.submit([descriptors.globalIotlb(), descriptors.fence()])) !== 0) failed++;
      }
      return failed;
    });
    expect(result).toBe(0);
    expect(run.iommu.counters().descriptors).toBe(3000n);
  });

  it("waits for room when the ring is full of what a device does not complete", () => {
    const { kernel, run, queue } = start();
    const plugged = run.plug({ name: "device", sourceId: SOURCE_ID, link: true });
    const held = Array.from({ length: 84 }, () => descriptors.deviceTlb(SOURCE_ID, 0));
    let done = 0;
    for (let i = 0; i < 4; i++) {
      kernel.spawn("submitter", function* () {
        yield* queue.submit(held);
        done += 1;
      });
    }
    expect(plugged.outstanding).toBe(0);
    kernel.settle();
    expect(done).toBe(4);
  });

  it("§6.5.2.11, IQE: puts a wait in the place of the bad descriptor, answers EINVAL, and goes on", () => {
    const { kernel, run, queue } = start();
    expect(complete(kernel, () => queue.submit([bad]))).toBe("EINVAL");
    expect(run.iommu.read32(FSTS) & 0x10).toBe(0);
    expect(complete(kernel, () => queue.submit([descriptors.globalIotlb()]))).toBe(0);
  });

  it("IQE: finds a bad descriptor that is not the first; Linux 7.2 would look for ever", () => {
    const several = [descriptors.globalIotlb(), bad];
    const { kernel, queue } = start();
    expect(complete(kernel, () => queue.submit(several))).toBe("EINVAL");
    const strict = start("strictLinux72");
    strict.kernel.spawn("submitter", () => strict.queue.submit(several));
    for (let i = 0; i < 1000; i++) strict.kernel.step(strict.kernel.runnable()[0]!);
    expect(strict.kernel.runnable()[0]!.complaint).toContain("look after invalidation queue");
  });

  it("§6.5.2.11, ITE: answers ETIMEDOUT for a device that is not there", () => {
    const { kernel, run, queue } = start();
    run.startClock();
    const submit = () => queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]);
    expect(complete(kernel, submit)).toBe("ETIMEDOUT");
    expect(run.iommu.read32(FSTS) & 0x40).toBe(0);
    expect(complete(kernel, () => queue.submit([descriptors.globalIotlb()]))).toBe(0);
  });

  it("ITE: tries again with a device that is there, and gives it up in the end", () => {
    const { kernel, run, queue } = start();
    const deaf = run.plug({ name: "device", sourceId: SOURCE_ID });
    complete(kernel, () => run.discover(deaf));
    deaf.deaf = true;
    run.startClock();
    const before = run.iommu.counters().deviceTlbInvalidations;
    const submit = () => queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]);
    expect(complete(kernel, submit)).toBe("ETIMEDOUT");
    expect(run.iommu.counters().deviceTlbInvalidations - before).toBe(3n);
  });

  it("ITE: Linux 7.2 never gives up a device that is there", () => {
    const { kernel, run, queue } = start("strictLinux72");
    const deaf = run.plug({ name: "device", sourceId: SOURCE_ID });
    complete(kernel, () => run.discover(deaf));
    deaf.deaf = true;
    run.startClock();
    kernel.spawn("submitter", () => queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]));
    for (let i = 0; i < 300; i++) kernel.step(kernel.runnable()[0]!);
    expect(run.iommu.counters().deviceTlbInvalidations).toBeGreaterThan(50n);
  });

  it("ITE: tries the invalidation again whose wait the unit aborted, and is done when the device answers", () => {
    const { kernel, run, queue } = start();
    const plugged = run.plug({ name: "device", sourceId: SOURCE_ID, link: true });
    complete(kernel, () => run.discover(plugged));
    plugged.deaf = true;
    run.startClock();
    const before = run.iommu.counters();
    let result: unknown;
    const submitter = kernel.spawn("submitter", function* () {
      result = yield* queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]);
    });
    kernel.step(submitter);
    run.iommu.advance(run.iommu.nextDeadline()!);
    expect(run.iommu.read32(FSTS) & 0x40).toBe(0x40);
    plugged.deaf = false;
    kernel.settle();
    const { deviceTlbInvalidations, waits } = run.iommu.counters();
    expect(result).toBe(0);
    expect(deviceTlbInvalidations - before.deviceTlbInvalidations).toBe(2n);
    expect(waits - before.waits).toBe(1n);
  });

  it("ITE: those who wait for others are not told that theirs is done", () => {
    const { kernel, run, queue } = start();
    run.startClock();
    const results: unknown[] = [];
    kernel.spawn("first", function* () {
      results.push(yield* queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]));
    });
    kernel.spawn("second", function* () {
      results.push(yield* queue.submit([descriptors.globalIotlb()]));
    });
    kernel.settle();
    expect(results.sort()).toEqual([0, "ETIMEDOUT"].sort());
  });

  it("§6.5.2.11, ICE: clears it and goes on waiting", () => {
    const { kernel, run, queue } = start();
    run.plug({ name: "device", sourceId: SOURCE_ID, link: true });
    const results: unknown[] = [];
    const submitter = kernel.spawn("submitter", function* () {
      results.push(yield* queue.submit([descriptors.deviceTlb(SOURCE_ID, 0)]));
    });
    kernel.step(submitter);
    run.iommu.completeInvalidation({ sourceId: SOURCE_ID, itag: 31 });
    expect(run.iommu.read32(FSTS) & 0x20).toBe(0x20);
    kernel.step(submitter);
    expect(run.iommu.read32(FSTS) & 0x20).toBe(0);
    expect(results).toEqual([]);
    kernel.settle();
    expect(results).toEqual([0]);
  });
});
