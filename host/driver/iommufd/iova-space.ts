/** Addresses, the last one included. */
export interface IovaRange {
  readonly start: bigint;
  readonly last: bigint;
}

interface Reservation extends IovaRange {
  readonly owner: object;
}

export interface Placement {
  readonly length: bigint;
  /** A power of 2. */
  readonly alignment: bigint;
  /** Offset of the place within a page. */
  readonly offset: bigint;
}

/** The last address of 64 bits. */
export const LAST = (1n << 64n) - 1n;
/** PAGE_SIZE of the processor. */
export const PAGE = 0x1000n;
/** Where a place is looked for if nothing else is said: never at 0. */
const ANYWHERE: IovaRange = { start: PAGE, last: LAST - PAGE };

/** Which addresses of an I/O address space may be mapped (reserved_itree and allowed_itree of io_pagetable). */
export class IovaSpace {
  #reserved: Reservation[] = [];
  #allowed: readonly IovaRange[] = [];

  /** Nothing may be mapped there until `release`. */
  reserve(range: IovaRange, owner: object): void {
    this.#reserved.push({ ...range, owner });
  }

  /** Ends all that `owner` has reserved. */
  release(owner: object): void {
    this.#reserved = this.#reserved.filter((each) => each.owner !== owner);
  }

  isReserved(range: IovaRange): boolean {
    return this.#reserved.some((each) => overlap(each, range));
  }

  /** User space wants to keep some of these addresses. */
  isWanted(range: IovaRange): boolean {
    return this.#allowed.some((each) => overlap(each, range));
  }

  /** What user space wants to keep from now on: false, and no change, if some of it is reserved. */
  allow(ranges: readonly IovaRange[]): boolean {
    if (ranges.some((range) => this.isReserved(range))) return false;
    this.#allowed = ranges;
    return true;
  }

  /** What is not reserved, in order. */
  get ranges(): IovaRange[] {
    return holes({ start: 0n, last: LAST }, this.#reserved);
  }

  /** The lowest place that is neither reserved nor `used`, in what user space wants to keep if it wants something. */
  place(placement: Placement, used: Iterable<IovaRange>): bigint | undefined {
    const taken = [...this.#reserved, ...used];
    const wanted = this.#allowed.length === 0 ? [ANYWHERE] : united(this.#allowed);
    for (const each of wanted) {
      const within = cut(each, ANYWHERE);
      const start = within && firstFit(within, placement);
      if (start === undefined) continue;
      for (const hole of holes({ start, last: within!.last }, taken)) {
        const found = firstFit(hole, placement);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

/** A place for memory at `address`: aligned as that is, up to `most` bytes, so that large pages are possible. */
export function placement(address: bigint, length: bigint, most: bigint): Placement {
  let alignment = length === 1n ? 1n : 1n << BigInt((length - 1n).toString(2).length);
  if (address !== 0n && (address & -address) < alignment) alignment = address & -address;
  if (alignment > most) alignment = most;
  return { length, alignment, offset: address % PAGE };
}

/** What is below a range, and above. */
export function outside({ start, last }: IovaRange): IovaRange[] {
  return [
    ...(start > 0n ? [{ start: 0n, last: start - 1n }] : []),
    ...(last < LAST ? [{ start: last + 1n, last: LAST }] : []),
  ];
}

function overlap(one: IovaRange, other: IovaRange): boolean {
  return one.start <= other.last && other.start <= one.last;
}

function cut(one: IovaRange, other: IovaRange): IovaRange | undefined {
  if (!overlap(one, other)) return undefined;
  return {
    start: one.start > other.start ? one.start : other.start,
    last: one.last < other.last ? one.last : other.last,
  };
}

/** In order, and what touches as one. */
function united(ranges: readonly IovaRange[]): IovaRange[] {
  const result: { start: bigint; last: bigint }[] = [];
  for (const range of [...ranges].sort((one, other) => (one.start < other.start ? -1 : 1))) {
    const before = result.at(-1);
    if (before === undefined || range.start > before.last + 1n) result.push({ ...range });
    else if (range.last > before.last) before.last = range.last;
  }
  return result;
}

function holes({ start, last }: IovaRange, taken: readonly IovaRange[]): IovaRange[] {
  const result: IovaRange[] = [];
  let at = start;
  for (const each of united(taken)) {
    if (each.last < at) continue;
    if (each.start > last) break;
    if (each.start > at) result.push({ start: at, last: each.start - 1n });
    at = each.last + 1n;
  }
  if (at <= last) result.push({ start: at, last });
  return result;
}

/** As Linux has it: the last address of a range is no beginning, not even of one byte. */
function firstFit({ start, last }: IovaRange, placement: Placement): bigint | undefined {
  const { length, alignment, offset } = placement;
  const aligned = (((start + alignment - 1n) / alignment) * alignment) | offset;
  return aligned < last && last - aligned >= length - 1n ? aligned : undefined;
}
