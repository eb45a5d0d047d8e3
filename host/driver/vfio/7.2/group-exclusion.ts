import { Errno } from "../../errno.js";
import { assertInvariant, type Routine } from "../../kernel/index.js";
import type { Credentials } from "../vfio.js";
import type { Group, GroupFile72 } from "./group.js";

/**
 * How the group's file and the files of its devices exclude each other:
 * - "locked": with the group's lock (7.2; the default).
 * - "unlocked": looked at, and then noted, without it.
 */
export type ExclusionName = "locked" | "unlocked";

/** A group is used through its own file, or through those of its devices, never both at a time. */
export class GroupExclusion {
  readonly #isLocked: boolean;

  constructor(name: ExclusionName) {
    this.#isLocked = name === "locked";
  }

  *lock({ groupLock }: Group): Routine {
    if (this.#isLocked) yield* groupLock.lock();
  }

  *unlock({ groupLock }: Group): Routine {
    if (this.#isLocked) yield* groupLock.unlock();
  }

  /** Why the group's file cannot be opened. For who holds the lock. */
  *groupRefusal(group: Group, who: Credentials): Routine<Errno | undefined> {
    if (group.drivers.value === 0) return new Errno("ENODEV", "the last driver has left the group");
    if (group.iommuGroup.noiommu && !who.rawIo) {
      return new Errno("EPERM", "devices without an IOMMU need CAP_SYS_RAWIO");
    }
    if ((yield* group.cdevDeviceOpenCount.load()) > 0) {
      return new Errno("EBUSY", "a device of the group is bound through its own file");
    }
    const opened = yield* group.openedFile.load();
    return opened === undefined ? undefined : new Errno("EBUSY", "the group is open");
  }

  *openGroup(group: Group, file: GroupFile72): Routine {
    yield* group.openedFile.store(file);
    assertExclusive(group);
  }

  /** A device is about to be bound through its own file: the group's stays closed. */
  *blockGroup(group: Group): Routine<Errno | undefined> {
    yield* this.lock(group);
    const opened = yield* group.openedFile.load();
    if (opened === undefined) {
      yield* group.cdevDeviceOpenCount.update((count) => count + 1);
      assertExclusive(group);
    }
    yield* this.unlock(group);
    return opened && new Errno("EBUSY", "the group is open");
  }

  *unblockGroup(group: Group): Routine {
    yield* this.lock(group);
    yield* group.cdevDeviceOpenCount.update((count) => {
      assertInvariant(count > 0, "E-exclusive", "the group is unblocked more often than blocked");
      return count - 1;
    });
    yield* this.unlock(group);
  }
}

/** E-exclusive: the group's file is open, or files of its devices are bound. */
function assertExclusive({ openedFile, cdevDeviceOpenCount }: Group): void {
  assertInvariant(
    openedFile.value === undefined || cdevDeviceOpenCount.value === 0,
    "E-exclusive",
    "the group is open, and a device of it is bound through its own file",
  );
}
