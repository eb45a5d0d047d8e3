import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { Ioas } from "./ioas.js";
import { accept, type Respond } from "./respond.js";
import { OPTION, OPTION_OP } from "./uapi.js";

export interface OptionOptions {
  /** Of `OPTION`. */
  readonly option_id: number;
  /** Of `OPTION_OP`. */
  readonly op: number;
  readonly reserved?: number;
  /** RLIMIT_MODE: 0; HUGE_PAGES: an IOAS. */
  readonly object_id: number;
  /** To be set. */
  readonly val64?: bigint;
}

/**
 * IOMMU_OPTION: sets or gets a value. EOPNOTSUPP: what is not there; EINVAL: no value of it, or large pages are switched off
 * while a domain has mappings; EPERM: no CAP_SYS_RESOURCE; EBUSY: RLIMIT_MODE changes while there are objects; EADDRINUSE,
 * ENOENT.
 */
export function* option(
  context: Context,
  { option_id, op, reserved = 0, object_id, val64 = 0n }: OptionOptions,
  respond: Respond<{ readonly val64: bigint }> = accept,
): Routine<{ readonly val64: bigint } | Errno> {
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  const setting =
    option_id === OPTION.RLIMIT_MODE
      ? rlimitMode(context, object_id)
      : option_id === OPTION.HUGE_PAGES
        ? yield* hugePages(context, object_id)
        : new Errno("EOPNOTSUPP", `there is no option ${option_id}`);
  if (setting instanceof Errno) return setting;
  let result: bigint | Errno = val64;
  if (op === OPTION_OP.GET) {
    result = setting.value();
  } else {
    const done =
      op === OPTION_OP.SET
        ? yield* setting.set(val64)
        : new Errno("EOPNOTSUPP", `op is ${op}: expected 0 (set) or 1 (get)`);
    if (done !== 0) result = done;
  }
  yield* setting.done();
  if (result instanceof Errno) return result;
  const told = yield* respond({ val64: result });
  return told === 0 ? { val64: result } : told;
}

interface Setting {
  value(): bigint;
  set(value: bigint): Routine<0 | Errno>;
  /** Nothing is done with it any more. */
  done(): Routine;
}

function noValue(value: bigint): Errno {
  return new Errno("EINVAL", `the value is ${value}: expected 0 or 1`);
}

/** How pinned memory is accounted: by user, or by process (1). Only the number is kept: nothing is accounted. */
function rlimitMode(context: Context, object_id: number): Setting | Errno {
  if (object_id !== 0) return new Errno("EOPNOTSUPP", `object_id is ${object_id}: expected 0`);
  const { settings, objects, canRaiseLimits } = context;
  return {
    value: () => BigInt(settings.rlimitMode),
    *set(value) {
      if (!canRaiseLimits) return new Errno("EPERM", "the process has no CAP_SYS_RESOURCE");
      return yield* objects.act("set the accounting of", () => {
        if (!objects.isEmpty) return new Errno("EBUSY", "there are objects");
        if (value > 1n) return noValue(value);
        settings.rlimitMode = Number(value);
        return 0;
      });
    },
    *done() {
      // There is no object.
    },
  };
}

function* hugePages({ objects }: Context, object_id: number): Routine<Setting | Errno> {
  const ioas = yield* objects.get<Ioas>(object_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const { iopt } = ioas;
  return {
    value: () => (iopt.hasLargePages ? 1n : 0n),
    *set(value) {
      return value > 1n ? noValue(value) : yield* iopt.setLargePages(value === 1n);
    },
    done: () => objects.put(ioas),
  };
}
