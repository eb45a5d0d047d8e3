import { Errno } from "../errno.js";
import { assertInvariant, Mutex, type Kernel, type Routine } from "../kernel/index.js";

/** Whom DMA of a group belongs to: a user's container or an iommufd context. */
export interface DmaOwner {
  readonly name: string;
}

/** What the devices of a group translate with. */
export type GroupDomain = "default" | "blocking" | "user";

/**
 * Who may let the devices of an IOMMU group do DMA, since Linux 5.19: kernel drivers, each of which counts, or one
 * user. Guarded by the group's mutex.
 */
export class DmaOwnership {
  readonly lock: Mutex;
  readonly #name: string;
  #count = 0;
  #owner: DmaOwner | undefined;
  #domain: GroupDomain = "default";
  #hasDefaultDomain: boolean;
  #pasids = 0;

  constructor(kernel: Kernel, name: string, hasDefaultDomain = true) {
    this.lock = new Mutex(kernel, `${name}.mutex`);
    this.#name = name;
    this.#hasDefaultDomain = hasDefaultDomain;
  }

  /** As they are, for who holds the lock, and for invariants at the end. */
  get state(): { count: number; owner: DmaOwner | undefined; domain: GroupDomain } {
    return { count: this.#count, owner: this.#owner, domain: this.#domain };
  }

  /** A user owns the group's DMA. */
  isClaimed(): Routine<boolean> {
    return this.#locked(() => this.#owner !== undefined);
  }

  /** Ahead of the probe of a driver that does DMA by the kernel's mappings (iommu_device_use_default_domain). */
  useDefaultDomain(): Routine<Errno | undefined> {
    return this.#locked(() => {
      if (!this.#hasDefaultDomain) {
        return new Errno("EPROBE_DEFER", `${this.#name} has no default domain yet`);
      }
      const isDefault = this.#domain === "default" && this.#owner === undefined;
      if (this.#count > 0 && !(isDefault && this.#pasids === 0)) {
        return new Errno(
          "EBUSY",
          `DMA of ${this.#name} belongs to ${this.#owner?.name ?? "PASIDs"}`,
        );
      }
      this.#count += 1;
      return undefined;
    });
  }

  /** That driver has left its device. */
  unuseDefaultDomain(): Routine {
    return this.#locked(() => {
      this.#assertCounted();
      this.#count -= 1;
    });
  }

  /** By the container that the group is put into: nobody else may do DMA (iommu_group_claim_dma_owner). */
  claimGroup(owner: DmaOwner): Routine<Errno | undefined> {
    return this.#locked(() => {
      if (this.#count > 0) {
        return new Errno("EPERM", `DMA of ${this.#name} has ${this.#count} users`);
      }
      return this.#take(owner);
    });
  }

  /** By the iommufd context that a device is bound to; the same one may claim again. */
  claimDevice(owner: DmaOwner): Routine<Errno | undefined> {
    return this.#locked(() => {
      if (this.#count === 0) return this.#take(owner);
      if (this.#owner !== owner) {
        return new Errno("EPERM", `DMA of ${this.#name} belongs to others than ${owner.name}`);
      }
      this.#count += 1;
      return undefined;
    });
  }

  /** Undoes a claim; with the last one the group is back in its default domain. */
  release(): Routine {
    return this.#locked(() => {
      this.#assertCounted();
      assertInvariant(
        this.#owner !== undefined && this.#pasids === 0,
        "E-owner",
        () => `${this.#name} is released by who does not own it, or with ${this.#pasids} PASIDs`,
      );
      this.#count -= 1;
      if (this.#count > 0) return;
      this.#owner = undefined;
      this.#domain = "default";
    });
  }

  /** The owner attaches a domain to the group, or takes it off. */
  attach(domain: "user" | "blocking"): Routine {
    return this.#locked(() => {
      assertInvariant(
        this.#owner !== undefined,
        "E-owner",
        () => `${this.#name} is attached to a domain of a user, and nobody owns its DMA`,
      );
      this.#domain = domain;
    });
  }

  /** Domains attached to PASIDs of the group: one more, or one less. */
  changePasids(by: 1 | -1): Routine {
    return this.#locked(() => {
      this.#pasids += by;
    });
  }

  /** The default domain is there now, or gone: before that no driver may be bound. */
  setDefaultDomain(present: boolean): Routine {
    return this.#locked(() => {
      this.#hasDefaultDomain = present;
    });
  }

  #take(owner: DmaOwner): Errno | undefined {
    if (this.#domain !== "default" || this.#pasids > 0) {
      return new Errno("EBUSY", `${this.#name} is not in its default domain`);
    }
    this.#count = 1;
    this.#owner = owner;
    this.#domain = "blocking";
    return undefined;
  }

  #assertCounted(): void {
    assertInvariant(this.#count > 0, "E-owner", () => `nobody uses DMA of ${this.#name}`);
  }

  /** All of it happens at once, between lock and unlock. */
  *#locked<T>(change: () => T): Routine<T> {
    yield* this.lock.lock();
    const result = change();
    yield* this.lock.unlock();
    return result;
  }
}
