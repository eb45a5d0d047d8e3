import { clearWords, FRAME_SIZE, hex, type TableMemory } from "./table-memory.js";

/** Where tables get their memory from. What a frame contains does not matter: tables clear it. */
export interface FrameSource {
  /** Address of `count` adjacent free frames of 4 KiB, aligned to 4 KiB. */
  allocate(count: number): bigint;
}

/** The range that a FrameAllocator hands out. */
export interface FrameRange {
  /** First address, a multiple of 4 KiB. */
  readonly start: bigint;
  /** First address behind the range, a multiple of 4 KiB. */
  readonly end: bigint;
}

/** Hands out 4 KiB frames of one range in rising order; single ones from those released, if there are. */
export class FrameAllocator implements FrameSource {
  readonly start: bigint;
  readonly end: bigint;
  #next: bigint;
  readonly #released = new Set<bigint>();

  /** @throws {RangeError} if the range is empty or not aligned to 4 KiB. */
  constructor({ start, end }: FrameRange) {
    for (const [name, value] of [["start", start] as const, ["end", end] as const]) {
      if (value < 0n || value % FRAME_SIZE !== 0n) {
        throw new RangeError(`${name} ${hex(value)}: expected a multiple of 0x1000`);
      }
    }
    if (end <= start) {
      throw new RangeError(`end ${hex(end)}: expected an address above start ${hex(start)}`);
    }
    this.start = start;
    this.end = end;
    this.#next = start;
  }

  /** Frames that are free now; a run of several frames may find less, for lack of adjacent ones. */
  get free(): number {
    return Number((this.end - this.#next) / FRAME_SIZE) + this.#released.size;
  }

  /**
   * Address of `count` adjacent frames.
   * @throws {RangeError} if the range has not as many left.
   */
  allocate(count = 1): bigint {
    checkCount(count);
    if (count === 1) {
      const [frame] = this.#released;
      if (frame !== undefined) {
        this.#released.delete(frame);
        return frame;
      }
    }
    const address = this.#next;
    const next = address + BigInt(count) * FRAME_SIZE;
    if (next > this.end) {
      const left = Number((this.end - address) / FRAME_SIZE);
      throw new RangeError(
        `out of frames: ${count} adjacent frame(s) of 4 KiB asked for, ${left} left at the end of ` +
          `the range ${hex(this.start)} to ${hex(this.end)}`,
      );
    }
    this.#next = next;
    return address;
  }

  /**
   * Takes frames back. Release a table only after the caches that may know it were invalidated.
   * @throws {RangeError} if one of them is not handed out now.
   */
  release(address: bigint, count = 1): void {
    checkCount(count);
    const frames = Array.from({ length: count }, (_, i) => address + BigInt(i) * FRAME_SIZE);
    for (const frame of frames) {
      const handedOut =
        frame >= this.start &&
        frame < this.#next &&
        frame % FRAME_SIZE === 0n &&
        !this.#released.has(frame);
      if (!handedOut) {
        throw new RangeError(`frame ${hex(frame)}: expected the address of a frame in use`);
      }
    }
    for (const frame of frames) this.#released.add(frame);
  }
}

/** Adjacent frames full of zeros: a table without present entries. */
export function allocateTable(memory: TableMemory, frames: FrameSource, count = 1): bigint {
  const table = frames.allocate(count);
  clearWords(memory, table, BigInt(count) * FRAME_SIZE);
  return table;
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`count ${count}: expected a positive number of frames`);
  }
}
