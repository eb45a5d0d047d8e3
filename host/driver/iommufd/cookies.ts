import { Resource, type Kernel } from "../kernel/index.js";
import type { Group } from "../iopf/index.js";

/**
 * How a group that user space has read is named in its answer:
 * - "lowest": the lowest number that is free, from 1 up (Linux; the default);
 * - "cyclic": the next number, from 1 up, beginning again behind `last`;
 * - "generation": a slot in the low 16 bits, and how often it was used in the high ones, up to `last`;
 * - "grpid": the index that the device gave the group (a version under review): of two groups with the same
 *   index only the first is known;
 * - "tuple": device, PASID and index: likewise, and for up to 8 devices.
 */
export type CookieKind = "lowest" | "cyclic" | "generation" | "grpid" | "tuple";

export interface CookieOptions {
  /** Default "lowest". */
  readonly kind?: CookieKind;
  /** The largest number. Default 2^32 - 1. */
  readonly last?: number;
}

const LAST = 2 ** 32 - 1;
const SLOT_BITS = 16;
const INDEX_BITS = 9;
const PASID_BITS = 20;
const TUPLE_DEVICES = 8;

/** Groups that user space has read and not answered, by cookie: guarded by the mutex of the fault object. */
export class Cookies extends Resource {
  readonly #kind: CookieKind;
  readonly #last: number;
  readonly #groups = new Map<number, Group>();
  readonly #generations: number[] = [];
  readonly #devices: number[] = [];
  #next = 1;
  /** No lower number is free. */
  #lowestFree = 1;

  constructor(kernel: Kernel, { kind = "lowest", last = LAST }: CookieOptions = {}) {
    super(kernel, "response cookies");
    if (!Number.isInteger(last) || last < 1 || last > LAST) {
      throw new RangeError(`last is ${last}: expected 1 to ${LAST}`);
    }
    if (kind === "generation" && last < 2 ** SLOT_BITS - 1) {
      throw new RangeError(
        `last is ${last}: expected ${2 ** SLOT_BITS - 1} or more, for all slots`,
      );
    }
    this.#kind = kind;
    this.#last = last;
  }

  /** Part of a step: a cookie for a group of this device; undefined if there is none left. */
  insert(group: Group, deviceId: number): number | undefined {
    this.kernel.touch(this, "write");
    const cookie = this.#choose(group, deviceId);
    // With cookies that a device can choose, the second group of the name is not kept.
    if (cookie !== undefined && !this.#groups.has(cookie)) this.#groups.set(cookie, group);
    return cookie;
  }

  /** Part of a step. */
  find(cookie: number): Group | undefined {
    this.kernel.touch(this, "read");
    return this.#groups.get(cookie);
  }

  /** Part of a step. */
  erase(cookie: number): void {
    this.kernel.touch(this, "write");
    this.#groups.delete(cookie);
    this.#lowestFree = Math.min(this.#lowestFree, cookie);
  }

  /** Part of a step: from now on 0 is a cookie like others (kind "lowest"). */
  freeZero(): void {
    this.kernel.touch(this, "write");
    this.#lowestFree = 0;
  }

  /** Part of a step: how many there are. */
  get size(): number {
    this.kernel.touch(this, "read");
    return this.#groups.size;
  }

  /** Part of a step: what has a cookie, in no order. */
  get groups(): Iterable<Group> {
    this.kernel.touch(this, "read");
    return this.#groups.values();
  }

  /** Part of a step: in the order of the cookies. */
  get entries(): readonly (readonly [cookie: number, group: Group])[] {
    this.kernel.touch(this, "read");
    return [...this.#groups].sort(([one], [other]) => one - other);
  }

  #choose(group: Group, deviceId: number): number | undefined {
    switch (this.#kind) {
      case "lowest":
        return this.#lowest();
      case "cyclic":
        return this.#cyclic();
      case "generation":
        return this.#generation();
      case "grpid":
        return group.last.grpid;
      case "tuple":
        return this.#tuple(group, deviceId);
    }
  }

  #lowest(): number | undefined {
    while (this.#groups.has(this.#lowestFree)) this.#lowestFree += 1;
    return this.#lowestFree <= this.#last ? this.#lowestFree : undefined;
  }

  #cyclic(): number | undefined {
    for (let tries = 0; tries <= this.#groups.size; tries++) {
      const cookie = this.#next;
      this.#next = cookie === this.#last ? 1 : cookie + 1;
      if (!this.#groups.has(cookie)) return cookie;
    }
    return undefined;
  }

  #generation(): number | undefined {
    const used = new Set([...this.#groups.keys()].map((cookie) => cookie % 2 ** SLOT_BITS));
    let slot = 0;
    while (used.has(slot)) slot += 1;
    if (slot >= 2 ** SLOT_BITS) return undefined;
    const generations = Math.floor((this.#last + 1) / 2 ** SLOT_BITS);
    const generation = ((this.#generations[slot] ?? 0) + 1) % generations;
    this.#generations[slot] = generation;
    return generation * 2 ** SLOT_BITS + slot;
  }

  #tuple({ last }: Group, deviceId: number): number | undefined {
    let device = this.#devices.indexOf(deviceId);
    if (device < 0) device = this.#devices.push(deviceId) - 1;
    if (device >= TUPLE_DEVICES) return undefined;
    const pasid = last.pasid ?? 0;
    return (device * 2 ** PASID_BITS + pasid) * 2 ** INDEX_BITS + last.grpid;
  }
}
