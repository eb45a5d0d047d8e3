/** A range of the physical address space, as firmware tells of it (INT 15h E820h). */
export interface MemoryMapEntry {
  readonly start: bigint;
  /** Bytes. */
  readonly size: bigint;
  readonly kind: "ram" | "reserved";
}

interface Range {
  readonly start: bigint;
  readonly size: bigint;
}

/** RAM without what is reserved in it, and all that is reserved, by address. */
export function memoryMap(
  ram: readonly { readonly start: bigint; readonly size: number }[],
  reserved: readonly Range[],
): MemoryMapEntry[] {
  let free: Range[] = ram.map(({ start, size }) => ({ start, size: BigInt(size) }));
  for (const taken of reserved) free = free.flatMap((each) => without(each, taken));
  const entries = [
    ...free.map((each) => ({ ...each, kind: "ram" as const })),
    ...reserved.map(({ start, size }) => ({ start, size, kind: "reserved" as const })),
  ];
  return entries.sort((a, b) => (a.start < b.start ? -1 : 1));
}

function without({ start, size }: Range, taken: Range): Range[] {
  const end = start + size;
  const takenEnd = taken.start + taken.size;
  if (takenEnd <= start || taken.start >= end) return [{ start, size }];
  return [
    { start, size: taken.start - start },
    { start: takenEnd, size: end - takenEnd },
  ].filter((each) => each.size > 0n);
}
