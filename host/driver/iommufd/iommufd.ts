import { Errno } from "../errno.js";
import { NO_PASID, type Behaviour, type Iopf } from "../iopf/index.js";
import type { Kernel, Routine } from "../kernel/index.js";
import type { DirtyLedger } from "../page-table/index.js";
import { attachHwpt, detachHwpt, replaceHwpt } from "./attach.js";
import { changePt, putHwpt, type Change } from "./change-pt.js";
import { CompatIoas } from "./compat-ioas.js";
import type { Context, TeardownStep } from "./context.js";
import type { CookieOptions } from "./cookies.js";
import { bind, unbind, type BoundDevice } from "./device.js";
import { faultQueueAlloc } from "./fault-queue-alloc.js";
import { putFile, UserProcess, type OpenFile } from "./files.js";
import { GroupTable } from "./group.js";
import { hwptAlloc, type HwptAllocOptions } from "./hwpt.js";
import {
  ioasAlloc,
  ioasMap,
  ioasUnmap,
  type IoasMapOptions,
  type IoasUnmapOptions,
} from "./ioas.js";
import {
  hwptGetDirtyBitmap,
  hwptSetDirtyTracking,
  type GetDirtyBitmapOptions,
  type SetDirtyTrackingOptions,
} from "./dirty.js";
import { ioasChangeProcess } from "./change-process.js";
import { getHwInfo, type HwInfo, type HwInfoOptions } from "./hw-info.js";
import { hwQueueAlloc, type HwQueueAllocOptions } from "./hw-queue.js";
import { ioasCopy, type IoasCopyOptions } from "./ioas-copy.js";
import { ioasMapFile, type IoasMapFileOptions } from "./map-file.js";
import {
  ioasAllowIovas,
  ioasIovaRanges,
  type AllowIovasOptions,
  type IovaRanges,
  type IovaRangesOptions,
} from "./iova-ranges.js";
import { PAGE } from "./iova-space.js";
import { option, type OptionOptions } from "./option.js";
import { vfioIoas, type VfioIoasOptions } from "./vfio-ioas.js";
import { hwptInvalidate, type HwptInvalidateOptions, type Invalidated } from "./invalidate.js";
import { ioctl } from "./ioctl.js";
import { ObjectTable, type IommufdObject } from "./objects.js";
import type { IommuDevice } from "./port.js";
import { reportEvent, veventqAlloc, type VeventqAllocOptions, type VeventqIds } from "./veventq.js";
import {
  vdeviceAlloc,
  viommuAlloc,
  type VdeviceAllocOptions,
  type Viommu,
  type ViommuAllocOptions,
} from "./viommu.js";
import { iommufdQuirksOf, type IommufdQuirks } from "./quirks.js";

export interface IommufdOptions {
  /** As errors call it. Default "iommufd". */
  readonly name?: string;
  /** Where faults are answered. */
  readonly iopf: Iopf;
  /** Whose memory and files the calls work on. Default: a new process. */
  readonly process?: UserProcess;
  /** Default "fixed". */
  readonly behaviour?: Behaviour;
  /** Single quirks on top of the behaviour. */
  readonly quirks?: Partial<IommufdQuirks>;
  /** How groups are named that user space has read. */
  readonly cookies?: CookieOptions;
  /** Keeps account of the scans of a HWPT (D-I2 to D-I4); whoever writes tells it too. Default: no account. */
  readonly dirtyLedger?: (hwptId: number) => DirtyLedger | undefined;
  /** Steps left out, to see what they are good for. */
  readonly without?: readonly TeardownStep[];
  /** Physical address of user memory that is mapped; undefined: EFAULT. Default: the same address. */
  readonly pin?: (address: bigint, length: bigint) => bigint | undefined;
  /** The kernel has transparent huge pages: places that it looks for are aligned to 2 MiB at most, else to 4 KiB. Default true. */
  readonly hugePages?: boolean;
  /** The process has CAP_SYS_RESOURCE. Default true. */
  readonly canRaiseLimits?: boolean;
}

const HUGE_PAGE = 1n << 21n;

/**
 * One open /dev/iommu. The calls are those of the user interface, with the fields of its structures as
 * options and answers; calls that VFIO makes are at the end. Each answers an `Errno` if it refuses.
 */
export class Iommufd {
  readonly process: UserProcess;
  readonly #context: Context;
  #file: OpenFile | undefined;

  constructor(kernel: Kernel, options: IommufdOptions) {
    const { name = "iommufd", iopf, behaviour = "fixed", cookies = {} } = options;
    const { pin = (address: bigint) => address } = options;
    this.process = options.process ?? new UserProcess(kernel);
    const compat = new CompatIoas(kernel, "compatibility IOAS");
    const { canRaiseLimits = true, hugePages = true } = options;
    this.#context = {
      ...{ name, kernel, iopf, cookies, pin, process: this.process, canRaiseLimits },
      placeAlignment: hugePages ? HUGE_PAGE : PAGE,
      settings: { rlimitMode: 0 },
      without: new Set(options.without),
      compat,
      dirtyLedger: options.dirtyLedger ?? (() => undefined),
      objects: new ObjectTable(kernel, (id) => {
        compat.forget(id);
      }),
      groups: new GroupTable(kernel, "iommufd groups"),
      quirks: { ...iommufdQuirksOf[behaviour], ...options.quirks },
      file: () => this.#file,
    };
  }

  get name(): string {
    return this.#context.name;
  }

  get quirks(): IommufdQuirks {
    return this.#context.quirks;
  }

  /** Objects that are there, for tests and reports. */
  get objects(): readonly IommufdObject[] {
    return this.#context.objects.all;
  }

  /** Opens /dev/iommu: answers the descriptor, whose close destroys what is left. ENOMEM. */
  *open(): Routine<number | Errno> {
    const file = yield* this.process.open("/dev/iommu", {
      release: () => this.#release(),
      ioctl: (number, address) =>
        ioctl(this.#context, (id) => this.destroy({ id }), { number, address }),
    });
    if (file instanceof Errno) return file;
    this.#file = file;
    const fd = yield* this.process.reserve();
    yield* this.process.install(fd, file);
    return fd;
  }

  /** IOMMU_DESTROY. ENOENT; EBUSY: it is used. */
  *destroy({ id }: { readonly id: number }): Routine<0 | Errno> {
    const { objects } = this.#context;
    const object = yield* objects.remove(id);
    if (object instanceof Errno) return object;
    yield* this.#free(object);
    return 0;
  }

  /** IOMMU_IOAS_ALLOC. */
  ioasAlloc(options: { readonly flags?: number } = {}): Routine<{ out_ioas_id: number } | Errno> {
    return ioasAlloc(this.#context, options);
  }

  /** IOMMU_IOAS_MAP. */
  ioasMap(options: IoasMapOptions): Routine<{ iova: bigint } | Errno> {
    return ioasMap(this.#context, options);
  }

  /** IOMMU_IOAS_UNMAP. */
  ioasUnmap(options: IoasUnmapOptions): Routine<{ length: bigint } | Errno> {
    return ioasUnmap(this.#context, options);
  }

  /** IOMMU_IOAS_COPY. */
  ioasCopy(options: IoasCopyOptions): Routine<{ dst_iova: bigint } | Errno> {
    return ioasCopy(this.#context, options);
  }

  /** IOMMU_IOAS_MAP_FILE. */
  ioasMapFile(options: IoasMapFileOptions): Routine<{ iova: bigint } | Errno> {
    return ioasMapFile(this.#context, options);
  }

  /** IOMMU_IOAS_IOVA_RANGES: the ranges are written to memory of the process. */
  ioasIovaRanges(options: IovaRangesOptions): Routine<IovaRanges | Errno> {
    return ioasIovaRanges(this.#context, options);
  }

  /** IOMMU_IOAS_ALLOW_IOVAS. */
  ioasAllowIovas(options: AllowIovasOptions): Routine<0 | Errno> {
    return ioasAllowIovas(this.#context, options);
  }

  /** IOMMU_IOAS_CHANGE_PROCESS. */
  ioasChangeProcess(options: { readonly reserved?: number } = {}): Routine<0 | Errno> {
    return ioasChangeProcess(this.#context, options);
  }

  /** IOMMU_OPTION. */
  option(options: OptionOptions): Routine<{ val64: bigint } | Errno> {
    return option(this.#context, options);
  }

  /** IOMMU_VFIO_IOAS. */
  vfioIoas(options: VfioIoasOptions): Routine<{ ioas_id: number } | Errno> {
    return vfioIoas(this.#context, options);
  }

  /** IOMMU_GET_HW_INFO: what the driver tells is written to memory of the process. */
  getHwInfo(options: HwInfoOptions): Routine<HwInfo | Errno> {
    return getHwInfo(this.#context, options);
  }

  /** IOMMU_HWPT_ALLOC. */
  hwptAlloc(options: HwptAllocOptions): Routine<{ out_hwpt_id: number } | Errno> {
    return hwptAlloc(this.#context, options);
  }

  /** IOMMU_FAULT_QUEUE_ALLOC: the object, and its file to read faults from and write answers to. */
  faultQueueAlloc(
    options: { readonly flags?: number } = {},
  ): Routine<{ out_fault_id: number; out_fault_fd: number } | Errno> {
    return faultQueueAlloc(this.#context, options);
  }

  /** IOMMU_HWPT_INVALIDATE. */
  hwptInvalidate(options: HwptInvalidateOptions): Routine<Invalidated> {
    return hwptInvalidate(this.#context, options);
  }

  /** IOMMU_HWPT_SET_DIRTY_TRACKING. */
  hwptSetDirtyTracking(options: SetDirtyTrackingOptions): Routine<0 | Errno> {
    return hwptSetDirtyTracking(this.#context, options);
  }

  /** IOMMU_HWPT_GET_DIRTY_BITMAP. */
  hwptGetDirtyBitmap(options: GetDirtyBitmapOptions): Routine<0 | Errno> {
    return hwptGetDirtyBitmap(this.#context, options);
  }

  /** IOMMU_VIOMMU_ALLOC. */
  viommuAlloc(options: ViommuAllocOptions): Routine<{ out_viommu_id: number } | Errno> {
    return viommuAlloc(this.#context, options);
  }

  /** IOMMU_VDEVICE_ALLOC. */
  vdeviceAlloc(options: VdeviceAllocOptions): Routine<{ out_vdevice_id: number } | Errno> {
    return vdeviceAlloc(this.#context, options);
  }

  /** IOMMU_VEVENTQ_ALLOC. */
  veventqAlloc(options: VeventqAllocOptions): Routine<VeventqIds | Errno> {
    return veventqAlloc(this.#context, options);
  }

  /** IOMMU_HW_QUEUE_ALLOC. */
  hwQueueAlloc(options: HwQueueAllocOptions): Routine<{ out_hw_queue_id: number } | Errno> {
    return hwQueueAlloc(this.#context, options);
  }

  /** iommufd_ctx_get: who has a descriptor of the file, or drives devices by it, keeps it open. */
  *get(): Routine {
    if (this.#file !== undefined) yield* this.#file.refs.get();
  }

  /** iommufd_ctx_put. */
  *put(): Routine {
    if (this.#file !== undefined) yield* putFile(this.#context.kernel, this.#file);
  }

  /** iommufd_vfio_compat_ioas_create: an IOAS for VFIO's groups, unless there is one. EINVAL: set for no IOMMU. ENOMEM. */
  createCompatIoas(): Routine<0 | Errno> {
    return this.#context.compat.create(this.#context);
  }

  /** iommufd_vfio_compat_set_no_iommu: there will be no such IOAS. EINVAL: there is one. */
  setNoIommu(): Routine<0 | Errno> {
    return this.#context.compat.setNoIommu();
  }

  /** iommufd_vfio_compat_ioas_get_id. ENODEV: there is none. */
  compatIoas(): Routine<number | Errno> {
    return this.#context.compat.id();
  }

  /** iommufd_device_bind: the device becomes an object. EPERM, EBUSY: DMA of its group belongs to others; ENOMEM. */
  bind(device: IommuDevice): Routine<BoundDevice | Errno> {
    return bind(this.#context, device);
  }

  /** iommufd_device_unbind: it must be detached. */
  unbind(idev: BoundDevice): Routine {
    return unbind(this.#context, idev);
  }

  /**
   * iommufd_device_attach: `pt_id` is a HWPT or an IOAS; answers the id of the HWPT. ENOENT, EINVAL, EBUSY, and
   * what the driver says: ENODEV, ENOMEM.
   */
  attach(idev: BoundDevice, pt_id: number, pasid = NO_PASID): Routine<number | Errno> {
    return this.#change(idev, pt_id, pasid, attachHwpt);
  }

  /** iommufd_device_replace; a failure changes nothing. */
  replace(idev: BoundDevice, pt_id: number, pasid = NO_PASID): Routine<number | Errno> {
    return this.#change(idev, pt_id, pasid, replaceHwpt);
  }

  /** iommufd_device_detach: groups that wait for user space get INVALID. */
  *detach(idev: BoundDevice, pasid = NO_PASID): Routine {
    const hwpt = yield* detachHwpt(this.#context, idev, pasid);
    if (hwpt !== undefined) yield* putHwpt(this.#context, hwpt, idev);
  }

  /** iommufd_viommu_report_event: the driver of a unit has an event for the reader of its queue. */
  *reportEvent(viommu_id: number, type: number, data: Uint8Array): Routine<0 | Errno> {
    const { objects } = this.#context;
    const viommu = yield* objects.get<Viommu>(viommu_id, "viommu");
    if (viommu instanceof Errno) return viommu;
    const result = yield* reportEvent(this.#context, viommu, { type, data });
    yield* objects.put(viommu);
    return result;
  }

  #change(idev: BoundDevice, pt_id: number, pasid: number, change: Change) {
    return changePt(this.#context, idev, { pt_id, pasid, change });
  }

  *#free(object: IommufdObject): Routine {
    yield* object.destroy();
    yield* this.#context.kernel.heap.free(object);
  }

  /** iommufd_fops_release: destroys what nobody uses, again and again. */
  *#release(): Routine {
    const { kernel, objects } = this.#context;
    for (;;) {
      const leaf = yield* objects.removeLeaf();
      if (leaf === undefined) break;
      yield* this.#free(leaf);
    }
    const left = objects.all;
    if (left.length > 0) {
      kernel.warn(`/dev/iommu is closed, and references of ${left.length} objects are left`);
    }
  }
}
