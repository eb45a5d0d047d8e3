import { Errno } from "../../errno.js";
import type { BoundDevice, Iommufd } from "../../iommufd/index.js";
import type { Routine } from "../../kernel/index.js";
import type { HostDevice } from "../host-device.js";
import type { IommufdContext } from "./iommufd-context.js";

/** What a vfio driver keeps of a device that is bound; guarded by the lock of the device's set. */
interface Binding {
  readonly idev: BoundDevice;
  /** Something is attached for requests without PASID. */
  attached: boolean;
  /** PASIDs that something is attached to. */
  readonly pasids: Set<number>;
}

/** An open /dev/iommu, as vfio drivers of physical devices use it (vfio_iommufd_physical_*). */
export class PhysicalIommufd implements IommufdContext {
  readonly iommufd: Iommufd;
  readonly #bindings = new Map<HostDevice, Binding>();

  constructor(iommufd: Iommufd) {
    this.iommufd = iommufd;
  }

  get name(): string {
    return this.iommufd.name;
  }

  get(): Routine {
    return this.iommufd.get();
  }

  put(): Routine {
    return this.iommufd.put();
  }

  *bind(device: HostDevice): Routine<number | Errno> {
    if (device.iommu === undefined) return new Errno("ENODEV", `${device.name} has no IOMMU`);
    const idev = yield* this.iommufd.bind(device.iommu);
    if (idev instanceof Errno) return idev;
    // A device that is bound keeps the context, whoever else closes it.
    yield* this.iommufd.get();
    this.#bindings.set(device, { idev, attached: false, pasids: new Set() });
    return idev.id;
  }

  *unbind(device: HostDevice): Routine {
    const { idev, pasids } = this.#binding(device);
    for (const pasid of [...pasids].sort((a, b) => a - b)) yield* this.detach(device, pasid);
    yield* this.detach(device);
    this.#bindings.delete(device);
    yield* this.iommufd.unbind(idev);
    yield* this.iommufd.put();
  }

  *createCompatIoas(): Routine<Errno | undefined> {
    return orNothing(yield* this.iommufd.createCompatIoas());
  }

  *setNoIommu(): Routine<Errno | undefined> {
    return orNothing(yield* this.iommufd.setNoIommu());
  }

  *compatIoas(): Routine<number | undefined> {
    const id = yield* this.iommufd.compatIoas();
    return id instanceof Errno ? undefined : id;
  }

  *attach(device: HostDevice, pt: number, pasid?: number): Routine<number | Errno> {
    const binding = this.#binding(device);
    const { idev, attached, pasids } = binding;
    const known = pasid === undefined ? attached : pasids.has(pasid);
    const result = known
      ? yield* this.iommufd.replace(idev, pt, pasid)
      : yield* this.iommufd.attach(idev, pt, pasid);
    if (result instanceof Errno) return result;
    if (pasid === undefined) binding.attached = true;
    else pasids.add(pasid);
    return result;
  }

  *detach(device: HostDevice, pasid?: number): Routine {
    const binding = this.#binding(device);
    const known = pasid === undefined ? binding.attached : binding.pasids.delete(pasid);
    if (!known) return;
    if (pasid === undefined) binding.attached = false;
    yield* this.iommufd.detach(binding.idev, pasid);
  }

  #binding(device: HostDevice): Binding {
    const binding = this.#bindings.get(device);
    if (binding === undefined) throw new TypeError(`${device.name} is not bound to ${this.name}`);
    return binding;
  }
}

function orNothing(result: 0 | Errno): Errno | undefined {
  return result === 0 ? undefined : result;
}
