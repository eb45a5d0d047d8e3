import { errno } from "./protocol/errno.js";
import { dmaFlag, RequestError, type DmaMap, type DmaRange } from "./protocol/requests.js";

/** A range of guest-physical memory that a client has lent, and where it lies in its file. */
export interface DmaRegion {
  readonly start: bigint;
  /** First address behind it. */
  readonly end: bigint;
  readonly fileOffset: bigint;
  readonly writable: boolean;
  /** False once the client has taken it back. */
  readonly lent: boolean;
}

/** Most ranges that one client may have lent at a time, as VERSION tells it. */
export const MOST_DMA_REGIONS = 65535;
const ADDRESS_LIMIT = 1n << 64n;

/** The ranges that one client has lent, by address; they do not overlap. */
export class DmaRegions {
  #regions: { -readonly [K in keyof DmaRegion]: DmaRegion[K] }[] = [];

  get all(): readonly DmaRegion[] {
    return this.#regions;
  }

  /** @throws RequestError for an empty range, one beyond 64 bits, or one that overlaps another. */
  map({ address, size, offset, flags }: DmaMap): DmaRegion {
    const end = address + size;
    if (size === 0n || end > ADDRESS_LIMIT) {
      throw new RequestError(errno.EINVAL, `dmaMap of ${size} bytes at ${hex(address)}`);
    }
    if (this.#regions.length >= MOST_DMA_REGIONS) {
      throw new RequestError(errno.EINVAL, `dmaMap: ${MOST_DMA_REGIONS} ranges are mapped already`);
    }
    if (this.#regions.some((region) => region.start < end && address < region.end)) {
      throw new RequestError(errno.EINVAL, `dmaMap of ${hex(address)} overlaps what is mapped`);
    }
    const writable = (flags & dmaFlag.write) !== 0;
    const added = { start: address, end, fileOffset: offset, writable, lent: true };
    const behind = this.#regions.findIndex(({ start }) => start > address);
    this.#regions.splice(behind < 0 ? this.#regions.length : behind, 0, added);
    return added;
  }

  /** @throws RequestError unless the range is exactly one that was mapped. */
  unmap({ address, size }: DmaRange): DmaRegion {
    const index = this.#regions.findIndex(
      ({ start, end }) => start === address && end === address + size,
    );
    const found = this.#regions[index];
    if (found === undefined) {
      throw new RequestError(errno.EINVAL, `dmaUnmap of ${hex(address)}: no such range is mapped`);
    }
    this.#regions.splice(index, 1);
    found.lent = false;
    return found;
  }

  clear(): void {
    for (const region of this.#regions) region.lent = false;
    this.#regions = [];
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
