import type { Scenario } from "../explore/index.js";
import { svaDomain } from "../iopf/index.js";
import { assertInvariant, Cell, type Routine } from "../kernel/index.js";
import {
  attach,
  detach,
  putDevice,
  release,
  wholeDrain,
  type DetachOptions,
  type VtdDomain,
} from "../vtd/index.js";
import { makeHandle } from "./bound-domain.js";
import type { PageDevice } from "./page-device.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;
const PASID = 5;
/** Outstanding page requests that the device may have. */
const CREDIT = 2;

const variants = {
  "drain-first": {
    expected: "sound",
    about: "the entry is torn down and drained, then the queue left",
  },
  "leave-first": {
    expected: "unsound",
    about: "the queue is left, then the entry torn down (CVE-2025-38594)",
  },
  "no-flush": { expected: "unsound", about: "drained without waiting for the work queue" },
} as const;

const ways: Readonly<Record<string, DetachOptions>> = {
  "leave-first": { leaveFirst: true },
  "no-flush": { tearDown: { drain: { ...wholeDrain, flush: false } } },
};

/**
 * A process unbinds from a device that has page requests on the way: in the page request queue, in the hands
 * of the thread that reads it, or with a worker. As in Linux 7.2, where leaving the fault queue frees groups.
 */
export const svaUnbind: Scenario<UnitWorld> = {
  name: "sva-unbind",
  about: "SVA unbind while page faults are pending, in both orders (CVE-2025-38594)",
  variants,
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    // The kernel warns of a report too late, and goes on to what is worse.
    kernel.panicOnWarning = variant === "drain-first";
    const run = new UnitRun(kernel, world, { iopf: { behaviour: "strictLinux72" } });
    const plugged = run.plug({ name: "00:02.0", sourceId: SOURCE_ID, capacity: CREDIT });
    kernel.spawn("process", () => bindAndUnbind(run, plugged, ways[variant] ?? {}));
  },
};

function* bindAndUnbind(run: UnitRun, plugged: PageDevice, way: DetachOptions): Routine {
  const { kernel, unit } = run;
  const device = yield* run.discover(plugged);
  if (device === undefined) return;
  const mm = new Cell<"live" | "gone">(kernel, "mm", "live");
  const handle = makeHandle(kernel, addressSpace(run, mm));
  if ((yield* attach(unit, device, handle, PASID)) === 0) {
    kernel.spawn("device", () => askTwice(plugged));
  }
  yield* detach(unit, device, PASID, way);
  yield* kernel.heap.free(handle);
  yield* mm.store("gone");
  yield* release(unit, device);
  yield* putDevice(kernel, device);
}

/** The domain of a process: faults are handled in its address space. */
function addressSpace({ kernel, iopf }: UnitRun, mm: Cell<"live" | "gone">): VtdDomain {
  const handleFault = () => handleIn(mm);
  return {
    ...svaDomain("sva", { kernel, iopf, handleFault }),
    // Nobody walks these tables: page requests are taken without a look at them.
    entry: { kind: "first-stage", domain: 1, firstStage: { pointer: 0x1000n, levels: 4 } },
  };
}

function* handleIn(mm: Cell<"live" | "gone">): Routine<boolean> {
  assertInvariant(
    (yield* mm.load()) === "live",
    "stale-pasid",
    "a fault is handled in an address space that is gone",
  );
  return true;
}

function* askTwice(device: PageDevice): Routine {
  const page = { pasid: PASID, last: true, address: 0x1000n, read: true, write: false };
  yield* device.ask({ ...page, grpid: 1 });
  yield* device.ask({ ...page, grpid: 2 });
}
