import type { TableMemory } from "../../tables/table-memory.js";
import { readWord, writeWord } from "../../tables/table-memory.js";
import { wait, type QueueDescriptor } from "./descriptors.js";

/** Descriptors that a driver's ring has room for, whatever their width. */
const RING_SLOTS = 256;
/** What a wait descriptor writes when all before it is done. */
const DONE = 2;
const STATUS_BYTES = 8n;

type SlotState = "free" | "in use" | "aborted";

/** Descriptors that were queued together, and the wait behind them. */
export interface Submission {
  /** Slot of the first. */
  readonly first: number;
  /** Slot of the wait. */
  readonly wait: number;
  readonly slots: number;
}

/** The invalidation queue in guest memory, and a status word for each of its slots. */
export class QueueRing {
  /** 128-bit descriptors: 4 KiB; 256-bit ones: 8 KiB. */
  static readonly frames = { narrow: 1, wide: 2 } as const;

  readonly #memory: TableMemory;
  readonly #base: bigint;
  readonly #status: bigint;
  /** Words of a descriptor. */
  readonly #words: 2 | 4;
  readonly #states: SlotState[] = new Array<SlotState>(RING_SLOTS).fill("free");
  #next = 0;
  #oldest = 0;
  #free = RING_SLOTS;

  /** `status`: a frame for the status words. */
  constructor(
    memory: TableMemory,
    place: { readonly base: bigint; readonly status: bigint; readonly wide: boolean },
  ) {
    this.#memory = memory;
    this.#base = place.base;
    this.#status = place.status;
    this.#words = place.wide ? 4 : 2;
  }

  get bytesPerSlot(): number {
    return 8 * this.#words;
  }

  /** Value for IQT: behind the last descriptor that was queued. */
  get tail(): number {
    return this.#next * this.bytesPerSlot;
  }

  /** Whether so many descriptors fit, with their wait and one slot that stays empty. */
  hasRoomFor(count: number): boolean {
    return this.#free >= count + 2;
  }

  slotAt(offset: bigint): number {
    return Number(offset) / this.bytesPerSlot;
  }

  /** Writes descriptors and a wait behind them; the caller moves IQT to `tail`. */
  fill(descriptors: readonly QueueDescriptor[], drain: boolean): Submission {
    const slots = descriptors.length + 1;
    if (!this.hasRoomFor(descriptors.length)) {
      throw new RangeError(`${descriptors.length} descriptors: the ring has ${this.#free} free`);
    }
    const first = this.#next;
    const waitSlot = (first + descriptors.length) % RING_SLOTS;
    const last = wait(this.#statusAddress(waitSlot), DONE, drain);
    for (const { words } of [...descriptors, last]) {
      this.#write(this.#next, words);
      writeWord(this.#memory, this.#statusAddress(this.#next), 0n);
      this.#states[this.#next] = "in use";
      this.#next = (this.#next + 1) % RING_SLOTS;
    }
    this.#free -= slots;
    return { first, wait: waitSlot, slots };
  }

  isDone({ wait }: Submission): boolean {
    const status = readWord(this.#memory, this.#statusAddress(wait));
    return this.#states[wait] === "in use" && status === BigInt(DONE);
  }

  isAborted({ wait }: Submission): boolean {
    return this.#states[wait] === "aborted";
  }

  /**
   * After a time-out (§6.5.2.11): waits ahead of IQH that are not done never will be. Those from IQH on
   * the unit has not fetched: it comes to them yet.
   */
  abortFetched(head: bigint): void {
    const before = (slot: number) => (slot + RING_SLOTS - 1) % RING_SLOTS;
    const unfetched = before(this.#next);
    let slot = before(this.slotAt(head));
    do {
      const status = readWord(this.#memory, this.#statusAddress(slot));
      const pending = this.#states[slot] === "in use" && status !== BigInt(DONE);
      if (pending) this.#states[slot] = "aborted";
      slot = before(slot);
    } while (slot !== unfetched);
  }

  /** Puts the wait of a submission in the place of one of its descriptors, which the unit refused. */
  replaceByWait(slot: number, submission: Submission): void {
    this.#write(slot, this.#read(submission.wait));
  }

  holds({ first, slots }: Submission, slot: number): boolean {
    return (slot - first + RING_SLOTS) % RING_SLOTS < slots;
  }

  /** Nobody waits for the submission any more. */
  release({ first, slots }: Submission): void {
    for (let i = 0; i < slots; i++) this.#states[(first + i) % RING_SLOTS] = "free";
    while (this.#free < RING_SLOTS && this.#states[this.#oldest] === "free") {
      this.#oldest = (this.#oldest + 1) % RING_SLOTS;
      this.#free += 1;
    }
  }

  #statusAddress(slot: number): bigint {
    return this.#status + BigInt(slot) * STATUS_BYTES;
  }

  #address(slot: number, word: number): bigint {
    return this.#base + BigInt(slot * this.bytesPerSlot + 8 * word);
  }

  #write(slot: number, words: readonly bigint[]): void {
    for (let word = 0; word < this.#words; word++) {
      writeWord(this.#memory, this.#address(slot, word), words[word] ?? 0n);
    }
  }

  #read(slot: number): bigint[] {
    return Array.from({ length: this.#words }, (_, word) =>
      readWord(this.#memory, this.#address(slot, word)),
    );
  }
}
