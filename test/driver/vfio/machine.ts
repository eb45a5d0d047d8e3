import { Errno, Kernel, vfio, type Routine } from "viommu/driver";

type Device = vfio.HostDevice;

export const DEVICE = "00:02.0";
export const SIBLING = "00:02.1";
/** A driver that does DMA by the kernel's mappings. */
export const nic: vfio.HostDriver = { name: "nic" };
export const unprivileged: vfio.Credentials = { rawIo: false };

/** Runs one call at a time, as a single user does. */
export class Machine {
  readonly kernel = new Kernel();

  constructor() {
    this.kernel.panicOnWarning = false;
  }

  /** What the call answers; an error by its name. @throws Error for a call that does not return. */
  call<T>(routine: Routine<T | Errno>): T | string {
    const result = this.result(routine);
    return result instanceof Errno ? result.name : result;
  }

  /** What the call answers. @throws the error that it refuses with. */
  ok<T>(routine: Routine<T | Errno>): T {
    const result = this.result(routine);
    if (result instanceof Errno) throw result;
    return result;
  }

  result<T>(routine: Routine<T>): T {
    const { returned } = this.begin(routine);
    if (returned.length === 0) throw new Error("the call waits");
    return returned[0]!;
  }

  /** Begins a call that may have to wait; `returned` has its answer as soon as it returns. */
  begin<T>(routine: Routine<T>): { readonly returned: readonly T[] } {
    const returned: T[] = [];
    this.kernel.spawn("user", function* () {
      returned.push(yield* routine);
    });
    this.kernel.settle();
    return { returned };
  }

  /** Binds a vfio driver to a device. */
  give<G, D>(model: vfio.Vfio<G, D>, device: Device, hooks: vfio.DriverHooks = {}): void {
    this.ok(device.bind(vfio.vfioDriver(model, hooks)));
  }
}

export interface Options {
  readonly noiommu?: boolean;
  readonly hooks?: vfio.DriverHooks;
}

/** A group of two devices, the first with a vfio driver, in the kernel of autumn 2021. */
export function machine2021({ noiommu = false, hooks = {} }: Options = {}) {
  const machine = new Machine();
  const { kernel } = machine;
  const group = new vfio.IommuGroup(kernel, { name: "group", guard: "notifier", noiommu });
  const device = group.make({ name: DEVICE });
  const sibling = group.make({ name: SIBLING });
  const model = new vfio.Vfio2021(kernel);
  machine.give(model, device, hooks);
  return { machine, kernel, group, device, sibling, model, hooks };
}

/** The same in Linux 7.2. */
export function machine72({ noiommu = false, hooks = {} }: Options = {}) {
  const machine = new Machine();
  const { kernel } = machine;
  const group = new vfio.IommuGroup(kernel, { name: "group", guard: "dma-ownership", noiommu });
  const device = group.make({ name: DEVICE });
  const sibling = group.make({ name: SIBLING });
  const model = new vfio.Vfio72(kernel);
  machine.give(model, device, hooks);
  return { machine, kernel, group, device, sibling, model, hooks };
}

/** Opens group and container, joins them, and chooses an IOMMU driver unless told otherwise. */
export function openAll<G, D>(
  { machine, group, model }: { machine: Machine; group: vfio.IommuGroup; model: vfio.Vfio<G, D> },
  { setIommu = true } = {},
) {
  const file = machine.ok(model.openGroup(group));
  const container = machine.ok(model.openContainer("container"));
  machine.ok(model.setContainer(file, container));
  if (setIommu) machine.ok(model.setIommu(container));
  return { file, container };
}
