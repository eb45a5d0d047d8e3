import type { Scenario } from "../explore/index.js";
import { attach, detach, release, putDevice } from "../vtd/index.js";
import { boundDomain, faultFor, makeHandle } from "./bound-domain.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;

/** Requests without PASID lose their domain while one is under way. */
export const ridDetachOrder: Scenario<UnitWorld> = {
  name: "rid-detach-order",
  about: "the domain of requests without PASID is detached: leave the fault queue, or drain, first",
  variants: {
    "drain-first": { expected: "sound", about: "the entry is torn down and drained, then left" },
    "leave-first": {
      expected: "unsound",
      about: "the queue is left first, as in Linux 7.2 (candidate C1): the drain does nothing",
    },
  },
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    // The kernel warns of a report that is too late, and goes on to what is worse.
    kernel.panicOnWarning = false;
    const run = new UnitRun(kernel, world, {
      quirks: { leavesQueueFirst: variant === "leave-first" },
      ...(variant === "leave-first" && { iopf: { behaviour: "strictLinux72" } }),
    });
    const plugged = run.plug({ name: "00:02.0", sourceId: SOURCE_ID });
    kernel.spawn("host", function* () {
      const device = yield* run.discover(plugged);
      if (device === undefined) return;
      const handle = makeHandle(kernel, boundDomain(kernel, run.iopf, 1));
      yield* attach(run.unit, device, handle);
      kernel.spawn("device", () => plugged.ask(faultFor(1, { grpid: 3, last: true })));
      yield* detach(run.unit, device);
      yield* kernel.heap.free(handle);
      yield* release(run.unit, device);
      yield* putDevice(kernel, device);
    });
  },
};
