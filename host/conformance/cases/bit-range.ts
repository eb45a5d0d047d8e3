/** The numbers of the bits `low` to `high`, for cases that try each of them. */
export function bitRange(low: number, high: number): number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}
