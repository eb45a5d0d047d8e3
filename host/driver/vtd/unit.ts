import type { TableMemory } from "../../tables/table-memory.js";
import {
  responseNumber,
  type Fault,
  type Iopf,
  type IopfQueue,
  type ResponseCode,
} from "../iopf/index.js";
import { Completion, Interrupt, Resource, type Access, type Kernel } from "../kernel/index.js";
import { placeOf, runAccesses, type RegisterWindow } from "./access.js";
import { writeBufferFlush, type BootedUnit } from "./boot.js";
import { groupResponse } from "./descriptors.js";
import { registerBit } from "./fields.js";
import { InvalidationQueue, type SubmitResult } from "./invalidation-queue.js";
import { DeviceList, makeLookup, type DeviceLookup, type LookupName } from "./lookup.js";
import { vtdQuirksOf, type VtdQuirks } from "./quirks.js";
import type { Behaviour } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";

export interface VtdUnitOptions {
  readonly window: RegisterWindow;
  readonly memory: TableMemory;
  /** What `bootSequence` answered. */
  readonly booted: BootedUnit;
  readonly iopf: Iopf;
  /** Default "dmar0". */
  readonly name?: string;
  /** Default "mutex", which is what Linux has. */
  readonly lookup?: LookupName;
  /** Default "fixed". */
  readonly behaviour?: Behaviour;
  /** Single quirks on top of the behaviour. */
  readonly quirks?: Partial<VtdQuirks>;
  /** Bits of a virtual address of the processor, 48 or 57. Default 48. */
  readonly addressWidth?: 48 | 57;
  /** Devices of the machine, if several units share them. */
  readonly list?: DeviceList;
}

const FAILURE = 15;
const CM = registerBit("CAP", "CM");
const RWBF = registerBit("CAP", "RWBF");

/** A remapping unit as its driver has it (intel_iommu). */
export class VtdUnit {
  readonly kernel: Kernel;
  readonly name: string;
  readonly window: RegisterWindow;
  readonly memory: TableMemory;
  readonly booted: BootedUnit;
  readonly iopf: Iopf;
  readonly quirks: VtdQuirks;
  readonly addressWidth: number;
  readonly list: DeviceList;
  readonly devices: DeviceLookup;
  /** Faults of the unit's devices. */
  readonly queue: IopfQueue;
  readonly invalidations: InvalidationQueue;
  /** PRS, PQH, PQT and the entries between: each access is a step on it. */
  readonly pageRequests: Resource;
  /** Tables in memory, and what the unit caches of them. */
  readonly translation: Resource;
  /** The page request thread has come to its end once more. */
  readonly drained: Completion;
  readonly pageRequestInterrupt: Interrupt;

  constructor(kernel: Kernel, options: VtdUnitOptions) {
    const { window, memory, booted, iopf, name = "dmar0" } = options;
    this.kernel = kernel;
    this.name = name;
    this.window = window;
    this.memory = memory;
    this.booted = booted;
    this.iopf = iopf;
    this.quirks = { ...vtdQuirksOf[options.behaviour ?? "fixed"], ...options.quirks };
    this.addressWidth = options.addressWidth ?? 48;
    this.list = options.list ?? new DeviceList(kernel);
    this.devices = makeLookup(kernel, options.lookup ?? "mutex", this.list);
    this.queue = kernel.heap.keep(iopf.makeQueue(`${name}-iopfq`));
    this.invalidations = new InvalidationQueue(kernel, {
      window,
      ring: booted.invalidations,
      quirks: this.quirks,
      isPresent: (sourceId) => this.devices.peek(sourceId)?.slot.pci.isPresent ?? false,
    });
    this.pageRequests = new Resource(kernel, "page request queue");
    this.translation = new Resource(kernel, "translation tables");
    this.drained = new Completion(kernel, "prq_complete");
    this.pageRequestInterrupt = new Interrupt(kernel, "page request interrupt");
  }

  hasExtended(name: string): boolean {
    return (this.booted.extendedCapability & registerBit("ECAP", name)) !== 0n;
  }

  /** Caching mode: the unit may have cached that an entry was not present (§6.1). */
  get cachesAbsence(): boolean {
    return (this.booted.capability & CM) !== 0n;
  }

  /** What is written to tables waits in a buffer until it is flushed (§6.8). */
  get buffersWrites(): boolean {
    return (this.booted.capability & RWBF) !== 0n;
  }

  /** Flushes the write buffer, if there is one. */
  *flushWriteBuffer(): Routine {
    if (!this.buffersWrites) return;
    yield* this.translation.act("flush the write buffer in front of", () => {
      runAccesses(this.window, writeBufferFlush(this.booted));
    });
  }

  /** What an invalidation changes besides the queue. */
  get cached(): readonly Access[] {
    return [{ object: this.translation, kind: "write" }];
  }

  /** Offsets in the page request queue, as Linux masks them. */
  pointer(register: "PQH" | "PQT"): number {
    const { bytes } = this.booted.pageRequestQueue!;
    return Number(this.window.read64(placeOf(register).offset)) & (bytes - 1) & ~31;
  }

  /** intel_iommu_page_response: one descriptor, waited for. */
  respond(sourceId: number, fault: Fault, code: ResponseCode): Routine<SubmitResult> {
    const isRaw = code !== "FAILURE" || this.quirks.rawResponseCodes;
    return this.invalidations.submit([
      groupResponse({
        sourceId,
        pasid: fault.pasid,
        group: fault.grpid,
        code: isRaw ? responseNumber[code] : FAILURE,
      }),
    ]);
  }
}
