import { levelOf, type TableFormat } from "./format.js";
import type { PageRun } from "./map-pages.js";

/**
 * The largest pages that fit at both addresses, and as many of them as come in front of the place where larger ones
 * fit (iommu_pgsize). Undefined if not even the smallest fits.
 */
export function bestRun(
  { pageSizes, levels }: TableFormat,
  iova: bigint,
  physical: bigint,
  length: bigint,
): PageRun | undefined {
  const fits = (size: bigint) =>
    size <= length && ((iova | physical) & (size - 1n)) === 0n && levelOf(size) <= levels;
  const pageSize = pageSizes.filter(fits).at(-1);
  if (pageSize === undefined) return undefined;
  const next = pageSizes.find((size) => size > pageSize);
  let bytes = length;
  if (next !== undefined && ((iova ^ physical) & (next - 1n)) === 0n) {
    const toNext = next - (iova & (next - 1n));
    if (length - toNext >= next) bytes = toNext;
  }
  return { iova, physical, pageSize, count: Number(bytes / pageSize) };
}
