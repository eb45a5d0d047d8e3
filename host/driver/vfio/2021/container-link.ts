import { Errno } from "../../errno.js";
import { Violation, type Kernel, type Routine } from "../../kernel/index.js";
import { delist, enlist, putContainer, refusal, type Container } from "../container.js";
import type { Group } from "./group.js";
import { isViable } from "./viability.js";

/**
 * How the link of a group to its container and the count of its users are kept in step:
 * - "atomic": an atomic counter, tested and changed apart from the pointer (2021; the default).
 * - "torn": the same, with the two loads of GET_DEVICE_FD as two steps.
 * - "locked": one lock around all of it (May 2022).
 */
export type LinkName = "atomic" | "torn" | "locked";

/** A rule is broken: ends the run, or is noted and the kernel goes on, as one without assertions does. */
export type Report = (rule: string, message: string) => void;

export interface ContainerLink {
  set(group: Group, container: Container): Routine<Errno | undefined>;
  unset(group: Group): Routine<Errno | undefined>;
  /** Ahead of the opening of a device. */
  admit(group: Group): Routine<Errno | undefined>;
  /** The device is open. */
  admitted(group: Group): Routine;
  /** It could not be opened. */
  refused(group: Group): Routine;
  /** An external user, such as KVM. */
  addUser(group: Group): Routine<Errno | undefined>;
  /** A device file, a group file or an external user goes: the last one ends the link. */
  dropUser(group: Group): Routine;
}

export function makeLink(kernel: Kernel, name: LinkName, report: Report): ContainerLink {
  return name === "locked"
    ? new LockedLink(kernel, report)
    : new AtomicLink(kernel, report, name === "torn");
}

class AtomicLink implements ContainerLink {
  readonly #kernel: Kernel;
  readonly #report: Report;
  readonly #torn: boolean;

  constructor(kernel: Kernel, report: Report, torn = false) {
    this.#kernel = kernel;
    this.#report = report;
    this.#torn = torn;
  }

  *set(group: Group, container: Container): Routine<Errno | undefined> {
    const users = yield* group.containerUsers.load();
    if (users !== 0) return new Errno("EINVAL", `the group has ${users} container users`);
    yield* container.groupLock.downWrite();
    const error = refusal(container, group);
    if (error === undefined) {
      yield* group.container.store(container);
      enlist(container, group);
      yield* container.refs.get();
      yield* this.#count(group, 1);
    }
    yield* container.groupLock.upWrite();
    return error;
  }

  *unset(group: Group): Routine<Errno | undefined> {
    const users = yield* this.#lastUser(group);
    if (users === 0) return new Errno("EINVAL", "the group is in no container");
    if (users > 1) return new Errno("EBUSY", `the group has ${users} container users`);
    yield* this.#detach(group);
    return undefined;
  }

  *admit(group: Group): Routine<Errno | undefined> {
    return (yield* this.#look(group)) ?? (yield* viabilityOf(group));
  }

  admitted(group: Group): Routine {
    return this.#count(group, 1);
  }

  // eslint-disable-next-line require-yield -- nothing was counted
  *refused(): Routine {
    return;
  }

  *addUser(group: Group): Routine<Errno | undefined> {
    let users = 0;
    yield* group.containerUsers.update((before) => {
      users = before;
      return before === 0 ? 0 : before + 1;
    }, "count, unless zero, in");
    if (users === 0) return new Errno("EINVAL", "the group is in no container");
    let error: Errno | undefined;
    if (group.iommuGroup.noiommu) error = new Errno("EPERM", "the group has no IOMMU");
    else error = (yield* this.#look(group)) ?? (yield* viabilityOf(group));
    if (error) yield* this.#count(group, -1);
    return error;
  }

  *dropUser(group: Group): Routine {
    let left = -1;
    yield* group.containerUsers.update((before) => {
      left = before - 1;
      return Math.max(left, 0);
    }, "count down, if positive, in");
    if (left === 0) yield* this.#detach(group);
  }

  /** Answers the count before; one becomes none. */
  *#lastUser({ containerUsers }: Group): Routine<number> {
    let users = 0;
    yield* containerUsers.update((before) => {
      users = before;
      return before === 1 ? 0 : before;
    }, "compare and exchange");
    return users;
  }

  /** Users and container of one moment, or of two. */
  *#look(group: Group): Routine<Errno | undefined> {
    if ((yield* group.containerUsers.load()) === 0) {
      return new Errno("EINVAL", "the group is in no container");
    }
    const container = this.#torn ? yield* group.container.load() : group.container.value;
    return checkDriver(container);
  }

  *#count(group: Group, by: 1 | -1): Routine {
    yield* group.containerUsers.update((users) => users + by);
    if (by === 1 && group.container.value === undefined) {
      this.#report("E-link", "the group has a container user, and no container");
    }
  }

  *#detach(group: Group): Routine {
    const container = deref(yield* group.container.load());
    yield* container.groupLock.downWrite();
    yield* group.container.store(undefined);
    if (group.containerUsers.value > 0) {
      this.#report("E-link", "the group loses its container, and has a container user");
    }
    yield* group.containerQ.wakeAll();
    yield* delist(container, group);
    yield* container.groupLock.upWrite();
    yield* putContainer(this.#kernel, container);
  }
}

/** Every change with the group's lock held; E-link whenever it is let go. */
class LockedLink implements ContainerLink {
  readonly #kernel: Kernel;
  readonly #report: Report;

  constructor(kernel: Kernel, report: Report) {
    this.#kernel = kernel;
    this.#report = report;
  }

  set(group: Group, container: Container): Routine<Errno | undefined> {
    return this.#locked(group, function* () {
      const users = group.containerUsers.value;
      if (users !== 0) return new Errno("EINVAL", `the group has ${users} container users`);
      yield* container.groupLock.downWrite();
      const error = refusal(container, group);
      if (error === undefined) {
        yield* group.container.store(container);
        enlist(container, group);
        yield* container.refs.get();
        yield* group.containerUsers.store(1);
      }
      yield* container.groupLock.upWrite();
      return error;
    });
  }

  unset(group: Group): Routine<Errno | undefined> {
    const detach = () => this.#detach(group);
    return this.#locked(group, function* () {
      const users = group.containerUsers.value;
      if (users === 0) return new Errno("EINVAL", "the group is in no container");
      if (users > 1) return new Errno("EBUSY", `the group has ${users} container users`);
      yield* detach();
      return undefined;
    });
  }

  admit(group: Group): Routine<Errno | undefined> {
    return this.#locked(group, function* () {
      if (group.containerUsers.value === 0) {
        return new Errno("EINVAL", "the group is in no container");
      }
      const error = checkDriver(group.container.value) ?? (yield* viabilityOf(group));
      if (error === undefined) yield* group.containerUsers.update((users) => users + 1);
      return error;
    });
  }

  // eslint-disable-next-line require-yield -- counted already
  *admitted(): Routine {
    return;
  }

  refused(group: Group): Routine {
    return this.dropUser(group);
  }

  *addUser(group: Group): Routine<Errno | undefined> {
    if (group.iommuGroup.noiommu) return new Errno("EPERM", "the group has no IOMMU");
    return yield* this.admit(group);
  }

  dropUser(group: Group): Routine {
    const detach = () => this.#detach(group);
    return this.#locked(group, function* () {
      const users = group.containerUsers.value;
      if (users === 1) yield* detach();
      else if (users > 1) yield* group.containerUsers.store(users - 1);
    });
  }

  *#detach(group: Group): Routine {
    const container = deref(group.container.value);
    yield* container.groupLock.downWrite();
    yield* group.container.store(undefined);
    yield* group.containerUsers.store(0);
    yield* group.containerQ.wakeAll();
    yield* delist(container, group);
    yield* container.groupLock.upWrite();
    yield* putContainer(this.#kernel, container);
  }

  *#locked<T>(group: Group, body: () => Routine<T>): Routine<T> {
    yield* group.linkLock.lock();
    const result = yield* body();
    if ((group.container.value === undefined) !== (group.containerUsers.value === 0)) {
      this.#report("E-link", "container and container users of the group are out of step");
    }
    yield* group.linkLock.unlock();
    return result;
  }
}

function checkDriver(container: Container | undefined): Errno | undefined {
  if (deref(container).driver.value !== undefined) return undefined;
  return new Errno("EINVAL", "the container has no IOMMU driver");
}

function* viabilityOf(group: Group): Routine<Errno | undefined> {
  if (yield* isViable(group)) return undefined;
  return new Errno("EINVAL", "the group is not viable");
}

/** @throws Violation for a pointer to nothing. */
function deref(container: Container | undefined): Container {
  if (container !== undefined) return container;
  throw new Violation(
    "null-dereference",
    "the container of a group is followed, and there is none",
  );
}
