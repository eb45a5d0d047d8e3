import { Violation, type Routine } from "../../kernel/index.js";
import type { HostDevice } from "../host-device.js";
import type { GroupAction } from "../notifier-chain.js";
import { getDevice, putDevice } from "../registered-device.js";
import type { Group } from "./group.js";
import type { GroupList } from "./group-list.js";
import { isDeviceViable } from "./viability.js";

/** The chain of the IOMMU group calls; its semaphore is held for reading (vfio_iommu_group_notifier). */
export function* notified(
  list: GroupList,
  group: Group,
  action: GroupAction,
  device: HostDevice,
): Routine {
  const { reference } = list.policy;
  if (reference === "none") {
    yield* react(list, group, action, device);
    return;
  }
  if (!(yield* list.tryGet(group))) return;
  yield* react(list, group, action, device);
  // The last reference unregisters the notifier, which waits until nobody is in the chain.
  yield* reference === "inline" ? list.put(group) : list.putLater(group);
}

function* react(list: GroupList, group: Group, action: GroupAction, device: HostDevice): Routine {
  switch (action) {
    case "ADD_DEVICE":
      yield* added(list, group, device);
      return;
    case "BOUND_DRIVER":
      yield* bound(group, device);
      return;
    case "UNBOUND_DRIVER":
      yield* unbound(list, group, device);
      return;
    case "DEL_DEVICE":
    case "BIND_DRIVER":
    case "UNBIND_DRIVER":
      return;
  }
}

function* added({ kernel }: GroupList, group: Group, device: HostDevice): Routine {
  const known = yield* getDevice(group, (other) => other === device);
  if (known !== undefined) {
    yield* putDevice(known);
    kernel.warn(`${device.name} is added to a group that knows it`);
    return;
  }
  if ((yield* group.containerUsers.load()) === 0) return;
  kernel.warn(`${device.name} is added to a live group`);
}

/** A driver of the kernel's own in a group that a user has: the system stops. */
function* bound(group: Group, device: HostDevice): Routine {
  if ((yield* group.containerUsers.load()) === 0) return;
  if (yield* isDeviceViable(group, device)) return;
  throw new Violation(
    "E-BUG",
    `the host stops: a driver is bound to ${device.name} of a live group`,
  );
}

function* unbound({ kernel }: GroupList, group: Group, device: HostDevice): Routine {
  yield* group.unboundLock.lock();
  // The entries lie in memory of their own, which is looked through.
  const entry = group.unbound.find((each) => each.device === device);
  if (entry !== undefined) {
    group.unbound = group.unbound.filter((each) => each !== entry);
    yield* kernel.heap.free(entry);
  }
  yield* group.unboundLock.unlock();
}
