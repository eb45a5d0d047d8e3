import { describe, expect, it } from "vitest";
import {
  faultsOf,
  prepareUnit,
  UnitRun,
  vtd,
  Violation,
  Work,
  Kernel,
  type Group,
  type PageDevice,
  type Routine,
  type Task,
  type UnitWorld,
} from "../../../host/driver/index.js";

const PASID = 3;
const GROUPS = 6;
const PAGES = 3;
const HONEST = 0x10;
const HOSTILE = 0x18;

/** What a hostile device does, again and again: it waits for nothing. */
type Manner = (device: PageDevice, run: UnitRun, time: number) => Routine;

const manners: Readonly<Record<string, Manner>> = {
  *"reuses a group index that is outstanding"(device) {
    yield* send(device, { grpid: 1, last: false });
    yield* send(device, { grpid: 1, last: true });
  },
  *"floods the queue"(device, _run, time) {
    yield* send(device, { grpid: time % 512, last: true });
  },
  *"begins groups and never ends them"(device, _run, time) {
    yield* send(device, { grpid: time % 512, last: false });
  },
  *"ends groups that it has not begun"(device, _run, time) {
    yield* send(device, { grpid: (7 * time) % 512, last: true });
  },
  *"uses the group indexes of the honest device"(device, _run, time) {
    yield* send(device, { grpid: time % GROUPS, last: time % 2 === 0 });
  },
  *"asks in PASIDs that it has not"(device, _run, time) {
    yield* send(device, { grpid: time % 512, last: true, pasid: 100 + time });
  },
  *"asks for addresses that are none"(device, _run, time) {
    yield* send(device, { grpid: time % 512, last: true, address: 1n << 62n });
  },
  *"has a source-id that the driver does not know"(device, { unit }, time) {
    const known = unit.devices.peek(device.sourceId);
    if (known !== undefined) yield* unit.devices.remove(known);
    yield* send(device, { grpid: time % 512, last: true });
  },
};

const TIMES = 40;
const MOST_STEPS = 50_000;

function send(
  device: PageDevice,
  fault: { grpid: number; last: boolean; pasid?: number; address?: bigint },
): Routine<boolean> {
  return device.ask({ pasid: PASID, address: 0x9000n, read: true, write: false, ...fault });
}

interface Neighbours {
  /** The honest device has got all that it asked for. */
  readonly isServed: () => boolean;
  /** Takes both out: what a device has begun and not ended is freed with it. */
  readonly removal: () => Routine;
}

/** One device that keeps the rules, one that does not, and one handler for both. */
function setUp(kernel: Kernel, manner: string, world: UnitWorld): Neighbours {
  const run = new UnitRun(kernel, world);
  const mapped = new Set<bigint>();
  const domain = mappingDomain(kernel, run, mapped);
  const honest = run.plug({ name: "honest", sourceId: HONEST });
  const hostile = run.plug({ name: "hostile", sourceId: HOSTILE, lawless: true });
  const devices: vtd.Device[] = [];
  let finished = false;
  kernel.spawn("host", function* () {
    for (const plugged of [honest, hostile]) {
      const device = (yield* run.discover(plugged))!;
      devices.push(device);
      yield* vtd.attach(run.unit, device, { domain }, PASID);
    }
    kernel.spawn("hostile device", function* () {
      for (let time = 0; time < TIMES; time++) yield* manners[manner]!(hostile, run, time);
    });
    kernel.spawn("honest device", function* () {
      for (let group = 0; group < GROUPS; group++) yield* askUntilMapped(honest, group, mapped);
      finished = true;
    });
  });
  return {
    isServed: () => finished,
    *removal() {
      for (const device of devices) {
        yield* vtd.detach(run.unit, device, PASID);
        yield* vtd.release(run.unit, device);
        yield* vtd.putDevice(kernel, device);
      }
    },
  };
}

/** Sends the group again when a response came and pages are missing: an overflow is answered Success. */
function* askUntilMapped(device: PageDevice, group: number, mapped: Set<bigint>): Routine {
  const pages = Array.from({ length: PAGES }, (_, n) => BigInt((group + 1) * 16 + n) << 12n);
  while (!pages.every((page) => mapped.has(page))) {
    const before = device.received.length;
    for (const address of pages) {
      const last = address === pages.at(-1);
      yield* device.ask({ pasid: PASID, grpid: group, last, address, read: true, write: true });
    }
    yield* device.awaitResponses(before + 1);
    if (device.received.at(-1).code !== 0) {
      throw new Violation("refused", `the honest device got ${device.received.at(-1).code}`);
    }
  }
}

function mappingDomain(kernel: Kernel, run: UnitRun, mapped: Set<bigint>): vtd.VtdDomain {
  function* work(group: Group): Routine {
    const addresses = faultsOf(group).map(({ address }) => address);
    if (group.device.name === "honest") {
      const rises = addresses.every((address, n) => n === 0 || address > addresses[n - 1]!);
      if (!rises) throw new Violation("order", `a group asks for ${addresses.join(", ")}`);
      for (const address of addresses) mapped.add(address);
    }
    yield* run.iopf.respond(group, "SUCCESS");
    yield* run.iopf.freeGroup(group);
  }
  return {
    name: "maps",
    entry: { kind: "pass-through", domain: 1 },
    *iopfHandler(group) {
      group.work = new Work(kernel, "work", () => work(group));
      return yield* group.param.queue.work.queue(group.work);
    },
  };
}

/** One order of many: any task that can go on takes the next step. */
function runToEnd(kernel: Kernel, seed: number): void {
  const random = mulberry(seed);
  let live: Task[] = [];
  let known = 0;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    live = [...live.filter(({ done }) => !done), ...kernel.tasks.slice(known)];
    known = kernel.tasks.length;
    const runnable = live.filter((task) => task.runnable);
    if (runnable.length === 0) break;
    kernel.step(runnable[Math.floor(random() * runnable.length)]!);
    if (kernel.violation !== undefined) break;
  }
}

/** A generator of numbers from 0 up to 1, the same ones for a seed. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("a hostile device takes nothing from another", () => {
  const cases = Object.keys(manners).flatMap((manner) =>
    [1, 2].map((seed) => [manner, seed] as const),
  );

  it.each(cases)("when it %s (seed %i)", async (manner, seed) => {
    const world = await prepareUnit();
    const kernel = new Kernel();
    const { isServed, removal } = setUp(kernel, manner, world);
    runToEnd(kernel, seed);
    expect(kernel.violation?.message).toBeUndefined();
    expect(isServed()).toBe(true);
    kernel.spawn("removal", removal);
    runToEnd(kernel, seed);
    kernel.finish();
    expect(kernel.violation?.message).toBeUndefined();
  });
});
