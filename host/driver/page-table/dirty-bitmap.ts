import { hex } from "../../tables/table-memory.js";

/**
 * Bits of a user's buffer, one for each page of a range of addresses (iova_bitmap): bit 0 of byte 0 is the first page
 * of the range. Bits are only set; whoever wants them clear clears them before.
 */
export class DirtyBitmap {
  readonly iova: bigint;
  readonly length: bigint;
  readonly pageSize: bigint;
  readonly #data: Uint8Array;
  readonly #shift: bigint;

  /**
   * @param data the buffer, which may begin at any byte of its memory.
   * @throws RangeError if it is shorter than the range needs.
   */
  constructor(iova: bigint, length: bigint, pageSize: bigint, data: Uint8Array) {
    this.iova = iova;
    this.length = length;
    this.pageSize = pageSize;
    // What counts of a page size is its lowest bit.
    let shift = 0n;
    while (((pageSize >> shift) & 1n) === 0n) shift += 1n;
    this.#shift = shift;
    const needed = bitmapBytes(length, 1n << shift);
    if (data.length < needed) {
      throw new RangeError(
        `the bitmap has ${data.length} bytes: expected ${needed} for ${hex(length)} bytes in ` +
          `pages of ${hex(1n << shift)}`,
      );
    }
    this.#data = data;
  }

  /** Marks every page that any of these bytes lies in; what lies outside the range is left out. */
  set(iova: bigint, length: bigint): void {
    const first = iova > this.iova ? iova - this.iova : 0n;
    const end = iova + length - this.iova < this.length ? iova + length - this.iova : this.length;
    if (end <= first) return;
    const last = Number((end - 1n) >> this.#shift);
    for (let bit = Number(first >> this.#shift); bit <= last; bit++) {
      this.#data[bit >> 3]! |= 1 << (bit & 7);
    }
  }

  /** Whether the page of an address of the range is marked. */
  has(iova: bigint): boolean {
    const bit = Number((iova - this.iova) >> this.#shift);
    return (this.#data[bit >> 3]! & (1 << (bit & 7))) !== 0;
  }
}

/** Bytes that a bitmap of a range takes. */
export function bitmapBytes(length: bigint, pageSize: bigint): number {
  return Math.ceil(Number((length + pageSize - 1n) / pageSize) / 8);
}
