import type { Scenario } from "../explore/index.js";
import { attach, detach, release, putDevice, replace } from "../vtd/index.js";
import { boundDomain, faultFor, makeHandle } from "./bound-domain.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;

/** One nested domain takes the place of another, and then the device is released. */
export const nestedReplace: Scenario<UnitWorld> = {
  name: "nested-replace",
  about: "a faultable nested domain is replaced by another: who drops the reference of the first?",
  variants: {
    balanced: { expected: "sound", about: "replacing drops the reference of the old domain" },
    leak: { expected: "unsound", about: "it does not, as in Linux 7.2 (candidate C2)" },
  },
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    const quirks = { keepsOldReference: variant === "leak" };
    const run = new UnitRun(kernel, world, { quirks });
    const plugged = run.plug({ name: "00:02.0", sourceId: SOURCE_ID });
    kernel.spawn("host", function* () {
      const device = yield* run.discover(plugged);
      if (device === undefined) return;
      const domains = [1, 2].map((n) => boundDomain(kernel, run.iopf, n, "nested"));
      const [first, second] = domains.map((domain) => makeHandle(kernel, domain));
      yield* attach(run.unit, device, first!);
      kernel.spawn("device", () => plugged.ask(faultFor(1, { grpid: 3, last: true })));
      yield* plugged.stop();
      yield* replace(run.unit, device, second!);
      yield* kernel.heap.free(first!);
      yield* detach(run.unit, device);
      yield* kernel.heap.free(second!);
      yield* release(run.unit, device);
      yield* putDevice(kernel, device);
    });
  },
};
