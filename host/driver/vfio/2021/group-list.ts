import { Errno } from "../../errno.js";
import {
  assertInvariant,
  Mutex,
  Work,
  WorkQueue,
  type Kernel,
  type Routine,
} from "../../kernel/index.js";
import type { IommuGroup } from "../iommu-group.js";
import { allocateGroup, type Group } from "./group.js";
import { notified } from "./notifier.js";
import { notifierPolicies, type NotifierName, type NotifierPolicy } from "./notifier-policy.js";

export interface GroupListOptions {
  readonly notifier: NotifierName;
  /** Sees the group in the step in which its notifier is called, for proofs. */
  readonly onNotify?: ((group: Group, action: string) => void) | undefined;
}

/** The groups that VFIO knows, each from its first device to its last reference. */
export class GroupList {
  readonly kernel: Kernel;
  readonly policy: NotifierPolicy;
  /** vfio.group_lock */
  readonly #lock: Mutex;
  #groups: readonly Group[] = [];
  readonly #work: WorkQueue;
  readonly #onNotify: GroupListOptions["onNotify"];

  constructor(kernel: Kernel, { notifier, onNotify }: GroupListOptions) {
    this.kernel = kernel;
    this.policy = notifierPolicies[notifier];
    this.#lock = new Mutex(kernel, "vfio.group_lock");
    this.#work = new WorkQueue(kernel, "system_wq");
    this.#onNotify = onNotify;
  }

  /** The group with a reference, made if there is none. */
  *findOrCreate(iommuGroup: IommuGroup): Routine<Group | Errno> {
    return (yield* this.find(iommuGroup)) ?? (yield* this.#create(iommuGroup));
  }

  *find(iommuGroup: IommuGroup): Routine<Group | undefined> {
    yield* this.#lock.lock();
    const group = yield* this.#get((each) => each.iommuGroup === iommuGroup);
    yield* this.#lock.unlock();
    return group;
  }

  /** A reference, if the group is still on the list: what it points to is not looked at before. */
  *tryGet(group: Group): Routine<boolean> {
    yield* this.#lock.lock();
    const found = yield* this.#get((each) => each === group);
    yield* this.#lock.unlock();
    return found !== undefined;
  }

  /** Drops a reference; the last one ends the group. */
  *put(group: Group): Routine {
    if (yield* group.users.putUnlessLast()) return;
    yield* this.#lock.lock();
    if (yield* group.users.put()) yield* this.#release(group);
    else yield* this.#lock.unlock();
  }

  /** Drops a reference in a work item. */
  *putLater(group: Group): Routine {
    const { heap } = this.kernel;
    const memory = yield* heap.allocate("vfio_group_put_work", {});
    if (memory === undefined) {
      this.kernel.warn(
        "there is no memory to drop a reference of a group with: it is kept for ever",
      );
      return;
    }
    const put = this.put.bind(this);
    const work = new Work(this.kernel, "put group", function* () {
      yield* put(group);
      yield* heap.free(memory);
    });
    yield* this.#work.queue(work);
  }

  *#get(isWanted: (group: Group) => boolean): Routine<Group | undefined> {
    const group = this.#groups.find(isWanted);
    if (group !== undefined) yield* group.users.get();
    return group;
  }

  *#create(iommuGroup: IommuGroup): Routine<Group | Errno> {
    const group: Group | undefined = yield* allocateGroup(
      this.kernel,
      iommuGroup,
      (action, device): Routine => {
        this.#onNotify?.(group!, action);
        return notified(this, group!, action, device);
      },
    );
    if (group === undefined) return new Errno("ENOMEM", `no memory for ${iommuGroup.name}`);
    // Ahead of the list's lock: whoever is in the chain may want that lock.
    yield* iommuGroup.chain.register(group);
    yield* this.#lock.lock();
    const other = yield* this.#get((each) => each.iommuGroup === iommuGroup);
    if (other !== undefined) {
      yield* this.#unlockAndFree(group);
      return other;
    }
    group.listed = true;
    this.#groups = [...this.#groups, group];
    yield* this.#lock.unlock();
    return group;
  }

  /** With the list locked, which it unlocks. */
  *#release(group: Group): Routine {
    assertReleasable(group, this.policy);
    if (this.policy.freesListFirst) yield* this.#freeUnbound(group);
    group.listed = false;
    this.#groups = this.#groups.filter((each) => each !== group);
    yield* this.#unlockAndFree(group);
  }

  *#unlockAndFree(group: Group): Routine {
    yield* this.#lock.unlock();
    yield* group.iommuGroup.chain.unregister(group);
    if (!this.policy.freesListFirst) yield* this.#freeUnbound(group);
    yield* this.kernel.heap.free(group);
  }

  /** Without the lock of the list: nobody else is supposed to reach it any more. */
  *#freeUnbound(group: Group): Routine {
    for (const entry of group.unbound) yield* this.kernel.heap.free(entry);
  }
}

/** What must have been undone by whoever did it, when the last reference goes. */
function assertReleasable(group: Group, { assertsNoUsers }: NotifierPolicy): void {
  assertInvariant(group.devices.length === 0, "E-release-devices", "a group ends that has devices");
  assertInvariant(
    !assertsNoUsers || group.containerUsers.value === 0,
    "E-release-users",
    () => `a group ends that has ${group.containerUsers.value} container users`,
  );
  assertInvariant(
    group.userNotifiers === 0,
    "E-release-notifiers",
    "a group ends that a driver watches",
  );
}
