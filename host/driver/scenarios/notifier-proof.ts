import { Errno } from "../errno.js";
import { explore, type Scenario } from "../explore/index.js";
import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
import {
  IommuGroup,
  pciStub,
  Vfio2021,
  vfioDriver,
  type Group2021,
  type GroupAction,
  type HostDevice,
} from "../vfio/index.js";

/** The actions that the notifier does something for. */
export const notifierActions = ["ADD_DEVICE", "BOUND_DRIVER", "UNBOUND_DRIVER"] as const;

/** What a call of the notifier found its group like. */
export interface MetState {
  readonly listed: boolean;
  readonly containerUsers: number;
  readonly hasDevices: boolean;
  readonly hasUnbound: boolean;
}

export interface NotifierProof {
  readonly action: (typeof notifierActions)[number];
  readonly interleavings: number;
  readonly exhaustive: boolean;
  /** Rules that were broken; E-quiet: a group that is not on the list has users or devices. */
  readonly violations: readonly string[];
  /** Every state in which a call met its group. */
  readonly met: readonly MetState[];
}

/**
 * What the patch argues, tried in every order: one call of the notifier without a reference, with each action, against
 * the whole life of a group with a user. Before the group is on the list, and after, it has neither container users nor
 * devices, so that the call does nothing there (E-quiet).
 */
export async function proveNotifier(
  action: (typeof notifierActions)[number],
): Promise<NotifierProof> {
  const met = new Map<string, MetState>();
  const scenario: Scenario = {
    name: "notifier-proof",
    about: "one call of the notifier against the life of a group",
    variants: { [action]: { expected: "sound", about: "no reference" } },
    setup(kernel) {
      live(kernel, action, (state) => met.set(JSON.stringify(state), state));
    },
  };
  const { interleavings, exhaustive, violations } = await explore(scenario, {
    variant: action,
    stopAtFirst: false,
    failures: false,
  });
  return {
    ...{ action, interleavings, exhaustive },
    violations: violations.map(({ invariant, message }) => `${invariant}: ${message}`),
    met: [...met.values()].sort((a, b) => rank(a) - rank(b)),
  };
}

function live(kernel: Kernel, action: GroupAction, onMeet: (state: MetState) => void): void {
  kernel.panicOnWarning = false;
  const iommuGroup = new IommuGroup(kernel, { name: "group", guard: "notifier" });
  const vfio = new Vfio2021(kernel, {
    onNotify(group) {
      const state = stateOf(group);
      assertInvariant(
        state.listed || (state.containerUsers === 0 && !state.hasDevices),
        "E-quiet",
        () => `a call meets a group off the list with ${JSON.stringify(state)}`,
      );
      onMeet(state);
    },
  });
  const device = iommuGroup.make({ name: "00:02.0", driver: vfioDriver(vfio) });
  const sibling = iommuGroup.make({ name: "00:02.1", driver: pciStub });
  kernel.spawn("driver", function* () {
    if (yield* vfio.register(device)) return;
    const close = yield* open(vfio, device);
    kernel.spawn("user", close);
    yield* vfio.unregister(device);
  });
  kernel.spawn("notifier", () => iommuGroup.notify(action, sibling));
}

/** A user opens the device; answers how it closes everything. */
function* open(vfio: Vfio2021, { group, name }: HostDevice): Routine<() => Routine> {
  const file = refuseErrno(yield* vfio.openGroup(group));
  const container = refuseErrno(yield* vfio.openContainer("container"));
  yield* vfio.setContainer(file, container);
  yield* vfio.setIommu(container);
  yield* vfio.closeContainer(container);
  const device = refuseErrno(yield* vfio.deviceFile(file, name));
  return function* () {
    yield* vfio.closeDevice(device);
    yield* vfio.closeGroup(file);
  };
}

/** Nothing can fail here. */
function refuseErrno<T>(result: T | Errno): T {
  if (result instanceof Errno) throw result;
  return result;
}

function stateOf({ listed, containerUsers, devices, unbound }: Group2021): MetState {
  return {
    listed,
    containerUsers: containerUsers.value,
    hasDevices: devices.length > 0,
    hasUnbound: unbound.length > 0,
  };
}

function rank({ listed, containerUsers, hasDevices, hasUnbound }: MetState): number {
  return (listed ? 100 : 0) + 10 * containerUsers + (hasDevices ? 2 : 0) + (hasUnbound ? 1 : 0);
}
