import { Errno } from "../errno.js";
import { Cell, Refcount, Rwsem, type Kernel, type Routine } from "../kernel/index.js";
import type { IommuGroup } from "./iommu-group.js";

/** What maps a container's memory ("type 1"); `attachGroup` may refuse a group. */
export interface IommuDriver {
  readonly name: string;
  readonly attachGroup?: (group: IommuGroup) => Errno | undefined;
}

export const type1: IommuDriver = { name: "type1" };

/** A group as a container sees it. */
export interface Member {
  readonly iommuGroup: IommuGroup;
}

/** An open /dev/vfio/vfio. `groups` and `isNoiommu` are guarded by `groupLock`. */
export interface Container {
  readonly name: string;
  readonly refs: Refcount;
  readonly groupLock: Rwsem;
  readonly driver: Cell<IommuDriver | undefined>;
  groups: readonly Member[];
  isNoiommu: boolean;
}

/** open("/dev/vfio/vfio"): undefined if there is no memory. */
export function openContainer(kernel: Kernel, name: string): Routine<Container | undefined> {
  return kernel.heap.allocate<Container>("vfio_container", {
    name,
    refs: new Refcount(kernel, "refs"),
    groupLock: new Rwsem(kernel, "group_lock"),
    driver: new Cell<IommuDriver | undefined>(kernel, "iommu_driver", undefined),
    groups: [],
    isNoiommu: false,
  });
}

/** Drops the reference of the file, or of a group that is in it. */
export function* putContainer(kernel: Kernel, container: Container): Routine {
  if (yield* container.refs.put()) yield* kernel.heap.free(container);
}

/** VFIO_SET_IOMMU: chooses what maps, and attaches the groups that are in. */
export function* setIommu(container: Container, driver: IommuDriver): Routine<Errno | undefined> {
  yield* container.groupLock.downWrite();
  const error = yield* choose(container, driver);
  yield* container.groupLock.upWrite();
  return error;
}

function* choose(container: Container, driver: IommuDriver): Routine<Errno | undefined> {
  if (container.groups.length === 0) {
    return new Errno("EINVAL", `${container.name} has no group`);
  }
  const chosen = yield* container.driver.load();
  if (chosen !== undefined) return new Errno("EINVAL", `${container.name} has ${chosen.name}`);
  for (const { iommuGroup } of container.groups) {
    const error = driver.attachGroup?.(iommuGroup);
    if (error) return error;
  }
  yield* container.driver.store(driver);
  return undefined;
}

/** Groups of both kinds do not mix, and the driver has to take the group. For who holds `groupLock`. */
export function refusal(container: Container, { iommuGroup }: Member): Errno | undefined {
  const { groups, isNoiommu, driver } = container;
  if (groups.length > 0 && isNoiommu !== iommuGroup.noiommu) {
    return new Errno("EPERM", `${container.name} has groups of the other kind`);
  }
  return driver.value?.attachGroup?.(iommuGroup);
}

/** Puts a group on the list. For who holds `groupLock`. */
export function enlist(container: Container, member: Member): void {
  container.isNoiommu = member.iommuGroup.noiommu;
  container.groups = [...container.groups, member];
}

/** Takes a group off; without groups a container has no driver. For who holds `groupLock`. */
export function* delist(container: Container, member: Member): Routine {
  container.groups = container.groups.filter((other) => other !== member);
  if (container.groups.length === 0) yield* container.driver.store(undefined);
}
