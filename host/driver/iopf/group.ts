import {
  assertInvariant,
  type Kernel,
  type ReadSection,
  type Routine,
  type Work,
} from "../kernel/index.js";
import type { AttachHandle, IopfDevice } from "./device.js";
import type { Fault } from "./fault.js";
import type { FaultParam, Partial } from "./fault-param.js";

/** Where a group is: on the list of its device, with user space, answered, or answered by removal. */
export type Place = "new" | "faults" | "handler" | "answered" | "withdrawn";

/** Page requests that are answered together (iopf_group). */
export interface Group {
  /** Those before the last, in the order of arrival. */
  partials: readonly Partial[];
  readonly last: Fault;
  readonly device: IopfDevice;
  /** The fault data that it was reported to. */
  readonly param: FaultParam;
  readonly handle: AttachHandle;
  /** For a handler that lets a work queue do it. */
  work: Work | undefined;
  place: Place;
  /** Lifetime "epoch": the read section that keeps the fault data. */
  section: ReadSection | undefined;
}

export function allocateGroup(
  kernel: Kernel,
  group: Pick<Group, "last" | "param" | "handle" | "device">,
): Routine<Group | undefined> {
  return kernel.heap.allocate<Group>("iopf_group", {
    ...group,
    partials: [],
    work: undefined,
    place: "new",
    section: undefined,
  });
}

/** All requests of a group, the last one at the end. */
export function faultsOf(group: Group): Fault[] {
  return [...group.partials.map(({ fault }) => fault), group.last];
}

/** A-I4: a group is in one place, and leaves it once. */
export function move(group: Group, from: readonly Place[], to: Place): void {
  const { place } = group;
  assertInvariant(
    from.includes(place),
    "A-I4",
    () => `a group goes to "${to}" from "${place}", expected ${from.join(" or ")}`,
  );
  group.place = to;
}

/** A-I5: exactly one request is the last, and it is the tail. */
export function assertGroup(group: Group): void {
  const faults = faultsOf(group);
  assertInvariant(
    faults.filter(({ last }) => last).length === 1 && faults.at(-1).last,
    "A-I5",
    () => `a group of ${faults.length} has its last request in the wrong place`,
  );
}
