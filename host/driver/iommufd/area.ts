import { Errno } from "../errno.js";
import { PAGE, type IovaRange } from "./iova-space.js";
import { addressOf, type Pages, type Slice } from "./pages.js";
import type { MapRights } from "./port.js";

/** A mapped range (iopt_area). */
export interface Area {
  readonly iova: bigint;
  readonly length: bigint;
  readonly pages: Pages;
  /** Bytes from the beginning of the pages. */
  readonly offset: bigint;
  readonly rights: MapRights;
  /** What its memory is called in the heap. */
  readonly memory: object;
  /** False while it is being mapped or unmapped: nothing else may use it then. */
  ready: boolean;
  /** Once it is pinned. */
  physical: bigint | undefined;
  /** Hardware queues that lie in it. */
  locks: number;
}

/** Physical address of user memory; undefined: it cannot be pinned. */
export type Pin = (address: bigint, length: bigint) => bigint | undefined;

export function lastOf({ iova, length }: Pick<Area, "iova" | "length">): bigint {
  return iova + length - 1n;
}

/** Areas for pieces one behind the other, the first at `iova`; none is ready. */
export function areasOf(
  slices: readonly Slice[],
  { iova, rights, memory }: Pick<Area, "iova" | "rights"> & { readonly memory: readonly object[] },
): Area[] {
  let next = iova;
  return slices.map(({ pages, offset, length }, at) => {
    const begin = next;
    next += length;
    return {
      ...{ iova: begin, length, pages, offset, rights, memory: memory[at]! },
      ...{ ready: false, physical: undefined, locks: 0 },
    };
  });
}

/** What of an area lies in a range. */
export function sliceOf(area: Area, { start, last }: IovaRange): Slice {
  const from = area.iova > start ? area.iova : start;
  const to = lastOf(area) < last ? lastOf(area) : last;
  return { pages: area.pages, offset: area.offset + from - area.iova, length: to - from + 1n };
}

/** An area as two: the first with so many bytes, the second with memory of its own. */
export function halvesOf(area: Area, length: bigint, memory: object): [Area, Area] {
  const { iova, offset, physical } = area;
  return [
    { ...area, length },
    {
      ...{ ...area, memory, iova: iova + length, length: area.length - length },
      offset: offset + length,
      physical: physical === undefined ? undefined : physical + length,
    },
  ];
}

/** Whether areas without a hole between them reach up to `last`. */
export function covers(areas: readonly Area[], last: bigint): boolean {
  const end = areas.at(-1);
  return end !== undefined && lastOf(end) >= last;
}

export function isAligned(area: Area, alignment: bigint): boolean {
  return (area.iova | area.length | (addressOf(area) % PAGE)) % alignment === 0n;
}

export function notAligned(alignment: bigint): Errno {
  return new Errno("EINVAL", `expected multiples of ${alignment} bytes`);
}

export function refusesUnmap(area: Area, { start, last }: IovaRange): Errno | undefined {
  if (!area.ready) return new Errno("EBUSY", "it is being mapped or unmapped");
  if (area.locks > 0) return new Errno("EBUSY", "a hardware queue lies there");
  if (area.iova >= start && lastOf(area) <= last) return undefined;
  return new Errno("ENOENT", "the range cuts what is mapped");
}

/** The physical address of an area, which stays where it is from now on; EFAULT; EINVAL: the file is shorter. */
export function pinArea(area: Area, pin: Pin): bigint | Errno {
  const { size } = area.pages;
  if (size !== undefined && area.offset + area.length > size) {
    return new Errno("EINVAL", `the file has ${size} bytes of memory`);
  }
  const address = addressOf(area);
  area.physical ??= pin(address, area.length);
  return (
    area.physical ??
    new Errno("EFAULT", `user memory at 0x${address.toString(16)} cannot be pinned`)
  );
}

/**
 * The physical address of a range of areas without a hole between them. ENOENT: they do not reach to its end; EPERM: not to be
 * read; EINVAL: not in pages; EFAULT: cannot be pinned, or not in one piece.
 */
export function pinRange(
  areas: readonly Area[],
  { start, last }: IovaRange,
  pin: Pin,
): bigint | Errno {
  let next: bigint | undefined;
  for (const [at, area] of areas.entries()) {
    const from = at === 0 ? start : area.iova;
    const isCut =
      (addressOf(area) + from - area.iova) % PAGE !== 0n ||
      (lastOf(area) < last && (addressOf(area) + area.length) % PAGE !== 0n);
    if (isCut) return notAligned(PAGE);
    if (!area.rights.read) return new Errno("EPERM", "it is not mapped for reading");
    const pinned = pinArea(area, pin);
    if (pinned instanceof Errno) return pinned;
    if (at > 0 && next !== pinned) return new Errno("EFAULT", "it is not in one piece");
    next = pinned + area.length;
  }
  const [first] = areas;
  if (first === undefined || !covers(areas, last)) {
    return new Errno("ENOENT", `something is not mapped at 0x${start.toString(16)}`);
  }
  return first.physical! + start - first.iova;
}
