import {
  AbstractDevice,
  Errno,
  MOCK_DATA,
  mockHwptData,
  mockInvalidateData,
  uapi,
  type AbstractIotlb,
  type AbstractTable,
  type BoundDevice,
  type HwptAllocOptions,
  type Routine,
} from "viommu/driver";

import { startIommufd, type WorldOptions } from "../iommufd/world.js";

/** A row of the kernel's selftests: what is done, and what comes of it. */
export interface Row {
  /** Fixture and name, as the selftests have them. */
  readonly id: string;
  /** Given, and when. */
  readonly what: string;
  readonly run: (mock: Mock) => unknown;
  readonly then: unknown;
}

/** An error by its name, everything else as it is. */
function named<T>(result: T | Errno): T | string {
  return result instanceof Errno ? result.name : result;
}

export const { NEST_PARENT, FAULT_ID_VALID, DIRTY_TRACKING, PASID } = uapi.HWPT_ALLOC;
/** What a nested table of the mock caches at first. */
export const DEFAULT = MOCK_DATA.IOTLB_DEFAULT;

interface Nested extends Partial<HwptAllocOptions> {
  readonly type?: number;
  readonly length?: number;
  readonly null?: boolean;
}

/** The environment of the selftests: the mock device in an open /dev/iommu, with an IOAS and a fault queue. */
export class Mock {
  readonly world: ReturnType<typeof startIommufd>;

  constructor(options: WorldOptions = {}) {
    this.world = startIommufd({ behaviour: "strictLinux72", ...options });
  }

  get iommufd() {
    return this.world.iommufd;
  }

  get device(): number {
    return this.world.idev.id;
  }

  get faultId(): number {
    return this.world.faults.id;
  }

  /** The answer of a call, or the error's name. */
  call<T>(code: () => Routine<T | Errno>): T | string {
    return named(this.world.run(code));
  }

  hwpt(options: Partial<HwptAllocOptions> = {}): number | string {
    const base = { dev_id: this.device, pt_id: this.world.ioas };
    const result = this.call(() => this.iommufd.hwptAlloc({ ...base, ...options }));
    return typeof result === "string" ? result : result.out_hwpt_id;
  }

  /** A table that others may be nested on. */
  parent(): number {
    return this.hwpt({ flags: NEST_PARENT }) as number;
  }

  nested(parent: number, options: Nested = {}): number | string {
    const { type = MOCK_DATA.HWPT, length, null: isNull = false, ...rest } = options;
    const data = mockHwptData.encode({ iotlb: DEFAULT });
    const { address } = this.world.process.memory.map(data);
    return this.hwpt({
      pt_id: parent,
      data_type: type,
      data_len: length ?? data.length,
      data_uptr: isNull ? 0n : address,
      ...rest,
    });
  }

  /** With the fault queue. */
  faultable(parent: number, options: Nested = {}): number {
    const { flags = 0 } = options;
    const fault = { flags: flags | FAULT_ID_VALID, fault_id: this.faultId };
    return this.nested(parent, { ...options, ...fault }) as number;
  }

  /** A table of the kernel's, with the fault queue, for requests with and without PASID. */
  faultablePaging(): number {
    return this.hwpt({ flags: FAULT_ID_VALID | PASID, fault_id: this.faultId }) as number;
  }

  destroy(id: number): 0 | string {
    return this.call(() => this.iommufd.destroy({ id }));
  }

  attach(id: number, pasid = 0, idev: BoundDevice = this.world.idev): number | string {
    return this.call(() => this.iommufd.attach(idev, id, pasid));
  }

  replace(id: number, pasid = 0): number | string {
    return this.call(() => this.iommufd.replace(this.world.idev, id, pasid));
  }

  detach(pasid = 0): void {
    this.world.run(() => this.iommufd.detach(this.world.idev, pasid));
  }

  /** Another device, which is bound. */
  another(options: ConstructorParameters<typeof AbstractDevice>[1]): BoundDevice {
    const device = new AbstractDevice(this.world.unit, { name: "mock1", ...options });
    return this.world.ok(() => this.iommufd.bind(device));
  }

  /** The request that the selftests trigger. */
  trigger(pasid: number | undefined) {
    const request = { pasid, grpid: 2, last: true, address: 0xdeadbeafn, read: true, write: true };
    return this.world.run(() => this.world.device.request(request));
  }

  /** Reads one message and answers SUCCESS: how many bytes each call took. */
  handle(): unknown[] {
    const messages = this.world.read(40);
    if (typeof messages === "string") return [messages];
    const written = this.world.write([messages[0]!.cookie, 0]);
    return [messages.length * 40, written];
  }

  closeFaults(): unknown {
    return this.call(() => this.world.process.close(this.world.faults.fd));
  }

  /** What a nested table caches. */
  iotlb(id: number): readonly number[] {
    return (this.#domain(id) as { invalidation: AbstractIotlb }).invalidation.entries;
  }

  table(id: number): AbstractTable {
    return (this.#domain(id) as { paging: AbstractTable }).paging;
  }

  #domain(id: number): object {
    const hwpt = this.iommufd.objects.find((object) => object.id === id);
    if (hwpt === undefined || !("domain" in hwpt)) throw new Error(`${id} is no HWPT`);
    return hwpt.domain as object;
  }

  /** Error and count of an invalidation by entries of flags and number. */
  invalidate(
    hwpt_id: number,
    entries: readonly (readonly [flags: number, id: number])[],
    options: Partial<{ type: number; length: number; count: number; null: boolean }> = {},
  ): [error: string | 0, count: number] {
    const { type = MOCK_DATA.INVALIDATE, length = 8, count = entries.length } = options;
    const bytes = new Uint8Array(Math.max(1, entries.length * Math.max(length, 8)));
    entries.forEach(([flags, iotlb_id], n) => {
      bytes.set(mockInvalidateData.encode({ flags, iotlb_id }), n * length);
      if (length > 8) bytes[n * length + 8] = 1;
    });
    const { address } = this.world.process.memory.map(bytes);
    const { entry_num, error } = this.world.run(() =>
      this.iommufd.hwptInvalidate({
        ...{ hwpt_id, data_type: type, entry_len: length, entry_num: count },
        data_uptr: options.null === true ? 0n : address,
      }),
    );
    return [error?.name ?? 0, entry_num];
  }
}
