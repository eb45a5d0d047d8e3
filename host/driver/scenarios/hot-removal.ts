import type { Scenario } from "../explore/index.js";
import { assertInvariant, type Routine } from "../kernel/index.js";
import {
  attach,
  detach,
  hotRemove,
  tearDownWithout,
  type Device,
  type HotRemovalStep,
  type VtdHandle,
} from "../vtd/index.js";
import { boundDomain, faultFor, makeHandle } from "./bound-domain.js";
import type { PageDevice } from "./page-device.js";
import { prepareUnit, UnitRun, type UnitWorld } from "./unit-world.js";

const SOURCE_ID = 0x10;
const PASID = 1;

interface Way {
  readonly skip?: readonly HotRemovalStep[];
  /** Messages of the device take their time. */
  readonly link?: boolean;
  /** Its PASID is bound to another owner before it is removed. */
  readonly rebind?: boolean;
  /** The device is pulled out before anybody knows. */
  readonly surprise?: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  complete: {},
  "complete-link": { link: true },
  "no-stop": { skip: ["stop"] },
  "no-tear-down": { skip: ["stop", "tear-down"] },
  "no-ring-scan": { skip: ["ring"] },
  "no-flush": { skip: ["flush"] },
  rebind: { link: true, rebind: true },
  "rebind-no-hardware": { link: true, rebind: true, skip: ["hardware"] },
  "no-stop-dma": { skip: ["stop-dma"] },
  surprise: { surprise: true },
};

/**
 * A device with a bound PASID is removed, and another takes its place and its PASID: the page request of the
 * first must not be seen by the owner of the second.
 */
export const hotRemoval: Scenario<UnitWorld> = {
  name: "hot-removal",
  about: "hot removal of a device that asks for pages, with each step left out",
  variants: {
    complete: { expected: "sound", about: "every step in order" },
    "complete-link": { expected: "sound", about: "every step; messages of the device take time" },
    "no-stop": { expected: "sound", about: "the device is not told: its requests are refused" },
    "no-tear-down": { expected: "unsound", about: "the entry stays, and the device goes on" },
    "no-ring-scan": {
      expected: "unsound",
      about: "requests that are in the queue are not waited for",
    },
    "no-flush": { expected: "unsound", about: "handlers are not waited for" },
    rebind: { expected: "sound", about: "the PASID has another owner first; messages take time" },
    "rebind-no-hardware": {
      expected: "unsound",
      about: "the same, and what is under way in hardware is not waited for",
    },
    "no-stop-dma": { expected: "sound", about: "bus mastering stays on: the tables block DMA" },
    surprise: { expected: "sound", about: "pulled out without a word: invalidations time out" },
  },
  prepare: prepareUnit,
  setup(kernel, variant, world) {
    const way = ways[variant]!;
    // A report that comes too late is answered; what is worse than the warning shows later.
    kernel.panicOnWarning = way.skip === undefined;
    const run = new UnitRun(kernel, world);
    const first = run.plug({ name: "00:02.0", sourceId: SOURCE_ID, link: way.link === true });
    kernel.spawn("host", () => host(run, first, way));
    if (way.surprise === true) run.startClock();
  },
};

function* host(run: UnitRun, first: PageDevice, way: Way): Routine {
  const { skip = [], rebind = false, surprise = false } = way;
  const owner = yield* bind(run, first, 1);
  if (owner === undefined) return;
  run.kernel.spawn("device", () => askTwice(first));
  if (surprise) yield* first.vanish();
  if (rebind) yield* bindAgain(run, first, owner, skip);
  else yield* take(run, first, owner, skip);
}

interface Owner {
  readonly device: Device;
  readonly handle: VtdHandle;
}

/** The device goes, and another takes its place. */
function* take(
  run: UnitRun,
  first: PageDevice,
  owner: Owner,
  skip: readonly HotRemovalStep[],
): Routine {
  yield* remove(run, first, owner, skip);
  yield* blocksDma(run, first);
  const second = run.plug({ name: "00:02.0 (second)", sourceId: SOURCE_ID });
  const next = yield* bind(run, second, 2);
  yield* second.ask(faultFor(2, { pasid: PASID, grpid: 7, last: true }));
  if (next !== undefined) yield* remove(run, second, next, []);
}

/** The PASID is bound to another owner. */
function* bindAgain(
  run: UnitRun,
  plugged: PageDevice,
  { device, handle }: Owner,
  skip: readonly HotRemovalStep[],
): Routine {
  const { kernel, unit, iopf } = run;
  yield* plugged.stop();
  yield* detach(unit, device, PASID, { tearDown: tearDownWithout(skip) });
  yield* kernel.heap.free(handle);
  const second = makeHandle(kernel, boundDomain(kernel, iopf, 2));
  yield* attach(unit, device, second, PASID);
  yield* remove(run, plugged, { device, handle: second }, []);
}

/** Discovers a device and binds its PASID; a device without is not used. */
function* bind(run: UnitRun, plugged: PageDevice, generation: number): Routine<Owner | undefined> {
  const { kernel, unit, iopf } = run;
  const device = yield* run.discover(plugged);
  if (device === undefined) return undefined;
  const handle = makeHandle(kernel, boundDomain(kernel, iopf, generation));
  const owner = { device, handle };
  if ((yield* attach(unit, device, handle, PASID)) === 0) return owner;
  yield* remove(run, plugged, owner, []);
  return undefined;
}

function remove(
  { kernel, unit }: UnitRun,
  plugged: PageDevice,
  { device, handle }: Owner,
  skip: readonly HotRemovalStep[],
): Routine {
  const stop = () => plugged.stop();
  return hotRemove(unit, device, { stop, unbind: () => kernel.heap.free(handle), skip });
}

function* askTwice(device: PageDevice): Routine {
  yield* device.ask(faultFor(1, { pasid: PASID, grpid: 3, last: false }));
  yield* device.ask(faultFor(1, { pasid: PASID, grpid: 3, last: true, page: 1 }));
}

/** F.2: DMA of a device that has no owner any more does not reach memory. */
function* blocksDma({ unit, iommu }: UnitRun, { sourceId, name }: PageDevice): Routine {
  const { status } = yield* unit.translation.act(`try DMA of ${name} through`, () =>
    iommu.translate({ sourceId, pasid: PASID, address: 0x1000n, access: "write" }),
  );
  assertInvariant(status !== "ok", "F-dma", `${name} reaches memory after its removal`);
}
