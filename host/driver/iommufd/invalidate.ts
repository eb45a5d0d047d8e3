import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { holderOf, isHwpt } from "./hwpt.js";
import type { IommufdObject } from "./objects.js";
import type { NestedInvalidation } from "./port.js";
import { copiedData, userData } from "./user-data.js";
import { isViommu } from "./viommu.js";

export interface HwptInvalidateOptions {
  /** A nested HWPT, or a vIOMMU. */
  readonly hwpt_id: number;
  readonly data_uptr?: bigint;
  /** Of `HWPT_INVALIDATE_DATA`, or of the driver. */
  readonly data_type: number;
  readonly entry_len?: number;
  /** 0: only asks whether the type is known. */
  readonly entry_num: number;
  readonly reserved?: number;
}

export interface Invalidated {
  /** Entries that took effect. */
  readonly entry_num: number;
  /** What stopped it. */
  readonly error: Errno | undefined;
}

const MOST_ENTRIES = 2 ** 19;
const PAGE = 4096;

/**
 * IOMMU_HWPT_INVALIDATE: one entry after the other, up to the first mistake. The answer says how many took effect, also
 * where there is an error: EOPNOTSUPP, EINVAL, ENOENT, EFAULT, E2BIG.
 */
export function* hwptInvalidate(
  context: Context,
  options: HwptInvalidateOptions,
): Routine<Invalidated> {
  const { hwpt_id, data_uptr = 0n, entry_len = 0, entry_num, reserved = 0 } = options;
  const { objects } = context;
  if (reserved !== 0) return stopped(new Errno("EOPNOTSUPP", `reserved is ${reserved}`));
  if (entry_num > 0 && (data_uptr === 0n || entry_len === 0)) {
    return stopped(
      new Errno("EINVAL", `${entry_num} entries of ${entry_len} bytes, at ${data_uptr}`),
    );
  }
  if (entry_len > PAGE || entry_num > MOST_ENTRIES) {
    return stopped(new Errno("EINVAL", `${entry_num} entries of ${entry_len} bytes are too many`));
  }
  const object = yield* objects.get<IommufdObject>(hwpt_id);
  if (object instanceof Errno) return stopped(object);
  const invalidation = invalidationOf(object);
  const result =
    invalidation instanceof Errno
      ? stopped(invalidation)
      : yield* walk(context, invalidation, options);
  yield* objects.put(object);
  return result;
}

function invalidationOf(object: IommufdObject): NestedInvalidation | Errno {
  const name = holderOf(object);
  if (isViommu(object)) {
    return object.driver.invalidation ?? new Errno("EOPNOTSUPP", `${name} invalidates nothing`);
  }
  if (!isHwpt(object) || object.type === "hwpt-paging") {
    return new Errno("EINVAL", `${name} has no caches of user space`);
  }
  return object.domain.invalidation ?? new Errno("EOPNOTSUPP", `${name} has no invalidation`);
}

function* walk(
  { process }: Context,
  invalidation: NestedInvalidation,
  { data_type, data_uptr = 0n, entry_len = 0, entry_num }: HwptInvalidateOptions,
): Routine<Invalidated> {
  if (data_type !== invalidation.type) {
    return stopped(new Errno("EINVAL", `type ${data_type}: expected ${invalidation.type}`));
  }
  const { size } = invalidation;
  const entryAt = (at: number) => {
    const address = data_uptr + BigInt(at * entry_len);
    return userData(process.memory, { type: data_type, length: entry_len, address });
  };
  const copies: Uint8Array[] = [];
  for (let at = 0; size !== undefined && at < entry_num; at++) {
    const bytes = yield* entryAt(at).copy(size, 0);
    if (bytes instanceof Errno) return stopped(bytes);
    copies.push(bytes);
  }
  for (let done = 0; done < entry_num; done++) {
    const copied = copies[done];
    const entry = copied === undefined ? entryAt(done) : copiedData(data_type, copied);
    const result = yield* invalidation.entry(entry);
    if (result !== 0) return { entry_num: done, error: result };
  }
  return { entry_num, error: undefined };
}

function stopped(error: Errno): Invalidated {
  return { entry_num: 0, error };
}
