import { Errno } from "../errno.js";
import { Resource, type Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { ioasAlloc } from "./ioas.js";

const EXISTS = new Errno("EEXIST", "there is a compatibility IOAS");

/**
 * The IOAS of a context that stands in a container's place (vfio_ioas): VFIO's groups are attached to it. For user space it
 * is an IOAS like others, which may be destroyed.
 */
export class CompatIoas extends Resource {
  #id: number | undefined;
  #noIommu = false;

  /** iommufd_vfio_compat_ioas_create: makes one, unless there is one. EINVAL: `setNoIommu` came first; ENOMEM. */
  *create(context: Context): Routine<0 | Errno> {
    const made = yield* ioasAlloc(context, {}, ({ out_ioas_id }) => this.#set(out_ioas_id));
    return made instanceof Errno && made !== EXISTS ? made : 0;
  }

  /** iommufd_vfio_compat_set_no_iommu: groups without IOMMU are used, and none of the others. EINVAL: there is one. */
  setNoIommu(): Routine<0 | Errno> {
    return this.act("close", () => {
      if (this.#id !== undefined) return new Errno("EINVAL", EXISTS.message);
      this.#noIommu = true;
      return 0;
    });
  }

  /** iommufd_vfio_compat_ioas_get_id. ENODEV. */
  id(): Routine<number | Errno> {
    const look = () => this.#id ?? new Errno("ENODEV", "there is no compatibility IOAS");
    return this.act("look up", look, { kind: "read" });
  }

  /** IOMMU_VFIO_IOAS: takes another one, or none. */
  take(id: number | undefined): Routine {
    return this.act("take another for", () => {
      this.#id = id;
    });
  }

  /** Groups without IOMMU are used, and none of the others. */
  isNoIommu(): Routine<boolean> {
    return this.act("look at", () => this.#noIommu, { kind: "read" });
  }

  /** Part of the step in which an object leaves the table. */
  forget(id: number): void {
    this.kernel.touch(this, "read");
    if (this.#id !== id) return;
    this.kernel.touch(this, "write");
    this.#id = undefined;
  }

  #set(id: number): Routine<0 | Errno> {
    return this.act("set", () => {
      if (this.#noIommu) return new Errno("EINVAL", "the context serves groups without IOMMU");
      if (this.#id !== undefined) return EXISTS;
      this.#id = id;
      return 0;
    });
  }
}
