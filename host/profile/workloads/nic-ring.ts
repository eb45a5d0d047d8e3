import type { DescriptorWords } from "./unit-software.js";
import { pagesOf, spaceOf } from "./invalidation-work.js";
import { OUTPUT, type AddressSpace } from "./world.js";

const FRAME = 4096;
const RINGS = 0x40_0000_0000;
const COMPLETIONS = 0x48_0000_0000;
const BUFFERS = 0x50_0000_0000;
const ENTRY = 16;

/** Physical memory of a ring: queues first, then pages that its buffers get in turn. */
const RING_MEMORY = 0x1_0000_0000n;
const FIRST_BUFFER = 0x2000_0000n;

/** When pages of buffers are unmapped, and what the unit caches of them is dropped. */
export type Invalidation = "strict" | "deferred" | "never";

export interface RingOptions {
  readonly sourceId: number;
  /** Among the rings, counted from 0. */
  readonly number: number;
  readonly space: AddressSpace;
  readonly entries: number;
  readonly invalidate: Invalidation;
  /** Unmapped pages that a deferred invalidation waits for. */
  readonly batch: number;
}

/** Pages of page tables that a ring needs. */
export function tablesOfRing(entries: number, batch: number): number {
  const buffers = Math.ceil((entries + batch) / 512);
  return buffers + 2 * Math.ceil((entries * ENTRY) / (FRAME * 512)) + 16;
}

/**
 * A receive ring and its driver: each entry has a buffer of one page, which is unmapped when its packet is there, and
 * another one is mapped in its place. An address that was unmapped is used again when the unit cannot have it in a
 * cache any more: at once (strict), or when the queue of such addresses is full and flushed (deferred).
 */
export class NicRing {
  readonly sourceId: number;
  readonly #options: RingOptions;
  readonly #memory: bigint;
  /** Address of the buffer of each entry. */
  readonly #buffers: Float64Array;
  /** Addresses for buffers, the last one that came free first. */
  readonly #free: number[] = [];
  /** Addresses that the unit may still have. */
  readonly #flushQueue: number[] = [];
  #pages = 0n;
  #packet: number;

  constructor(options: RingOptions, firstPacket: number) {
    const { space, entries, number, batch, invalidate } = options;
    this.#options = options;
    this.sourceId = options.sourceId;
    this.#packet = firstPacket;
    this.#memory = OUTPUT + BigInt(number) * RING_MEMORY;
    const count = Math.ceil((entries * ENTRY) / FRAME);
    space.map(BigInt(RINGS), this.#memory, { count });
    space.map(BigInt(COMPLETIONS), this.#memory + 0x1000_0000n, { count });
    this.#buffers = new Float64Array(entries);
    for (let entry = 0; entry < entries; entry++) {
      this.#buffers[entry] = BUFFERS + entry * FRAME;
      this.#mapBuffer(entry);
    }
    const spare = invalidate === "deferred" ? batch : 0;
    for (let n = spare; n > 0; n--) this.#free.push(BUFFERS + (entries + n - 1) * FRAME);
  }

  get descriptor(): number {
    return RINGS + this.#entry * ENTRY;
  }

  get buffer(): number {
    return this.#buffers[this.#entry]!;
  }

  get completion(): number {
    return COMPLETIONS + this.#entry * ENTRY;
  }

  get #entry(): number {
    return this.#packet % this.#options.entries;
  }

  /**
   * The packet is there: its buffer goes, and another one comes. In between `submit` gives the unit what it has to
   * invalidate, if it has; the answer says so.
   */
  next(submit: (descriptor: DescriptorWords) => void): boolean {
    const { invalidate, space } = this.#options;
    const entry = this.#entry;
    this.#packet++;
    if (invalidate === "never") return false;
    const address = this.#buffers[entry]!;
    space.unmap(BigInt(address), {});
    this.#flushQueue.push(address);
    const descriptor = this.#due(address);
    if (descriptor !== undefined) {
      submit(descriptor);
      this.#free.push(...this.#flushQueue.splice(0).reverse());
    }
    this.#buffers[entry] = this.#free.pop()!;
    this.#mapBuffer(entry);
    return descriptor !== undefined;
  }

  #due(address: number): DescriptorWords | undefined {
    const { invalidate, batch, space } = this.#options;
    const { domain } = space.entry;
    if (invalidate === "strict") return pagesOf(domain, 0, BigInt(address), 0);
    return this.#flushQueue.length < batch ? undefined : spaceOf(domain, 0);
  }

  #mapBuffer(entry: number): void {
    const { space, entries } = this.#options;
    // Twice as many as are in the ring at a time: none is in two entries.
    const place = this.#pages++ % BigInt(2 * entries);
    const physical = this.#memory + FIRST_BUFFER + place * BigInt(FRAME);
    space.map(BigInt(this.#buffers[entry]!), physical, {});
  }
}
