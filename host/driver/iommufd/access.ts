import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { Ioas } from "./ioas.js";
import { LAST, PAGE, type IovaRange } from "./iova-space.js";
import type { IommufdObject } from "./objects.js";
import { References } from "./references.js";

/** The kernel's own look into an address space, which pins what it looks at (iommufd_access). */
export interface Access extends IommufdObject {
  readonly type: "access";
}

/** What is pinned, and where it is. */
export interface PinnedRange {
  readonly access: Access;
  readonly ioas: Ioas;
  readonly range: IovaRange;
  readonly physical: bigint;
}

const KERNEL = "the kernel";

// eslint-disable-next-line require-yield -- what it holds goes with `unpin`
function* nothing(): Routine {
  return;
}

/**
 * Pins the pages of a range, and keeps them mapped. ERANGE: beyond 2^64; ENOMEM; EADDRINUSE: what is mapped is not in
 * pages; and what pinning says.
 */
export function* pinRange(
  context: Context,
  ioas: Ioas,
  { iova, length }: { readonly iova: bigint; readonly length: bigint },
): Routine<PinnedRange | Errno> {
  const { kernel, objects } = context;
  const offset = iova % PAGE;
  const whole = ((offset + length + PAGE - 1n) / PAGE) * PAGE;
  if (offset + length + PAGE - 1n > LAST) return new Errno("ERANGE", "the range is too long");
  const list = yield* kernel.heap.allocate("pages", { whole });
  if (list === undefined) return new Errno("ENOMEM", "no memory for a list of pages");
  const access = yield* makeAccess(context);
  if (access instanceof Errno) {
    yield* kernel.heap.free(list);
    return access;
  }
  const start = iova - offset;
  const range = { start, last: start + whole - 1n };
  const physical = yield* attachAndLock(access, ioas, range);
  yield* kernel.heap.free(list);
  if (!(physical instanceof Errno)) return { access, ioas, range, physical: physical + offset };
  yield* objects.removeOwned(access, KERNEL);
  yield* kernel.heap.free(access);
  return physical;
}

export function* unpin({ kernel, objects }: Context, pinned: PinnedRange): Routine {
  const { access, ioas, range } = pinned;
  yield* ioas.iopt.unlock(range);
  yield* detach(access, ioas);
  const removed = yield* objects.removeOwned(access, KERNEL);
  if (removed !== 0) kernel.warn(removed.message);
  else yield* kernel.heap.free(access);
}

function* makeAccess({ kernel, objects }: Context): Routine<Access | Errno> {
  const access = yield* kernel.heap.allocate<Access>("iommufd_access", {
    ...{ type: "access", id: 0, refs: new References(kernel), destroy: nothing },
  });
  if (access === undefined) return new Errno("ENOMEM", "no memory for an access");
  yield* objects.reserve(access);
  yield* access.refs.get(KERNEL);
  yield* objects.finalise(access);
  return access;
}

function* attachAndLock(access: Access, ioas: Ioas, range: IovaRange): Routine<bigint | Errno> {
  const added = yield* ioas.iopt.addAccess(access);
  if (added !== 0) return added;
  yield* ioas.refs.get(`access ${access.id}`);
  const physical = yield* ioas.iopt.lock(range);
  if (physical instanceof Errno) yield* detach(access, ioas);
  return physical;
}

function* detach(access: Access, ioas: Ioas): Routine {
  yield* ioas.iopt.removeAccess(access);
  yield* ioas.refs.put(`access ${access.id}`);
}
