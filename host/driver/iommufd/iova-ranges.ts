import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { Ioas } from "./ioas.js";
import type { IovaRange } from "./iova-space.js";
import { accept, type Respond } from "./respond.js";
import { iommuIovaRange } from "./uapi.js";

export interface IovaRangesOptions {
  readonly ioas_id: number;
  /** Ranges that there is room for at `allowed_iovas`. */
  readonly num_iovas: number;
  readonly reserved?: number;
  readonly allowed_iovas?: bigint;
}

export interface IovaRanges {
  /** Ranges that there are. */
  readonly num_iovas: number;
  /** What addresses and lengths of mappings are multiples of, in bytes. */
  readonly out_iova_alignment: bigint;
}

/**
 * IOMMU_IOAS_IOVA_RANGES: what can be mapped, which changes with every domain and every device. EOPNOTSUPP, ENOENT, EFAULT;
 * EMSGSIZE: there are more than there is room for, and the answer says how many.
 */
export function* ioasIovaRanges(
  context: Context,
  { ioas_id, num_iovas, reserved = 0, allowed_iovas = 0n }: IovaRangesOptions,
  respond: Respond<IovaRanges> = accept,
): Routine<IovaRanges | Errno> {
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  const { objects, process } = context;
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const { iopt } = ioas;
  yield* iopt.iovaLock.downRead();
  const { ranges, alignment } = iopt;
  let result: 0 | Errno = 0;
  for (const [at, range] of ranges.slice(0, num_iovas).entries()) {
    const place = allowed_iovas + BigInt(at * iommuIovaRange.bytes);
    if (result === 0) {
      result = yield* process.memory.copyOut(place, iommuIovaRange.encode({ ...range }));
    }
  }
  const answer = { num_iovas: ranges.length, out_iova_alignment: alignment };
  if (result === 0) result = yield* respond(answer);
  if (result === 0 && ranges.length > num_iovas) {
    result = new Errno("EMSGSIZE", `there are ${ranges.length} ranges, and room for ${num_iovas}`);
  }
  yield* iopt.iovaLock.upRead();
  yield* objects.put(ioas);
  return result === 0 ? answer : result;
}

export interface AllowIovasOptions {
  readonly ioas_id: number;
  readonly num_iovas: number;
  readonly reserved?: number;
  /** Where so many ranges lie. */
  readonly allowed_iovas?: bigint;
}

/**
 * IOMMU_IOAS_ALLOW_IOVAS: ranges that no domain and no device may take away; places for mappings are looked for there alone. They
 * replace those of the last call. EOPNOTSUPP, ENOENT, EFAULT, ENOMEM; EINVAL: a range of one address or less, or
 * two that overlap; EADDRINUSE: some of it is reserved.
 */
export function* ioasAllowIovas(
  context: Context,
  { ioas_id, num_iovas, reserved = 0, allowed_iovas = 0n }: AllowIovasOptions,
): Routine<0 | Errno> {
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  const { objects, kernel } = context;
  const ioas = yield* objects.get<Ioas>(ioas_id, "ioas");
  if (ioas instanceof Errno) return ioas;
  const nodes: AllowedNode[] = [];
  const loaded = yield* load(context, nodes, { num_iovas, allowed_iovas });
  const result = loaded === 0 ? yield* ioas.iopt.allow(nodes.map(({ range }) => range)) : loaded;
  const unused = result === 0 ? ioas.allowed.splice(0, ioas.allowed.length, ...nodes) : nodes;
  for (const node of unused) yield* kernel.heap.free(node);
  yield* objects.put(ioas);
  return result;
}

/** A range that user space wants to keep; memory of the heap (iopt_allowed). */
export interface AllowedNode {
  readonly range: IovaRange;
}

function* load(
  { kernel, process }: Context,
  nodes: AllowedNode[],
  { num_iovas, allowed_iovas }: { readonly num_iovas: number; readonly allowed_iovas: bigint },
): Routine<0 | Errno> {
  for (let at = 0; at < num_iovas; at++) {
    const place = allowed_iovas + BigInt(at * iommuIovaRange.bytes);
    const bytes = yield* process.memory.copyIn(place, iommuIovaRange.bytes);
    if (bytes instanceof Errno) return bytes;
    const range = iommuIovaRange.decode(bytes);
    const overlaps = ({ range: other }: AllowedNode) =>
      other.start <= range.last && range.start <= other.last;
    if (range.start >= range.last || nodes.some(overlaps)) {
      return new Errno(
        "EINVAL",
        `range 0x${range.start.toString(16)} is empty, or overlaps others`,
      );
    }
    const node = yield* kernel.heap.allocate<AllowedNode>("iopt_allowed", { range });
    if (node === undefined) return new Errno("ENOMEM", "no memory for a range");
    nodes.push(node);
  }
  return 0;
}
