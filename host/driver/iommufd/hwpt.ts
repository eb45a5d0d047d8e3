import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { BoundDevice } from "./device.js";
import { deliver, type FaultObject } from "./fault-object.js";
import type { Ioas } from "./ioas.js";
import type { IommufdObject } from "./objects.js";
import type { DriverDomain, UserData } from "./port.js";
import { References } from "./references.js";
import { accept, type Respond } from "./respond.js";
import { HWPT_ALLOC, HWPT_DATA } from "./uapi.js";
import { userData } from "./user-data.js";
import { isViommu, knows, type Viommu } from "./viommu.js";

interface HwptBase extends IommufdObject {
  readonly domain: DriverDomain;
  /** Who reads the faults of what it is attached to. */
  fault: FaultObject | undefined;
  readonly pasidCompatible: boolean;
}

/** A domain with page tables (iommufd_hwpt_paging). */
export interface PagingHwpt extends HwptBase {
  readonly type: "hwpt-paging";
  readonly ioas: Ioas;
  readonly nestParent: boolean;
  readonly dirtyTracking: boolean;
  /** Made for an IOAS id, and destroyed with its last attachment. */
  readonly auto: boolean;
}

/** A domain with a first stage of user space on top of a paging one (iommufd_hwpt_nested). */
export interface NestedHwpt extends HwptBase {
  readonly type: "hwpt-nested";
  readonly parent: PagingHwpt;
  /** Keeps the parent in its place. */
  readonly viommu: Viommu | undefined;
}

export type Hwpt = PagingHwpt | NestedHwpt;

/** Whose reference: "hwpt-paging 3". */
export function holderOf({ type, id }: IommufdObject): string {
  return `${type} ${id}`;
}

const ALL_FLAGS = Object.values(HWPT_ALLOC).reduce((sum, flag) => sum | flag, 0);

export interface HwptAllocOptions {
  /** Of `HWPT_ALLOC`. */
  readonly flags?: number;
  readonly dev_id: number;
  /** An IOAS, or a paging HWPT or a vIOMMU to nest on. */
  readonly pt_id: number;
  readonly reserved?: number;
  /** Of `HWPT_DATA`. */
  readonly data_type?: number;
  readonly data_len?: number;
  readonly data_uptr?: bigint;
  readonly fault_id?: number;
}

/** IOMMU_HWPT_ALLOC. */
export function* hwptAlloc(
  context: Context,
  options: HwptAllocOptions,
  respond: Respond<{ readonly out_hwpt_id: number }> = accept,
): Routine<{ readonly out_hwpt_id: number } | Errno> {
  const { reserved = 0, data_type = HWPT_DATA.NONE, data_len = 0, dev_id, pt_id } = options;
  if (reserved !== 0) return new Errno("EOPNOTSUPP", `reserved is ${reserved}: expected 0`);
  if ((data_type === HWPT_DATA.NONE) !== (data_len === 0)) {
    return new Errno("EINVAL", `data of type ${data_type} have ${data_len} bytes`);
  }
  const { objects } = context;
  const idev = yield* objects.get<BoundDevice>(dev_id, "device");
  if (idev instanceof Errno) return idev;
  const pt = yield* objects.get<IommufdObject>(pt_id);
  if (pt instanceof Errno) {
    yield* objects.put(idev);
    return new Errno("EINVAL", pt.message);
  }
  const hwpt = yield* allocOn(context, idev, pt, options);
  const told = hwpt instanceof Errno ? hwpt : yield* respond({ out_hwpt_id: hwpt.id });
  if (!(hwpt instanceof Errno)) {
    yield* told === 0 ? objects.finalise(hwpt) : abortHwpt(context, hwpt);
  }
  yield* objects.put(pt);
  yield* objects.put(idev);
  return told === 0 && !(hwpt instanceof Errno) ? { out_hwpt_id: hwpt.id } : (told as Errno);
}

function* allocOn(
  context: Context,
  idev: BoundDevice,
  pt: IommufdObject,
  options: HwptAllocOptions,
): Routine<Hwpt | Errno> {
  const { flags = 0, fault_id = 0, data_type = 0, data_len = 0, data_uptr = 0n } = options;
  const data =
    data_len === 0
      ? undefined
      : userData(context.process.memory, { type: data_type, length: data_len, address: data_uptr });
  const hwpt = yield* (function* (): Routine<Hwpt | Errno> {
    if (isIoas(pt)) {
      return yield* pt.mutex.hold(() => allocPagingHwpt(context, idev, pt, { flags, data }));
    }
    if (isViommu(pt))
      return yield* allocNestedHwpt(context, idev, pt.hwpt, { flags, data, on: pt });
    if (isPagingHwpt(pt)) return yield* allocNestedHwpt(context, idev, pt, { flags, data });
    return new Errno("EINVAL", `${holderOf(pt)} is neither an IOAS nor a paging HWPT`);
  })();
  if (hwpt instanceof Errno) return hwpt;
  if ((flags & HWPT_ALLOC.FAULT_ID_VALID) !== 0) {
    const found = yield* takeFaults(context, hwpt, fault_id);
    if (found !== 0) {
      yield* abortHwpt(context, hwpt);
      return found;
    }
  }
  return hwpt;
}

/** The faults of what the HWPT will be attached to go to this object. ENOENT. */
function* takeFaults(context: Context, hwpt: Hwpt, fault_id: number): Routine<0 | Errno> {
  const { objects } = context;
  const fault = yield* objects.get<FaultObject>(fault_id, "fault");
  if (fault instanceof Errno) return fault;
  yield* fault.refs.get(holderOf(hwpt));
  hwpt.fault = fault;
  hwpt.domain.iopfHandler = (group) => deliver(context, fault, group);
  yield* objects.put(fault);
  return 0;
}

interface AllocOptions {
  readonly flags: number;
  readonly data?: UserData | undefined;
  /** For an IOAS id: destroyed with its last attachment. */
  readonly auto?: boolean;
  /** For a nested one: the vIOMMU that it is for. */
  readonly on?: Viommu;
}

/** iommufd_hwpt_paging_alloc, with the mutex of the IOAS held; the id is reserved. */
export function* allocPagingHwpt(
  context: Context,
  idev: BoundDevice,
  ioas: Ioas,
  { flags, data, auto = false }: AllocOptions,
): Routine<PagingHwpt | Errno> {
  const { capabilities } = idev.device;
  const has = (flag: number) => (flags & flag) !== 0;
  const refusal = refusesFlags(idev, flags, data);
  if (refusal !== undefined) return refusal;
  const nestParent = has(HWPT_ALLOC.NEST_PARENT);
  const dirtyTracking = has(HWPT_ALLOC.DIRTY_TRACKING);
  const pasid = has(HWPT_ALLOC.PASID);
  if (dirtyTracking && !capabilities.dirtyTracking) {
    return new Errno("EOPNOTSUPP", `${idev.device.name} cannot track dirty pages`);
  }
  const domain = yield* idev.device.allocPaging({ nestParent, dirtyTracking, pasid, data });
  if (domain instanceof Errno) return domain;
  const hwpt = yield* allocate<PagingHwpt>(context, domain, {
    ...{ type: "hwpt-paging", ioas, nestParent, dirtyTracking, auto },
    pasidCompatible: pasid,
  });
  if (hwpt instanceof Errno) return hwpt;
  yield* ioas.refs.get(holderOf(hwpt));
  const added = yield* ioas.iopt.addDomain(domain);
  if (added !== 0) {
    yield* domain.free();
    yield* ioas.refs.put(holderOf(hwpt));
    yield* context.objects.abort(hwpt);
    yield* context.kernel.heap.free(hwpt);
    return added;
  }
  ioas.hwpts.push(hwpt);
  return hwpt;
}

function refusesFlags(
  { device }: BoundDevice,
  flags: number,
  data: UserData | undefined,
): Errno | undefined {
  if ((flags & ~ALL_FLAGS) !== 0) {
    return new Errno("EOPNOTSUPP", `flags are ${flags}: expected bits of ${ALL_FLAGS}`);
  }
  if ((flags !== 0 || data !== undefined) && !device.capabilities.domainFlags) {
    return new Errno("EOPNOTSUPP", `the driver of ${device.name} takes no flags`);
  }
  const both = HWPT_ALLOC.FAULT_ID_VALID | HWPT_ALLOC.NEST_PARENT;
  if ((flags & both) === both) {
    return new Errno("EOPNOTSUPP", "a parent of nested domains has no faults of its own");
  }
  return undefined;
}

/** iommufd_hwpt_nested_alloc; the id is reserved. */
function* allocNestedHwpt(
  context: Context,
  { device }: BoundDevice,
  parent: PagingHwpt,
  { flags, data, on: viommu }: AllocOptions,
): Routine<NestedHwpt | Errno> {
  const known = HWPT_ALLOC.FAULT_ID_VALID | HWPT_ALLOC.PASID;
  if ((flags & ~known) !== 0 || data === undefined || device.allocNested === undefined) {
    return new Errno("EOPNOTSUPP", `no nested domain with flags ${flags}, or without data`);
  }
  if (parent.auto || !parent.nestParent || parent.domain.owner !== device.driver) {
    return new Errno("EINVAL", `${holderOf(parent)} is no parent for ${device.name}`);
  }
  const pasid = (flags & HWPT_ALLOC.PASID) !== 0;
  const domain = yield* device.allocNested({
    ...{ parent: parent.domain, pasid, data },
    viommu: viommu && { knows: (other) => knows(viommu, other) },
  });
  if (domain instanceof Errno) return domain;
  const hwpt = yield* allocate<NestedHwpt>(context, domain, {
    ...{ type: "hwpt-nested", parent, viommu },
    pasidCompatible: pasid,
  });
  if (!(hwpt instanceof Errno)) yield* (viommu ?? parent).refs.get(holderOf(hwpt));
  return hwpt;
}

function* allocate<T extends Hwpt>(
  context: Context,
  domain: DriverDomain,
  rest: Omit<T, "id" | "refs" | "destroy" | "domain" | "fault">,
): Routine<T | Errno> {
  const { kernel, objects } = context;
  const made: { hwpt?: T } = {};
  const hwpt = yield* kernel.heap.allocate<T>("iommufd_hwpt", {
    ...rest,
    ...{ id: 0, refs: new References(kernel), domain, fault: undefined },
    destroy: () => destroyHwpt(made.hwpt!),
  } as T);
  if (hwpt === undefined) {
    yield* domain.free();
    return new Errno("ENOMEM", "no memory for a HWPT");
  }
  made.hwpt = hwpt;
  yield* objects.reserve(hwpt);
  return hwpt;
}

/** Undoes the creation of a HWPT that no call has found. */
export function* abortHwpt({ kernel, objects }: Context, hwpt: Hwpt): Routine {
  yield* hwpt.destroy();
  yield* objects.abort(hwpt);
  yield* kernel.heap.free(hwpt);
}

/** Nobody looks for the HWPT through its IOAS any more; for holders of the IOAS's mutex. */
export function unlist(hwpt: PagingHwpt): void {
  const { hwpts } = hwpt.ioas;
  const at = hwpts.indexOf(hwpt);
  if (at >= 0) hwpts.splice(at, 1);
}

function* destroyHwpt(hwpt: Hwpt): Routine {
  const { domain, fault } = hwpt;
  if (hwpt.type === "hwpt-paging") {
    const { ioas } = hwpt;
    yield* ioas.mutex.lock();
    unlist(hwpt);
    yield* ioas.mutex.unlock();
    yield* ioas.iopt.removeDomain(domain);
    yield* domain.free();
    yield* ioas.refs.put(holderOf(hwpt));
  } else {
    yield* domain.free();
    yield* (hwpt.viommu ?? hwpt.parent).refs.put(holderOf(hwpt));
  }
  if (fault !== undefined) yield* fault.refs.put(holderOf(hwpt));
}

export function isIoas(object: IommufdObject): object is Ioas {
  return object.type === "ioas";
}

function isPagingHwpt(object: IommufdObject): object is PagingHwpt {
  return object.type === "hwpt-paging";
}

export function isHwpt(object: IommufdObject): object is Hwpt {
  return object.type === "hwpt-paging" || object.type === "hwpt-nested";
}
