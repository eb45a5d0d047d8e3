import fc from "fast-check";

/** The values that an arbitrary draws. */
export type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;

const index = fc.constantFrom(0n, 1n, 511n);

/** Indexes from level 5 to level 1. Few distinct ones, so that pages meet in tables and overlap. */
export const place = fc.tuple(index, index, index, index, index);

/** The input address of a place in a table of so many levels, at the start of a page of `size`. */
export function iovaAt(
  { levels, canonical }: { readonly levels: number; readonly canonical: boolean },
  indexes: Drawn<typeof place>,
  size: number,
): bigint {
  const used = indexes.slice(5 - levels);
  const iova = used.reduce<bigint>((sum, value) => sum * 512n + value, 0n) << 12n;
  const width = BigInt(12 + 9 * levels);
  const aligned = iova - (iova % BigInt(size));
  const upper = canonical && aligned >> (width - 1n) === 1n;
  return upper ? aligned + 2n ** 64n - 2n ** width : aligned;
}
