import { Errno } from "../../errno.js";
import { assertInvariant, type Kernel, type Routine } from "../../kernel/index.js";
import { delist, enlist, putContainer, refusal, type Container } from "../container.js";
import type { Credentials } from "../vfio.js";
import type { Group } from "./group.js";

/** E-link, whenever the group's lock is let go: container and count of users are in step. */
export function assertLink({ container, containerUsers }: Group): void {
  assertInvariant(
    (container === undefined) === (containerUsers === 0),
    "E-link",
    () =>
      `the group has ${containerUsers} container users, and ${container?.name ?? "no container"}`,
  );
}

/** Puts a group into a container, which owns its DMA then. For who holds the group's lock. */
export function* attachContainer(
  group: Group,
  container: Container,
  who: Credentials,
): Routine<Errno | undefined> {
  const { iommuGroup } = group;
  if (iommuGroup.noiommu && !who.rawIo) {
    return new Errno("EPERM", "devices without an IOMMU need CAP_SYS_RAWIO");
  }
  yield* container.groupLock.downWrite();
  const error = yield* claim(group, container);
  if (error === undefined) {
    group.container = container;
    group.containerUsers = 1;
    enlist(container, group);
    yield* container.refs.get();
  }
  yield* container.groupLock.upWrite();
  return error;
}

function* claim({ iommuGroup }: Group, container: Container): Routine<Errno | undefined> {
  const { groups, isNoiommu } = container;
  if (groups.length > 0 && isNoiommu !== iommuGroup.noiommu) {
    return new Errno("EPERM", `${container.name} has groups of the other kind`);
  }
  if (iommuGroup.noiommu) return undefined;
  const owned = yield* iommuGroup.ownership.claimGroup(container);
  if (owned) return owned;
  const error = refusal(container, { iommuGroup });
  if (error) yield* iommuGroup.ownership.release();
  return error;
}

/** Takes the group out again. For who holds the group's lock. */
export function* detachContainer(kernel: Kernel, group: Group): Routine {
  const { container, iommuGroup, containerUsers } = group;
  assertInvariant(
    containerUsers === 1 && container !== undefined,
    "E-detach-users",
    () => `a group leaves its container with ${containerUsers} users`,
  );
  yield* container.groupLock.downWrite();
  yield* delist(container, group);
  group.container = undefined;
  group.containerUsers = 0;
  yield* container.groupLock.upWrite();
  if (!iommuGroup.noiommu) yield* iommuGroup.ownership.release();
  yield* putContainer(kernel, container);
}

/** A device of the group is opened for the first time. For who holds the group's lock. */
export function* useContainer(group: Group, who: Credentials): Routine<Errno | undefined> {
  const { container } = group;
  assertInvariant(
    container !== undefined && group.containerUsers > 0,
    "E-use",
    "a device is opened through a container that its group is not in",
  );
  if ((yield* container.driver.load()) === undefined) {
    return new Errno("EINVAL", "VFIO_SET_IOMMU has not been called");
  }
  if (group.iommuGroup.noiommu && !who.rawIo) {
    return new Errno("EPERM", "devices without an IOMMU need CAP_SYS_RAWIO");
  }
  group.containerUsers += 1;
  return undefined;
}

/** Its last file is closed. For who holds the group's lock. */
export function unuseContainer(group: Group): void {
  assertInvariant(
    group.container !== undefined && group.containerUsers > 1,
    "E-unuse",
    () => `a device is closed more often than opened: ${group.containerUsers} container users`,
  );
  group.containerUsers -= 1;
}
