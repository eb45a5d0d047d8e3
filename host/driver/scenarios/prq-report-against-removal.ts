import type { Scenario } from "../explore/index.js";
import { attach, hotRemove, type LookupName } from "../vtd/index.js";
import { boundDomain, defaultDomain, faultFor, makeHandle } from "./bound-domain.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;

interface Way {
  readonly lookup: LookupName;
  /** The driver of the device stops it, and what it sent is drained. */
  readonly drained?: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  mutex: { lookup: "mutex" },
  epoch: { lookup: "epoch" },
  "list-scan": { lookup: "list-scan" },
  "get-device": { lookup: "get-device" },
  ordering: { lookup: "ordering" },
  "ordering-drained": { lookup: "ordering", drained: true },
};

/** Finding the device of a page request while it is taken out of the machine. */
export const prqReportAgainstRemoval: Scenario<UnitWorld> = {
  name: "prq-report-against-removal",
  about: "a page request is reported while its device is removed",
  variants: {
    mutex: { expected: "sound", about: "the unit's mutex around lookup, report and removal" },
    epoch: { expected: "sound", about: "a read section, and a grace period at removal" },
    "list-scan": { expected: "unsound", about: "all devices are looked through, with a reference" },
    "get-device": { expected: "unsound", about: "a tree, and a reference on the device alone" },
    ordering: { expected: "unsound", about: "a tree alone, and the device is not stopped" },
    "ordering-drained": { expected: "sound", about: "a tree alone; removal stops and drains" },
  },
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    const { lookup, drained = false } = ways[variant]!;
    const run = new UnitRun(kernel, world, { lookup });
    const plugged = run.plug({ name: "00:02.0", sourceId: SOURCE_ID });
    kernel.spawn("host", function* () {
      const device = yield* run.discover(plugged);
      if (device === undefined) return;
      // Who does not take faults has nothing to drain: what the device asks for is still in the queue.
      const domain = drained ? boundDomain(kernel, run.iopf, 1) : defaultDomain;
      const handle = makeHandle(kernel, domain);
      yield* attach(run.unit, device, handle);
      kernel.spawn("device", () => plugged.ask(faultFor(1, { grpid: 3, last: true })));
      yield* hotRemove(run.unit, device, {
        stop: () => plugged.stop(),
        unbind: () => kernel.heap.free(handle),
        skip: drained ? [] : ["stop"],
      });
    });
  },
};
