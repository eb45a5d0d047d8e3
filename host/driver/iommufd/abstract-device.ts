import { Errno } from "../errno.js";
import {
  makeDevice,
  NO_PASID,
  ResponseLedger,
  type AttachHandle,
  type Domain,
  type Fault,
  type Iopf,
  type IopfDevice,
  type IopfQueue,
  type LedgerOptions,
  type Result,
} from "../iopf/index.js";
import { Mutex, type Kernel, type Routine } from "../kernel/index.js";
import {
  AbstractIotlb,
  AbstractTable,
  MOCK_DATA,
  MOCK_GEOMETRY,
  mockHwInfo,
  mockHwptData,
  nothing,
  type AbstractDomain,
  type Geometry,
} from "./abstract-domain.js";
import { AbstractDeviceCache, AbstractViommu } from "./abstract-viommu.js";
import type { IovaRange } from "./iova-space.js";
import {
  DeviceGroup,
  type DeviceCapabilities,
  type DriverResult,
  type HwInfoData,
  type IommuDevice,
  type NestedOptions,
  type PagingOptions,
  type ViommuDriver,
  type ViommuOptions,
} from "./port.js";
import * as uapi from "./uapi.js";

export interface AbstractUnitOptions {
  /** Default: that of the kernel's mock driver. */
  readonly geometry?: Geometry;
}

/** A remapping unit without hardware, like that of the kernel's mock driver: page requests go straight to the core. */
export class AbstractUnit {
  readonly kernel: Kernel;
  readonly iopf: Iopf;
  readonly queue: IopfQueue;
  readonly geometry: Geometry;

  constructor(kernel: Kernel, iopf: Iopf, { geometry = MOCK_GEOMETRY }: AbstractUnitOptions = {}) {
    this.kernel = kernel;
    this.iopf = iopf;
    this.geometry = geometry;
    this.queue = kernel.heap.keep(iopf.makeQueue("mock-iopfq"));
  }
}

export interface AbstractDeviceOptions extends Partial<DeviceCapabilities>, LedgerOptions {
  readonly name?: string;
  /** Default: one of its own. */
  readonly group?: DeviceGroup;
  /** Its page requests are served. Default true. */
  readonly pageRequests?: boolean;
  /** Addresses that its domains must not map. Default: none. */
  readonly reserved?: readonly IovaRange[];
  /** Its domains have pages of 512 times the size besides, as the mock's with MOCK_FLAGS_DEVICE_HUGE_IOVA. Default false. */
  readonly largePages?: boolean;
  /** A nested domain of requests without PASID has the faults of all PASIDs. Default true, as in the mock. */
  readonly userPasidTable?: boolean;
  /** Lets a call of the driver fail: answers the error. Default: none does. */
  readonly fails?: (call: "attach" | "replace", pasid: number) => DriverResult;
  /** Detaching waits for reports that are under way. Default true: a driver that does not is wrong. */
  readonly drains?: boolean;
}

/** Pages in a large one. */
const LARGE_PAGE = 512n;

interface AbstractHandle extends AttachHandle {
  readonly domain: AbstractDomain;
}

/** A device of an abstract unit, with an account of its page requests that notices what is lost or doubled. */
export class AbstractDevice implements IommuDevice {
  readonly name: string;
  readonly group: DeviceGroup;
  readonly iommu: IopfDevice;
  readonly capabilities: DeviceCapabilities;
  readonly driver: AbstractUnit;
  /** Responses that arrived, and requests that wait for one. */
  readonly pri: ResponseLedger;
  readonly #options: AbstractDeviceOptions;
  /** Held while a request is reported, and while a domain goes. */
  readonly #reports: Mutex;
  readonly #domains = new Map<number, Domain>();
  /** What it caches for a guest. */
  readonly cache: AbstractDeviceCache;
  readonly viommuTypes = [MOCK_DATA.VIOMMU];
  readonly reserved: readonly IovaRange[];
  #faultable = 0;

  constructor(unit: AbstractUnit, options: AbstractDeviceOptions = {}) {
    const { kernel } = unit;
    const { name = "mock0", group = new DeviceGroup(kernel, `group of ${name}`) } = options;
    this.name = name;
    this.group = group;
    this.driver = unit;
    this.#options = options;
    this.capabilities = {
      dirtyTracking: options.dirtyTracking ?? true,
      pasidWidth: options.pasidWidth ?? 20,
      domainFlags: options.domainFlags ?? true,
      sharesPageRequests: options.sharesPageRequests ?? false,
      ats: options.ats ?? false,
      pasidExecute: options.pasidExecute ?? false,
      pasidPrivileged: options.pasidPrivileged ?? false,
    };
    this.reserved = options.reserved ?? [];
    this.cache = new AbstractDeviceCache(kernel, name);
    this.pri = new ResponseLedger(kernel, name, options);
    this.iommu = kernel.heap.keep(
      makeDevice(kernel, name, {
        group,
        pageResponse: this.pri.respond,
        userPasidTable: options.userPasidTable ?? true,
      }),
    );
    this.#reports = new Mutex(kernel, `${name}.reports`);
    group.devices.push(this);
  }

  /** The device sends a page request, and its unit reports it. */
  *request(fault: Fault): Routine<Result> {
    yield* this.pri.send(fault);
    return yield* this.#alone(() => this.driver.iopf.report(this.iommu, fault));
  }

  // eslint-disable-next-line require-yield -- nothing can fail
  *allocPaging({ dirtyTracking, data }: PagingOptions): Routine<AbstractDomain | Errno> {
    if (data !== undefined) return new Errno("EOPNOTSUPP", "a paging domain takes no data");
    const { kernel, geometry } = this.driver;
    const large = this.#options.largePages === true;
    const largePageSize = geometry.pageSize * (large ? LARGE_PAGE : 1n);
    const paging = new AbstractTable(kernel, { ...geometry, largePageSize }, dirtyTracking);
    return { name: "mock domain", owner: this.driver, isNested: false, paging, free: nothing };
  }

  *allocNested({ data, viommu }: NestedOptions): Routine<AbstractDomain | Errno> {
    if (data.type !== MOCK_DATA.HWPT) {
      return new Errno("EOPNOTSUPP", `data are of type ${data.type}: expected ${MOCK_DATA.HWPT}`);
    }
    const bytes = yield* data.copy(mockHwptData.bytes);
    if (bytes instanceof Errno) return bytes;
    const { iotlb } = mockHwptData.decode(bytes);
    const invalidation = new AbstractIotlb(this.driver.kernel, iotlb);
    const name = "mock nested domain";
    return { name, owner: this.driver, isNested: true, invalidation, viommu, free: nothing };
  }

  // eslint-disable-next-line require-yield -- it is known at once
  *allocViommu(_type: number, { parent, find }: ViommuOptions): Routine<ViommuDriver> {
    return new AbstractViommu(this.driver.kernel, parent, (virtId) => {
      const device = find(virtId);
      return device instanceof AbstractDevice ? device : undefined;
    });
  }

  hwInfo(type: number): HwInfoData | Errno {
    if (type !== uapi.HW_INFO_TYPE.DEFAULT && type !== MOCK_DATA.HW_INFO) {
      return new Errno("EOPNOTSUPP", `type ${type}: expected 0 or ${MOCK_DATA.HW_INFO}`);
    }
    const data = mockHwInfo.encode({ test_reg: MOCK_DATA.HW_INFO_REGISTER });
    return { type: MOCK_DATA.HW_INFO, data };
  }

  *attach(handle: AbstractHandle, pasid: number): Routine<DriverResult> {
    const failure = this.#refuses("attach", handle.domain, pasid);
    if (failure !== 0) return failure;
    const enabled = yield* this.#enableFaults(handle.domain);
    if (enabled !== 0) return enabled;
    this.#domains.set(pasid, handle.domain);
    yield* this.group.attachments.store(handle, pasid);
    return 0;
  }

  *replace(handle: AbstractHandle, old: AbstractHandle, pasid: number): Routine<DriverResult> {
    const failure = this.#refuses("replace", handle.domain, pasid);
    if (failure !== 0) return failure;
    const enabled = yield* this.#enableFaults(handle.domain);
    if (enabled !== 0) return enabled;
    yield* this.#whileDrained(() => this.#forget(pasid));
    this.#domains.set(pasid, handle.domain);
    yield* this.#whileDrained(() => this.group.attachments.store(handle, pasid));
    yield* this.#disableFaults(old.domain);
    return 0;
  }

  *detach(pasid: number): Routine {
    const domain = this.#domains.get(pasid);
    if (domain === undefined) return;
    this.#domains.delete(pasid);
    yield* this.#whileDrained(() => this.#remove(pasid, domain));
  }

  #refuses(call: "attach" | "replace", domain: AbstractDomain, pasid: number): DriverResult {
    if (domain.viommu?.knows(this) === false) return "ENOENT";
    if (domain.paging?.dirty !== undefined && !this.capabilities.dirtyTracking) return "EINVAL";
    return this.#options.fails?.(call, pasid) ?? 0;
  }

  *#remove(pasid: number, domain: Domain): Routine {
    yield* this.#forget(pasid);
    yield* this.#disableFaults(domain);
    yield* this.group.attachments.erase(pasid);
  }

  #forget(pasid: number): Routine {
    const { iopf } = this.driver;
    return iopf.forgetPartials(this.iommu, pasid === NO_PASID ? undefined : pasid);
  }

  *#enableFaults({ iopfHandler }: Domain): Routine<Result> {
    if (iopfHandler === undefined) return 0;
    if (this.#options.pageRequests === false) return "ENODEV";
    const { iopf, queue } = this.driver;
    const result = this.#faultable > 0 ? 0 : yield* iopf.addDevice(queue, this.iommu);
    if (result === 0) this.#faultable += 1;
    return result;
  }

  *#disableFaults({ iopfHandler }: Domain): Routine {
    if (iopfHandler === undefined) return;
    this.#faultable -= 1;
    const { iopf, queue } = this.driver;
    if (this.#faultable === 0) yield* iopf.removeDevice(queue, this.iommu);
  }

  #whileDrained(body: () => Routine): Routine {
    return this.#options.drains === false ? body() : this.#alone(body);
  }

  #alone<T>(body: () => Routine<T>): Routine<T> {
    return this.#options.drains === false ? body() : this.#reports.hold(body);
  }
}
