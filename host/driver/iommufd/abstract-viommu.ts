import { Errno } from "../errno.js";
import { Mutex, Resource, type Kernel, type Routine } from "../kernel/index.js";
import { MOCK_DATA, mockViommuInvalidateData } from "./abstract-domain.js";
import type {
  DriverHwQueue,
  HwQueueOptions,
  NestedInvalidation,
  UserData,
  ViommuDriver,
  ViommuOptions,
} from "./port.js";
import type { References } from "./references.js";

/** What an abstract device caches: numbers that an invalidation makes 0. */
export class AbstractDeviceCache extends Resource {
  readonly #entries: number[];

  constructor(kernel: Kernel, name: string) {
    super(kernel, `cache of ${name}`);
    this.#entries = Array.from({ length: MOCK_DATA.CACHE_ENTRIES }, () => MOCK_DATA.CACHE_DEFAULT);
  }

  get entries(): readonly number[] {
    this.kernel.touch(this, "read");
    return this.#entries;
  }

  /** Undefined: all of them. */
  invalidate(entry: number | undefined): Routine<0> {
    return this.act("invalidate", () => {
      if (entry === undefined) this.#entries.fill(0);
      else this.#entries[entry] = 0;
      return 0;
    });
  }
}

/** A device of a guest, as far as invalidations name it. */
export interface CachingDevice {
  readonly cache: AbstractDeviceCache;
}

interface Queue {
  readonly refs: References;
}

/** A vIOMMU of an abstract unit: device caches that are invalidated, and two queues, the second behind the first. */
export class AbstractViommu implements ViommuDriver {
  readonly eventTypes = [MOCK_DATA.VEVENTQ];
  readonly invalidation: NestedInvalidation;
  readonly hwQueues = {
    types: [MOCK_DATA.HW_QUEUE],
    init: (options: HwQueueOptions) => this.#init(options),
  };
  readonly #parent: ViommuOptions["parent"];
  readonly #lock: Mutex;
  readonly #queues: (Queue | undefined)[] = [];
  readonly #find: (virtId: bigint) => CachingDevice | undefined;

  constructor(
    kernel: Kernel,
    parent: ViommuOptions["parent"],
    find: (virtId: bigint) => CachingDevice | undefined,
  ) {
    this.#parent = parent;
    this.#find = find;
    this.#lock = new Mutex(kernel, "queue_mutex");
    this.invalidation = {
      type: MOCK_DATA.VIOMMU_INVALIDATE,
      size: mockViommuInvalidateData.bytes,
      entry: (data) => this.#invalidate(data),
    };
  }

  *#invalidate(data: UserData): Routine<0 | Errno> {
    const bytes = yield* data.copy(mockViommuInvalidateData.bytes);
    if (bytes instanceof Errno) return bytes;
    const { flags, vdev_id, cache_id } = mockViommuInvalidateData.decode(bytes);
    const all = MOCK_DATA.INVALIDATE_FLAG_ALL;
    if ((flags & ~all) !== 0) return new Errno("EOPNOTSUPP", `flags are ${flags}`);
    if (cache_id >= MOCK_DATA.CACHE_ENTRIES) return new Errno("EINVAL", `no entry is ${cache_id}`);
    const device = this.#find(BigInt(vdev_id));
    if (device === undefined) return new Errno("EINVAL", `no device is ${vdev_id}`);
    return yield* device.cache.invalidate((flags & all) === 0 ? cache_id : undefined);
  }

  *#init(options: HwQueueOptions): Routine<DriverHwQueue | Errno> {
    const { index, iova, physical, refs } = options;
    if (index >= MOCK_DATA.HW_QUEUES) return new Errno("EINVAL", `there is no queue ${index}`);
    return yield* this.#lock.hold(() => this.#add({ index, iova, physical, refs }));
  }

  *#add({ index, iova, physical, refs }: HwQueueOptions): Routine<DriverHwQueue | Errno> {
    const before = this.#queues[index - 1];
    if (this.#queues[index] !== undefined) return new Errno("EEXIST", `queue ${index} is there`);
    if (index > 0 && before === undefined) {
      return new Errno("EIO", `queue ${index} comes behind queue ${index - 1}`);
    }
    if ((yield* this.#parent.paging!.iovaToPhysical(iova)) !== physical) {
      return new Errno("EFAULT", `the parent has something else at 0x${iova.toString(16)}`);
    }
    const holder = `hardware queue ${index}`;
    if (before !== undefined) yield* before.refs.get(holder);
    this.#queues[index] = { refs };
    return { destroy: () => this.#lock.hold(() => this.#remove(index, before, holder)) };
  }

  *#remove(index: number, before: Queue | undefined, holder: string): Routine {
    this.#queues[index] = undefined;
    if (before !== undefined) yield* before.refs.put(holder);
  }
}
