import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import { bitmapBytes, DirtyTracking } from "../page-table/index.js";
import type { Context } from "./context.js";
import { holderOf, type PagingHwpt } from "./hwpt.js";
import { HWPT_GET_DIRTY_BITMAP, HWPT_SET_DIRTY_TRACKING } from "./uapi.js";

export interface SetDirtyTrackingOptions {
  readonly hwpt_id: number;
  /** Of `HWPT_SET_DIRTY_TRACKING`: ENABLE, or 0 to end it. */
  readonly flags: number;
  readonly reserved?: number;
}

/** IOMMU_HWPT_SET_DIRTY_TRACKING. EOPNOTSUPP: flags, or a HWPT that was not made for it; ENOENT. */
export function* hwptSetDirtyTracking(
  context: Context,
  { hwpt_id, flags, reserved = 0 }: SetDirtyTrackingOptions,
): Routine<0 | Errno> {
  const { ENABLE } = HWPT_SET_DIRTY_TRACKING;
  if ((flags & ~ENABLE) !== 0 || reserved !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0 or ${ENABLE}`);
  }
  return yield* track(context, hwpt_id, (tracking) => tracking.set((flags & ENABLE) !== 0));
}

export interface GetDirtyBitmapOptions {
  readonly hwpt_id: number;
  /** Of `HWPT_GET_DIRTY_BITMAP`. */
  readonly flags?: number;
  readonly reserved?: number;
  readonly iova: bigint;
  readonly length: bigint;
  /** Bytes that a bit stands for. */
  readonly page_size: bigint;
  /** Address of the bitmap, at any byte; bits are set there and none is cleared. */
  readonly data: bigint;
}

/** Larger bitmaps are refused, so that a request cannot take all memory. */
const MOST_BYTES = 2 ** 26;

/**
 * IOMMU_HWPT_GET_DIRTY_BITMAP: a bit for each page of the range that was written, from the beginning of the range.
 * EOPNOTSUPP, ENOENT, EOVERFLOW, EINVAL; ENOMEM: more than 2^26 bytes; EFAULT.
 */
export function* hwptGetDirtyBitmap(
  context: Context,
  options: GetDirtyBitmapOptions,
): Routine<0 | Errno> {
  const { hwpt_id, flags = 0, reserved = 0, iova, length, page_size: pageSize } = options;
  const { NO_CLEAR } = HWPT_GET_DIRTY_BITMAP;
  if ((flags & ~NO_CLEAR) !== 0 || reserved !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}: expected 0 or ${NO_CLEAR}`);
  }
  const bytes = pageSize > 0n ? bitmapBytes(length, pageSize & -pageSize) : 0;
  if (bytes > MOST_BYTES) return new Errno("ENOMEM", `the bitmap has ${bytes} bytes`);
  const data = new Uint8Array(bytes);
  const noClear = (flags & NO_CLEAR) !== 0;
  const result = yield* track(context, hwpt_id, (tracking) =>
    tracking.get({ iova, length, pageSize, data, noClear }),
  );
  if (result !== 0) return result;
  const copied = yield* context.process.memory.setBits(options.data, data);
  // Linux leaves out what it cannot pin, and says nothing.
  return context.quirks.swallowsBitmapErrors ? 0 : copied;
}

function* track(
  { objects, quirks, dirtyLedger }: Context,
  hwpt_id: number,
  use: (tracking: DirtyTracking) => ReturnType<DirtyTracking["set"]>,
): Routine<0 | Errno> {
  const hwpt = yield* objects.get<PagingHwpt>(hwpt_id, "hwpt-paging");
  if (hwpt instanceof Errno) return hwpt;
  const { dirty } = hwpt.domain.paging!;
  const { iopt } = hwpt.ioas;
  const ledger = dirtyLedger(hwpt_id);
  const mapped = {
    lock: iopt.iovaLock,
    areas: () => iopt.mapped,
    alignment: iopt.alignment,
  };
  const result =
    dirty === undefined || !hwpt.dirtyTracking
      ? "EOPNOTSUPP"
      : yield* use(
          new DirtyTracking(dirty, mapped, {
            behaviour: quirks.swallowsBitmapErrors ? "strictLinux72" : "fixed",
            ...(ledger && { ledger }),
          }),
        );
  yield* objects.put(hwpt);
  return result === 0 ? 0 : new Errno(result, `dirty pages of ${holderOf(hwpt)}`);
}
