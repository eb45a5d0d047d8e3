import {
  DeviceGroup,
  Errno,
  Iommufd,
  type IommufdOptions,
  Iopf,
  Kernel,
  TablePages,
  UserProcess,
  VtdDriver,
  VtdIommuDevice,
  vtd,
  type Behaviour,
  type Routine,
} from "../../../host/driver/index.js";
import { Machine } from "../../../host/machine.js";
import { FrameAllocator } from "../../../host/tables/frames.js";
import { discover } from "../vtd/discover.js";

export interface DrivenMachineOptions {
  /** Of the kernel: default true. */
  readonly checks?: boolean;
  /** Default "fixed". */
  readonly behaviour?: Behaviour;
  /** What its kernel and its process are like. */
  readonly iommufd?: Pick<IommufdOptions, "hugePages" | "pin">;
  /** Bytes of memory. */
  readonly memory: number;
  /** Memory of the kernel, for tables and queues. */
  readonly frames: { readonly start: bigint; readonly end: bigint };
  /** A dma-engine at each of these places. */
  readonly engines: readonly number[];
}

const PAGE_REQUEST_MESSAGE = 0x21;
const COMMAND = 4;
const MEMORY_AND_MASTER = 6;

/** A machine with dma-engines whose unit the driver stub drives, and an iommufd that nobody has opened. */
export class DrivenMachine {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly unit: vtd.VtdUnit;
  readonly iommufd: Iommufd;
  readonly #driver: VtdDriver;

  private constructor(
    machine: Machine,
    { checks = true, behaviour, frames: range, iommufd }: DrivenMachineOptions,
  ) {
    const { memory } = machine;
    const window = machine.units[0]!;
    const kernel = new Kernel({ checks });
    const frames = new FrameAllocator(range);
    const booted = vtd.runAccesses(window, vtd.bootSequence({ memory, frames }));
    const as = behaviour && { behaviour };
    const iopf = new Iopf(kernel, { ...as });
    this.unit = new vtd.VtdUnit(kernel, { window, memory, booted, iopf, ...as });
    window.on("interrupt", ({ data }) => {
      if (data === PAGE_REQUEST_MESSAGE) this.unit.pageRequestInterrupt.raise();
    });
    kernel.spawn("page request thread", () => vtd.pageRequestThread(this.unit), { daemon: true });
    this.machine = machine;
    this.kernel = kernel;
    const process = new UserProcess(kernel);
    this.iommufd = new Iommufd(kernel, { iopf, process, ...as, ...iommufd });
    this.#driver = new VtdDriver(new TablePages(kernel, { memory, frames }));
  }

  static async create(options: DrivenMachineOptions): Promise<DrivenMachine> {
    const machine = await Machine.create({
      memory: { size: options.memory },
      units: [{ preset: "linux" }],
      endpoints: options.engines.map((bdf) => ({ kind: "dma-engine", bdf })),
    });
    return new DrivenMachine(machine, options);
  }

  /** The kernel finds the engine at this place, and enables what it can; the group is one of its own by default. */
  *discover(
    name: string,
    sourceId: number,
    group = new DeviceGroup(this.kernel, name),
  ): Routine<VtdIommuDevice> {
    const { machine, unit } = this;
    const { config } = machine.endpoint(sourceId);
    machine.config.write16(sourceId, COMMAND, MEMORY_AND_MASTER);
    const device = yield* discover(unit, { name, sourceId, config, group });
    return new VtdIommuDevice({ driver: this.#driver, unit, device, group });
  }

  /** Registers of the engine at this place. */
  bar(sourceId: number): bigint {
    return BigInt(this.machine.config.read32(sourceId, 0x10));
  }
}

export function good<T>(result: T | Errno): T {
  if (result instanceof Errno) throw result;
  return result;
}
