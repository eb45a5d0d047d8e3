import type { Scenario } from "../explore/index.js";
import { Completion } from "../kernel/index.js";
import { attach, detach, release, putDevice, wholeDrain } from "../vtd/index.js";
import { boundDomain, faultFor, makeHandle } from "./bound-domain.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;
const PASID = 1;

/**
 * The queue has room for one more request when a device asks for two pages: it overflows, and the first of
 * the group waits for a last one that was lost. Meanwhile the PASID is unbound, and bound again.
 */
export const overflowDuringDrain: Scenario<UnitWorld> = {
  name: "overflow-during-drain",
  about: "the page request queue overflows while a PASID is drained",
  variants: {
    waits: { expected: "sound", about: "the drain begins again after an overflow" },
    "does-not-wait": { expected: "unsound", about: "the drain ends with PRS.PRO set" },
  },
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    const run = new UnitRun(kernel, world, { iopf: { behaviour: "strictLinux72" } });
    run.fillPageRequestQueue(1);
    const plugged = run.plug({ name: "00:02.0", sourceId: SOURCE_ID });
    const drain = { ...wholeDrain, overflow: variant === "waits" };
    kernel.spawn("host", function* () {
      const device = yield* run.discover(plugged);
      if (device === undefined) return;
      for (const generation of [1, 2]) {
        const handle = makeHandle(kernel, boundDomain(kernel, run.iopf, generation));
        if ((yield* attach(run.unit, device, handle, PASID)) === 0) {
          const sent = new Completion(kernel, "both sent");
          kernel.spawn(`device, binding ${generation}`, function* () {
            for (const page of [0, 1]) {
              const last = page === 1;
              yield* plugged.ask(faultFor(generation, { pasid: PASID, grpid: 3, last, page }));
            }
            yield* sent.complete();
          });
          // The driver of the device has stopped it before it unbinds.
          yield* sent.wait();
        }
        yield* detach(run.unit, device, PASID, { tearDown: { drain } });
        yield* kernel.heap.free(handle);
      }
      yield* release(run.unit, device);
      yield* putDevice(kernel, device);
    });
  },
};
