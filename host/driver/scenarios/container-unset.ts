import { Errno } from "../errno.js";
import { explore, type Scenario } from "../explore/index.js";
import { Completion, Violation, type Kernel, type Routine } from "../kernel/index.js";
import {
  IommuGroup,
  Vfio2021,
  Vfio72,
  vfioDriver,
  type Container,
  type LinkName,
  type Vfio,
} from "../vfio/index.js";

const variants = {
  atomic: { expected: "unsound", about: "an atomic counter beside the pointer (2021)" },
  torn: { expected: "unsound", about: "the same; GET_DEVICE_FD loads counter and pointer apart" },
  locked: { expected: "sound", about: "one lock around counter and pointer (May 2022)" },
  "7.2": { expected: "sound", about: "the lock of the group (7.2)" },
} as const;

/** What user space calls at the same time. */
export type ContainerCall = "unset" | "set" | "get";

const DEVICE = "00:02.0";
const ALL: readonly ContainerCall[] = ["unset", "set", "get"];

/** A group is in a container; its user takes it out, puts it into another, and opens a device, all at once. */
export const containerUnset: Scenario = {
  name: "container-unset",
  about: "UNSET_CONTAINER against SET_CONTAINER and GET_DEVICE_FD",
  variants,
  setup(kernel: Kernel, variant: string) {
    start(kernel, variant, ALL);
  },
};

/** How a run may end, in a kernel that goes on after a broken rule. */
export interface ContainerOutcome {
  /** A container user and no container, or the other way round. */
  readonly outOfStep: boolean;
  /** A device is open, and the group is in no container. */
  readonly openWithoutContainer: boolean;
  /** A container has more references than a file and groups. */
  readonly leaked: boolean;
  readonly nullDereference: boolean;
  /** All of it: the same text is the same state of the memory. */
  readonly state: string;
}

export interface ContainerCensus {
  readonly exhaustive: boolean;
  /** The different ends, one for each state of the memory. */
  readonly outcomes: readonly ContainerOutcome[];
}

const CENSUS = "census";

/** All ends that the calls may have, in a kernel that goes on after a broken rule. */
export async function containerCensus(
  variant: keyof typeof variants,
  calls: readonly ContainerCall[],
): Promise<ContainerCensus> {
  const outcomes = new Map<string, ContainerOutcome>();
  const scenario: Scenario = {
    ...containerUnset,
    name: CENSUS,
    setup(kernel) {
      start(kernel, variant, calls, (outcome) => {
        outcomes.set(outcome.state, outcome);
        // What is left behind cannot be closed in order: the run ends here.
        throw new Violation(CENSUS, outcome.state);
      });
    },
  };
  const { exhaustive } = await explore(scenario, { variant, stopAtFirst: false, failures: false });
  return { exhaustive, outcomes: [...outcomes.values()] };
}

function start(
  kernel: Kernel,
  variant: string,
  calls: readonly ContainerCall[],
  onEnd?: (outcome: ContainerOutcome) => void,
): void {
  // The kernel warns of an entry that cannot be allocated, and goes on.
  kernel.panicOnWarning = false;
  const guard = variant === "7.2" ? "dma-ownership" : "notifier";
  const iommuGroup = new IommuGroup(kernel, { name: "group", guard });
  const device = iommuGroup.make({ name: DEVICE });
  const begin = <G, D>(vfio: Vfio<G, D>, linkOf: (file: G) => Link): void => {
    kernel.spawn("user", function* () {
      if (yield* device.bind(vfioDriver(vfio))) return;
      yield* useGroup(kernel, vfio, iommuGroup, { calls, linkOf, onEnd });
      yield* device.unbind();
    });
  };
  if (variant === "7.2") {
    begin(new Vfio72(kernel), ({ group }) => ({
      container: group.container,
      users: group.containerUsers,
    }));
    return;
  }
  const link = variant as LinkName;
  begin(new Vfio2021(kernel, { link, goesOn: onEnd !== undefined }), ({ group }) => ({
    container: group.container.value,
    users: group.containerUsers.value,
  }));
}

interface Link {
  readonly container: Container | undefined;
  readonly users: number;
}

interface Use<GroupFile> {
  readonly calls: readonly ContainerCall[];
  readonly linkOf: (file: GroupFile) => Link;
  readonly onEnd: ((outcome: ContainerOutcome) => void) | undefined;
}

/** A user prepares, makes the calls, each in a task of its own, and closes everything. */
function* useGroup<G, D>(
  kernel: Kernel,
  vfio: Vfio<G, D>,
  iommuGroup: IommuGroup,
  use: Use<G>,
): Routine {
  const file = yield* vfio.openGroup(iommuGroup);
  if (file instanceof Errno) return;
  const first = yield* vfio.openContainer("first");
  const second = yield* vfio.openContainer("second");
  if (!(first instanceof Errno) && !(second instanceof Errno)) {
    yield* vfio.setContainer(file, first);
    yield* vfio.setIommu(first);
    const outcome = yield* callAll(kernel, vfio, { file, first, second }, use);
    use.onEnd?.(outcome);
  }
  if (!(first instanceof Errno)) yield* vfio.closeContainer(first);
  if (!(second instanceof Errno)) yield* vfio.closeContainer(second);
  yield* vfio.closeGroup(file);
}

interface Files<GroupFile> {
  readonly file: GroupFile;
  readonly first: Container;
  readonly second: Container;
}

function* callAll<G, D>(
  kernel: Kernel,
  vfio: Vfio<G, D>,
  { file, first, second }: Files<G>,
  { calls, linkOf, onEnd }: Use<G>,
): Routine<ContainerOutcome> {
  const over = new Completion(kernel, "calls");
  const results: Partial<Record<ContainerCall, string>> = {};
  let opened: D | undefined;
  const code: Record<ContainerCall, () => Routine<Errno | undefined>> = {
    unset: () => vfio.unsetContainer(file),
    set: () => vfio.setContainer(file, second),
    *get() {
      const result = yield* vfio.deviceFile(file, DEVICE);
      if (result instanceof Errno) return result;
      opened = result;
      return undefined;
    },
  };
  for (const call of calls) {
    kernel.spawn(call, function* () {
      try {
        results[call] = (yield* code[call]())?.name ?? "ok";
      } catch (error) {
        if (onEnd === undefined || !isNullDereference(error)) throw error;
        results[call] = "oops";
      }
      yield* over.complete();
    });
  }
  for (let left = calls.length; left > 0; left--) yield* over.wait();
  const { container, users } = linkOf(file);
  const referencesOf = (each: Container) =>
    kernel.heap.isLive(each) ? each.refs.value - (container === each ? 1 : 0) : 0;
  const references = [first, second].map(referencesOf);
  const texts = calls.map((call) => `${call} ${results[call]}`);
  if (opened !== undefined && onEnd === undefined) yield* vfio.closeDevice(opened);
  return {
    outOfStep: (container === undefined) !== (users === 0),
    openWithoutContainer: opened !== undefined && container === undefined,
    leaked: references.some((count) => count > 1),
    nullDereference: Object.values(results).includes("oops"),
    state: `${texts.join(", ")}; ${container?.name ?? "none"}, ${users} users, ${references.join()}`,
  };
}

function isNullDereference(error: unknown): boolean {
  return error instanceof Violation && error.invariant === "null-dereference";
}
